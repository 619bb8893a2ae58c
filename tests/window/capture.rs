//! What is on the screen becomes text: the window in front, a region that is dragged out, a whole display.

use crate::desktop::{Desktop, Rect};
use crate::displays::LEFT;
use crate::program::draw::png;
use crate::program::{sample, wait_for};
use image::{Rgb, RgbImage};
use std::time::Instant;

/// The title of the windows in which a region is dragged out.
const OVERLAY: &str = "Legible: choose a region";

/// Waits until as many overlays can be seen as there are displays.
pub fn overlays(desktop: &Desktop, wanted: usize) {
    wait_for(&format!("{wanted} overlays are there"), || {
        (desktop.windows().matches(OVERLAY).count() == wanted).then_some(())
    });
}

/// What the newest picture of the screen shows, once there are as many.
fn taken(desktop: &Desktop, count: usize) -> RgbImage {
    let pictures = || -> Vec<_> { desktop.home.library().into_iter().filter(|name| name.ends_with(".png")).collect() };
    wait_for(&format!("{count} pictures are taken"), || (pictures().len() == count).then_some(()));
    let files = pictures().into_iter().map(|name| desktop.home.path("library").join(name));
    let newest = files.max_by_key(|file| file.metadata().unwrap().modified().unwrap()).unwrap();
    image::open(newest).unwrap().to_rgb8()
}

/// Waits until the clipboard has a text with these words in it.
fn copied(desktop: &Desktop, words: &str) -> String {
    wait_for(&format!("{words} is on the clipboard"), || desktop.copied_text().filter(|text| text.contains(words)))
}

/// Whether the window of the sample has the focus.
fn receipt_is_in_front(desktop: &Desktop) -> bool {
    desktop.tool("xdotool", &["getactivewindow", "getwindowname"]).trim() == "receipt"
}

/// Waits for a notification that begins so.
fn told(desktop: &Desktop, beginning: &str) -> String {
    wait_for(&format!("{beginning} is told"), || {
        desktop.notifications().into_iter().find(|told| told.starts_with(beginning))
    })
}

#[tokio::test]
async fn the_window_in_front_is_read_from_the_tray() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let mut app = desktop.open_app(&["--hidden"]);
    wait_for("the tray icon is there", || desktop.tray());
    desktop.choose_in_tray("The window in front");
    let nothing = told(&desktop, "No picture was taken");
    assert!(nothing.contains("No window is in front."), "{nothing}");

    desktop.show_picture(&sample("receipt.png"));
    desktop.choose_in_tray("The window in front");
    let text = copied(&desktop, "CORNER BAKERY");
    assert!(text.contains("Thank you, come again"), "{text}");
    assert_eq!(taken(&desktop, 1), image::open(sample("receipt.png")).unwrap().to_rgb8());
    desktop.screenshot("notification.png");
    told(&desktop, "Text of the picture: CORNER BAKERY");

    // The same again is no other image, but the person waits all the same.
    let before = desktop.notifications().len();
    desktop.choose_in_tray("The window in front");
    wait_for("the same is told again", || (desktop.notifications().len() > before).then_some(()));
    desktop.home.settle();
    assert_eq!(desktop.home.found("croissant"), 1);

    // Nothing to read: what was copied before stays, and it is said why.
    let blank = desktop.home.write("blank.png", png(&RgbImage::from_pixel(200, 150, Rgb([9, 80, 120]))));
    desktop.show_picture(&blank);
    desktop.choose_in_tray("The window in front");
    let doubt = told(&desktop, "The picture may not show what you wanted");
    assert!(doubt.contains("of one colour (#095078)"), "{doubt}");
    told(&desktop, "There is no text in the picture");
    assert_eq!(desktop.copied_text(), Some(text));

    desktop.choose_in_tray("Quit");
    assert_eq!(wait_for("the app ends", || app.try_wait().unwrap()).code(), Some(0));
}

