//! Without a window: the work goes on, the tray rules it, and a second start brings the window back.

use crate::desktop::Desktop;
use crate::program::draw::{png, table};
use crate::program::{sample, wait_for};

/// Enough to be still under way when the window has gone.
const IMAGES: u32 = 12;

#[tokio::test]
async fn work_goes_on_with_the_window_closed_and_the_tray_rules_it() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let mut app = desktop.open_app(&[]);
    wait_for("the window is there", || desktop.windows().contains("Legible").then_some(()));
    wait_for("the tray icon is there", || desktop.tray());

    // A batch begins, the window goes, and its web view with it.
    for index in 0..IMAGES {
        desktop.home.write(&format!("batch/{index}.png"), png(&table(6 + index, 12)));
    }
    desktop.home.run(["add", "batch"]).with(0);
    wait_for("a job runs", || (!desktop.home.jobs(&["running"]).is_empty()).then_some(()));
    desktop.tool("wmctrl", &["-c", "Legible"]);
    wait_for("the web view is gone", || (desktop.web_processes() == 0).then_some(()));
    assert!(!desktop.windows().contains("Legible"));
    assert!(!desktop.home.jobs(&["enqueued", "running"]).is_empty(), "the batch is not done yet");
    desktop.home.settle();
    let told = wait_for("the batch is told", || Some(desktop.notifications()).filter(|told| !told.is_empty()));
    assert_eq!(told.len(), 1, "one notification for a batch: {told:?}");
    assert!(told[0].starts_with(&format!("{IMAGES} images read")), "{told:?}");

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

#[tokio::test]
async fn closing_the_window_ends_the_app_for_who_wants_that() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    desktop.home.write("config/settings.toml", "window_close = \"quit\"\n");
    let mut app = desktop.open_app(&[]);
    wait_for("the window is there", || desktop.windows().contains("Legible").then_some(()));
    desktop.tool("wmctrl", &["-c", "Legible"]);
    assert_eq!(wait_for("the app ends", || app.try_wait().unwrap()).code(), Some(0));
}
