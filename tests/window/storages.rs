//! A storage set up in the window, brought in step after the plan was looked at, a conflict settled, and the tray: with a real WebDAV server,
//! on a machine that has no keychain.

use crate::desktop::{Desktop, click, count_until, text_until};
use crate::program::draw::{number, png};
use crate::program::{Home, wait_for};
use crate::servers::{self, PASSWORD, USER};
use fantoccini::{Client, Locator};

#[tokio::test]
async fn a_storage_is_set_up_and_what_two_machines_changed_is_settled() {
    let Some(programs) = servers::programs() else {
        eprintln!("SKIPPED: needs the servers that `cargo xtask test` sets up");
        return;
    };
    let _turn = crate::TURN.lock().await;
    let server = servers::wsgidav(&programs);
    // Another machine, which has the disk of the server, was there before with another image of the same name.
    let desk = Home::new();
    desk.write("in/scan.png", png(&number(11_223)));
    desk.run(["add", "--wait", "in/scan.png"]).with(0);
    let there = server.files().join("Legible");
    std::fs::create_dir(&there).unwrap();
    desk.run(["cloud", "add", there.to_str().unwrap()]).with(0);
    desk.run(["cloud", "sync", "--wait"]).with(0);

    let mut desktop = Desktop::start();
    desktop.home.write("in/scan.png", png(&number(44_556)));
    desktop.home.run(["add", "--wait", "in/scan.png"]).with(0);
    let client = desktop.drive_app().await;
    click(&client, "[data-testid=nav-cloud]").await;
    count_until(&client, "[data-testid=storages-empty]", 1).await;
    desktop.screenshot("storages-empty.png");
    click(&client, "[data-testid=storage-begin-web_dav]").await;
    type_in(&client, "storage-url", &format!("{}/dav", server.url())).await;
    type_in(&client, "storage-user", USER).await;
    type_in(&client, "storage-secret", "swordfish").await;
    type_in(&client, "storage-name", "Nextcloud 云").await;

    click(&client, "[data-testid=storage-save]").await;
    text_until(&client, "[data-testid=storage-refused]", |text| text.contains("password")).await;
    desktop.screenshot("storage-refused.png");
    type_in(&client, "storage-secret", PASSWORD).await;
    click(&client, "[data-testid=storage-save]").await;

    // There is no keychain here, or one that keeps nothing: a passphrase takes its place, and is chosen in the midst of it.
    click(&client, "[data-testid=secrets-open]").await;
    type_in(&client, "unlock-passphrase", "correct horse").await;
    type_in(&client, "unlock-again", "correct horse").await;
    desktop.screenshot("storage-passphrase.png");
    click(&client, "[data-testid=unlock-do]").await;
    count_until(&client, "[data-testid=secrets-note]", 0).await;
    click(&client, "[data-testid=storage-save]").await;
    count_until(&client, "[data-testid=storage]", 1).await;

    // Both sides have files: nothing is done before a person has looked at the plan, which opens by itself the first time.
    count_until(&client, "[data-testid=plan-question][data-question=first_meeting]", 1).await;
    text_until(&client, "[data-testid=plan-counts]", |text| text.contains("compared")).await;
    desktop.screenshot("storage-plan.png");
    assert_eq!(desktop.home.found(""), 1, "nothing was done");
    click(&client, "[data-testid=plan-do]").await;
    text_until(&client, "[data-testid=conflicts-note]", |text| text.contains('1')).await;
    desktop.screenshot("storages.png");

    click(&client, "[data-testid=conflicts-open]").await;
    count_until(&client, "[data-testid=conflict]", 1).await;
    count_until(&client, "[data-testid=conflict-version]", 2).await;
    count_until(&client, "[data-testid=conflict-version] img", 2).await;
    desktop.screenshot("conflicts.png");
    click(&client, "[data-testid=conflict-keep]").await;
    count_until(&client, "[data-testid=conflict]", 0).await;
    assert_eq!((desktop.home.found("11223"), desktop.home.found("44556")), (1, 0), "the one that has the name is kept");

    wait_for("it was told", || desktop.notifications().iter().any(|told| told.contains("Nextcloud 云")).then_some(()));
    let entry = wait_for("the storage is in the tray", || {
        desktop.tray()?.into_iter().find(|entry| entry.starts_with("Bring in step: "))
    });
    desktop.choose_in_tray(&entry);
    wait_for("what was settled is settled there", || {
        desk.run(["cloud", "sync", "--wait"]).with(0);
        (desk.found("") == 1 && desk.found("11223") == 1).then_some(())
    });
    client.close().await.unwrap();
}

#[tokio::test]
async fn what_goes_on_is_held_and_goes_on_where_it_was() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    let there = desktop.home.path("there");
    std::fs::create_dir(&there).unwrap();
    // At a pace that leaves time to press a button.
    let grains = |x: u32, y: u32| image::Rgb([x, y, x ^ y].map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8));
    let picture = image::RgbImage::from_fn(500, 500, |x, y| grains(x * 31 + y * 17, x * 7 + y * 101));
    desktop.home.write("in/a.png", png(&picture));
    desktop.home.run(["add", "--wait", "in/a.png"]).with(0);
    desktop.home.run(["cloud", "add", there.to_str().unwrap(), "--limit", "100"]).with(0);
    click(&client, "[data-testid=nav-cloud]").await;
    click(&client, "[data-testid=storage-sync]").await;
    click(&client, "[data-testid=storage-hold]").await;
    count_until(&client, "[data-testid=storage][data-state=held]", 1).await;
    text_until(&client, "[data-testid=storage-state]", |text| text.starts_with("Paused")).await;
    desktop.screenshot("storage-held.png");
    assert!(desktop.home.run(["cloud", "list"]).with(0).out.contains("paused"));
    click(&client, "[data-testid=storage-hold]").await;
    count_until(&client, "[data-testid=storage][data-state=running]", 1).await;
    desktop.home.settle();
    count_until(&client, "[data-testid=storage][data-state=in_step]", 1).await;
    client.close().await.unwrap();
}

/// Types a text into a field, in place of what is there.
async fn type_in(client: &Client, field: &str, text: &str) {
    let field = client.find(Locator::Css(&format!("[data-testid={field}]"))).await.unwrap();
    field.clear().await.unwrap();
    field.send_keys(text).await.unwrap();
}
