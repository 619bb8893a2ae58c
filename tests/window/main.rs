//! The whole program through its real window: native drag and drop, WebDriver, tray over D-Bus, notifications.
//! Linux only: elsewhere there is no Xvfb to put the window on.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod desktop;
#[path = "../program/mod.rs"]
mod program;

use desktop::{Desktop, count_until, text_until};
use fantoccini::Locator;
use fantoccini::key::Key;
use program::{sample, wait_for};
use std::path::PathBuf;

/// One window at a time: two cores read text for both.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const CARD: &str = "[data-testid=card]";

#[tokio::test]
async fn dropped_images_are_read_found_and_shown_and_bad_ones_say_why() {
    let _turn = TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    text_until(&client, "[data-testid=empty]", |text| !text.is_empty()).await;
    desktop.screenshot("empty.png");

    // A real drop of two files, one with a space in its name.
    let spaced = desktop.home.path("my receipt.png");
    std::fs::copy(sample("receipt.png"), &spaced).unwrap();
    desktop.drop_files(&[spaced, sample("german.png")]);
    count_until(&client, &format!("{CARD}[data-state=text]"), 2).await;

    // Search as one types, accents folded, hits marked.
    let search = client.find(Locator::Css("[data-testid=search]")).await.unwrap();
    search.click().await.unwrap();
    search.send_keys("uberzogene").await.unwrap();
    count_until(&client, CARD, 1).await;
    text_until(&client, &format!("{CARD} mark"), |text| text.to_lowercase().contains("überzogene")).await;
    desktop.screenshot("search.png");

    // The item with its text beside the image and boxes over it.
    search.send_keys(&Key::Enter).await.unwrap();
    client
        .execute(
            "document.querySelector('[data-testid=card]').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))",
            vec![],
        )
        .await
        .unwrap();
    let text = text_until(&client, "[data-testid=item-text]", |text| text.contains("Stadtbücherei")).await;
    assert!(text.contains("Kasten. Gebühren für überzogene Bücher betragen 0,50 € je Woche"), "{text}");
    assert!(client.find_all(Locator::Css("[data-testid=text-box]")).await.unwrap().len() >= 6);
    assert!(!client.find_all(Locator::Css("[data-testid=hit-box]")).await.unwrap().is_empty(), "the hit has its box");
    desktop.screenshot("item.png");
    client.find(Locator::Css("[data-testid=back]")).await.unwrap().click().await.unwrap();
    let search = client.find(Locator::Css("[data-testid=search]")).await.unwrap();
    search.clear().await.unwrap();
    search.send_keys(" ").await.unwrap();
    count_until(&client, CARD, 2).await;

    // Bad files beside a good one: each one clear failure, and the good one is read.
    let bad = [
        desktop.home.write("empty.png", b""),
        desktop.home.write("words.png", b"these are words, not pixels"),
        desktop.home.write("half.png", &std::fs::read(sample("page.png")).unwrap()[..4000]),
    ];
    desktop.drop_files(&[bad.to_vec(), vec![sample("dark.png")]].concat());
    count_until(&client, &format!("{CARD}[data-state=text]"), 3).await;
    count_until(&client, &format!("{CARD}[data-state=problem]"), 1).await;
    client.find(Locator::Css("[data-testid=nav-activity]")).await.unwrap().click().await.unwrap();
    count_until(&client, "[data-testid=job][data-state=failed]", 3).await;
    text_until(&client, "[data-testid=job][data-state=failed]", |text| text.contains("empty")).await;
    desktop.screenshot("activity.png");
    client.close().await.unwrap();
}

#[tokio::test]
async fn work_goes_on_with_the_window_closed_and_the_tray_rules_it() {
    let _turn = TURN.lock().await;
    let mut desktop = Desktop::start();
    let mut app = desktop.open_app(&[]);
    wait_for("the window is there", || desktop.windows().contains("Legible").then_some(()));
    wait_for("the tray icon is there", || desktop.tray());

    // A batch begins, the window goes, and its web view with it.
    let images: Vec<PathBuf> = ["page", "german", "dark", "columns"].map(|name| sample(&format!("{name}.png"))).into();
    let add: Vec<&str> = ["add"].into_iter().chain(images.iter().map(|path| path.to_str().unwrap())).collect();
    desktop.home.run(add).with(0);
    wait_for("a job runs", || (!desktop.home.jobs(&["running"]).is_empty()).then_some(()));
    desktop.tool("wmctrl", &["-c", "Legible"]);
    wait_for("the web view is gone", || (desktop.web_processes() == 0).then_some(()));
    assert!(!desktop.windows().contains("Legible"));
    assert!(!desktop.home.jobs(&["enqueued", "running"]).is_empty(), "the batch is not done yet");
    desktop.home.settle();
    let told = wait_for("the batch is told", || Some(desktop.notifications()).filter(|told| !told.is_empty()));
    assert_eq!(told.len(), 1, "one notification for a batch: {told:?}");
    assert!(told[0].starts_with("4 images read"), "{told:?}");

    // Pause holds new work back, Resume lets it go.
    desktop.choose_in_tray("Pause");
    wait_for("the tray offers Resume", || desktop.tray()?.contains(&"Resume".to_owned()).then_some(()));
    desktop.home.run(["add", sample("receipt.png").to_str().unwrap()]).with(0);
    assert_eq!(desktop.home.jobs(&["enqueued"]).len(), 1, "the offer waits");
    assert_eq!(desktop.home.jobs(&["running"]).len(), 0);
    desktop.choose_in_tray("Resume");
    desktop.home.settle();
    assert_eq!(desktop.home.found("croissant"), 1);

    // The newest results are in the menu and open the window again; so does a second start, which ends by itself.
    desktop.choose_in_tray("receipt.png");
    wait_for("the window is back", || desktop.windows().contains("Legible").then_some(()));
    desktop.tool("wmctrl", &["-c", "Legible"]);
    wait_for("the window is gone", || (!desktop.windows().contains("Legible")).then_some(()));
    let mut second = desktop.open_app(&[]);
    let ended = wait_for("the second start ends", || second.try_wait().unwrap());
    assert!(ended.success());
    wait_for("the window is back", || desktop.windows().contains("Legible").then_some(()));

    desktop.choose_in_tray("Quit");
    let ended = wait_for("the app ends", || app.try_wait().unwrap());
    assert_eq!(ended.code(), Some(0));
}