#[tokio::test]
async fn a_region_is_cut_out_of_what_was_on_the_screen() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let receipt = desktop.show_picture(&sample("receipt.png"));
    // The app is not there yet: it starts for that, and shows nothing else.
    let mut app = desktop.open_app(&["--capture-region"]);
    overlays(&desktop, 1);
    assert_eq!(desktop.windows().matches("Legible").count(), 1, "no window but the overlay");
    let before = desktop.screen();
    let half = Rect { height: 110, ..receipt };
    desktop.drag((half.x, half.y), (half.x + half.width, half.y + half.height));
    let text = copied(&desktop, "CORNER BAKERY");
    assert!(text.contains("Receipt 004817") && !text.contains("TOTAL"), "{text}");
    overlays(&desktop, 0);
    let expected = image::open(sample("receipt.png")).unwrap().to_rgb8();
    let expected = Rect { x: 0, y: 0, ..half }.of(&expected);
    assert_eq!(taken(&desktop, 1), expected);
    desktop.home.settle();

    // Warm: the models are loaded, and the program is there.
    let mut second = desktop.open_app(&["--capture-region"]);
    overlays(&desktop, 1);
    assert!(wait_for("the second start ends", || second.try_wait().unwrap()).success());
    let lower = Rect { y: receipt.y + 420, height: 70, ..receipt };
    desktop.drag((lower.x + lower.width, lower.y + lower.height), (lower.x, lower.y));
    let released = Instant::now();
    copied(&desktop, "19.42");
    eprintln!("measured: from the button that is released to the text on the clipboard {:?}", released.elapsed());
    taken(&desktop, 2);

    // A click is no region; Escape is none either.
    desktop.notifications();
    desktop.open_app(&["--capture-region"]).wait().unwrap();
    overlays(&desktop, 1);
    desktop.screenshot("overlay.png");
    desktop.tool("xdotool", &["mousemove", "300", "300", "click", "1"]);
    desktop.tool(
        "xdotool",
        &["mousemove", "200", "200", "mousedown", "1", "mousemove", "400", "300", "mousemove", "860", "420"],
    );
    // All but the region is dimmed while the drag goes on: the click did not end the choice.
    let (x, y) = (receipt.x + 5, receipt.y + receipt.height - 5);
    wait_for("the rest is dimmed", || {
        (desktop.screen().get_pixel(x, y).0[0] < before.get_pixel(x, y).0[0] / 4 * 3).then_some(())
    });
    desktop.screenshot("overlay-drag.png");
    desktop.tool("xdotool", &["key", "Escape", "mouseup", "1"]);
    overlays(&desktop, 0);

    // Enter takes all of the display. Nothing more comes onto it: both texts are told, and the focus is back.
    wait_for("both are told", || (desktop.notifications().len() == 2).then_some(()));
    wait_for("no notification is left", || {
        (desktop.tool("dunstctl", &["count", "displayed"]).trim() == "0").then_some(())
    });
    wait_for("the picture is in front", || receipt_is_in_front(&desktop).then_some(()));
    let whole = wait_for("the screen is at rest", || {
        let (one, other) = (desktop.screen(), desktop.screen());
        (one == other).then_some(one)
    });
    desktop.open_app(&["--capture-region"]).wait().unwrap();
    overlays(&desktop, 1);
    desktop.tool("xdotool", &["key", "Return"]);
    overlays(&desktop, 0);
    assert!(taken(&desktop, 3) == whole, "every pixel of the display, and of nothing else");

    desktop.choose_in_tray("Quit");
    assert_eq!(wait_for("the app ends", || app.try_wait().unwrap()).code(), Some(0));
}

#[tokio::test]
async fn each_display_has_its_overlay_and_a_drag_goes_over_both() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_with_two_displays();
    let mut app = desktop.open_app(&["--hidden"]);
    wait_for("the tray icon is there", || desktop.tray());
    let picture = desktop.show_picture(&sample("receipt.png"));
    let (x, y) = (u32::from(LEFT) - 150, picture.y + 20);
    let id = desktop.tool("xdotool", &["getactivewindow"]);
    desktop.tool("xdotool", &["windowmove", "--sync", id.trim(), &x.to_string(), &y.to_string()]);
    let screen = wait_for("the screen is at rest", || {
        let (one, other) = (desktop.screen(), desktop.screen());
        (one == other).then_some(one)
    });
    desktop.choose_in_tray("A region…");
    overlays(&desktop, 2);
    desktop.screenshot("overlay-two-displays.png");
    let over_both = Rect { x: x - 20, y: y - 10, width: 420, height: 124 };
    desktop.drag((over_both.x, over_both.y), (over_both.x + over_both.width, over_both.y + over_both.height));
    copied(&desktop, "CORNER BAKERY");
    overlays(&desktop, 0);
    assert!(taken(&desktop, 1) == over_both.of(&screen), "every pixel that was dragged over");

    desktop.choose_in_tray("Quit");
    assert_eq!(wait_for("the app ends", || app.try_wait().unwrap()).code(), Some(0));
}
