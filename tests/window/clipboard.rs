//! Images that are copied are read while the clipboard is watched, but for those that are nobody's business.

use crate::copying::copy;
use crate::desktop::Desktop;
use crate::keys::{call, source, source_until};
use crate::program::draw::{number, png};
use crate::program::{sample, wait_for};
use fantoccini::Client;
use image::{Rgb, RgbImage};
use rand::Rng;
use serde_json::{Value, json};

/// What the tray says while the clipboard is watched.
const WATCHED: &str = "Clipboard is watched";

/// Waits until so many images came from the clipboard; returns when there are no more than that.
async fn came(desktop: &Desktop, client: &Client, wanted: u64) {
    let enough = |source: &Value| source["items"].as_u64() >= Some(wanted);
    source_until(client, "clipboard", &format!("{wanted} images"), enough).await;
    desktop.home.settle();
    assert_eq!(source(client, "clipboard").await["items"], wanted);
}

/// Switches the watcher on and waits until it hears.
async fn watch(desktop: &Desktop, client: &Client) {
    let id = source(client, "clipboard").await["id"].clone();
    call(client, "enable_source", json!({ "id": id, "enabled": true })).await.unwrap();
    in_tray(desktop, true);
    let heard = |source: &Value| source["watching"] == "Images that you copy are read";
    source_until(client, "clipboard", "heard", heard).await;
}

fn in_tray(desktop: &Desktop, watched: bool) {
    wait_for(&format!("the tray says whether it is watched: {watched}"), || {
        (desktop.tray()?.contains(&WATCHED.to_owned()) == watched).then_some(())
    });
}

#[tokio::test]
async fn copied_images_are_read_while_the_clipboard_is_watched() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    in_tray(&desktop, false);
    // What was copied before is not taken.
    desktop.copy_image(&sample("german.png"));
    watch(&desktop, &client).await;
    desktop.copy_image(&sample("receipt.png"));
    came(&desktop, &client, 1).await;
    assert_eq!(desktop.home.found("croissant"), 1);
    desktop.screenshot("clipboard.png");

    // Nobody's business: secrets, files, text.
    let display = desktop.display();
    let left_alone: [&[&str]; 3] =
        [&["image/png", "x-kde-passwordManagerHint"], &["image/png", "text/uri-list"], &["UTF8_STRING"]];
    for types in left_alone {
        let asked = copy(&display, types, png(&number(1)), false).asked("TARGETS");
        assert!(!asked.contains(&"image/png".to_owned()), "{asked:?}");
    }
    // A program that never answers keeps nobody from hearing the next one; too small; the same again.
    copy(&display, &["image/png"], png(&number(2)), true).asked("TARGETS");
    let icon = png(&RgbImage::from_pixel(31, 200, Rgb([7; 3])));
    let icon = desktop.home.write("icon.png", icon);
    desktop.copy_image(&sample("receipt.png"));
    desktop.copy_image(&icon);
    // So large that it comes in pieces; and when it is there, all before it was heard.
    let mut random = rand::rng();
    let large = RgbImage::from_fn(900, 700, |_, _| Rgb(random.random()));
    let large = desktop.home.write("large.png", png(&large));
    desktop.copy_image(&large);
    came(&desktop, &client, 2).await;

    // A program that is to be left alone, by the title of its window.
    let mut draft = source(&client, "clipboard").await["draft"].clone();
    draft["spec"]["exclude"] = json!(["KeePass", "RECEI"]);
    call(&client, "save_source", draft).await.unwrap();
    desktop.show_picture(&sample("receipt.png"));
    copy(&display, &["image/png"], png(&number(4)), false).asked("image/png");
    // Who is asked about the next one has decided about this one.
    copy(&display, &["UTF8_STRING"], b"words".to_vec(), false).asked("TARGETS");
    desktop.tool("wmctrl", &["-a", "Legible"]);
    wait_for("another window is in front", || {
        (desktop.tool("xdotool", &["getactivewindow", "getwindowname"]).trim() == "Legible").then_some(())
    });
    desktop.copy_image(&sample("dark.png"));
    came(&desktop, &client, 3).await;

    // The tray switches it off, at once.
    desktop.choose_in_tray(WATCHED);
    in_tray(&desktop, false);
    assert_eq!(source(&client, "clipboard").await["draft"]["enabled"], false);
    desktop.copy_image(&sample("german.png"));
    watch(&desktop, &client).await;
    desktop.copy_image(&sample("page.png"));
    came(&desktop, &client, 4).await;
    assert_eq!(desktop.home.found("Stadtbücherei"), 0, "neither before it was switched on nor while it was off");
    client.close().await.unwrap();
}
