//! A storage set up in the window, brought in step after the plan was looked at, a conflict settled, and the tray.

use crate::desktop::{Desktop, click, count_until, text_until};
use crate::program::draw::{number, png};
use crate::program::{Home, wait_for};
use fantoccini::Locator;

#[tokio::test]
async fn a_storage_is_set_up_and_what_two_machines_changed_is_settled() {
    let _turn = crate::TURN.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let between = folder.path().join("Legible 云");
    std::fs::create_dir(&between).unwrap();
    // Another machine was there before, with another image of the same name.
    let desk = Home::new();
    desk.write("in/scan.png", png(&number(11_223)));
    desk.run(["add", "--wait", "in/scan.png"]).with(0);
    desk.run(["cloud", "add", between.to_str().unwrap()]).with(0);
    desk.run(["cloud", "sync", "--wait"]).with(0);

    let mut desktop = Desktop::start();
    desktop.home.write("in/scan.png", png(&number(44_556)));
    desktop.home.run(["add", "--wait", "in/scan.png"]).with(0);
    let client = desktop.drive_app().await;
    click(&client, "[data-testid=nav-cloud]").await;
    count_until(&client, "[data-testid=storages-empty]", 1).await;
    desktop.screenshot("storages-empty.png");
    click(&client, "[data-testid=storage-begin-folder]").await;
    let path = client.find(Locator::Css("[data-testid=storage-path]")).await.unwrap();
    path.send_keys("/nowhere/at/all").await.unwrap();
    click(&client, "[data-testid=storage-save]").await;
    text_until(&client, "[data-testid=storage-refused]", |text| text.contains("Connect the disk")).await;
    desktop.screenshot("storage-refused.png");
    path.clear().await.unwrap();
    path.send_keys(between.to_str().unwrap()).await.unwrap();
    click(&client, "[data-testid=storage-save]").await;
    count_until(&client, "[data-testid=storage]", 1).await;

    // Both sides have files: nothing is done before a person has looked at the plan.
    click(&client, "[data-testid=storage-sync]").await;
    click(&client, "[data-testid=storage-look]").await;
    count_until(&client, "[data-testid=plan-question][data-question=first_meeting]", 1).await;
    text_until(&client, "[data-testid=plan-counts]", |text| text.contains("compared")).await;
    desktop.screenshot("storage-plan.png");
    assert_eq!(desktop.home.images(), 1, "nothing was done");
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

    wait_for("it was told", || desktop.notifications().iter().any(|told| told.contains("Legible 云")).then_some(()));
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
