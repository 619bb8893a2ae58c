//! The whole screen, displays and regions, with known pixels.

use crate::server::{BLUE, Colour, GREEN, GREY, ODD, RED, Server, assert_exactly, at};
use legible_sources::screen::{Cause, Error, Look, Rect, Warning, What, WhichDisplay};
use x11rb::protocol::xproto::AtomEnum;

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect::new(x, y, width, height)
}

#[test]
fn the_whole_screen_is_exact_to_the_pixel() {
    // So large that it is fetched in several strips.
    let Some(server) = Server::start("2560x1600x24") else { return };
    let shown = [
        (rect(0, 0, 1, 1), RED),
        (rect(2559, 1599, 1, 1), GREEN),
        (rect(100, 50, 640, 480), ODD),
        (rect(1000, 300, 3, 1200), BLUE),
    ];
    shown.iter().for_each(|(rect, colour)| server.draw(server.root(), *rect, *colour));
    let picture = server.screen().capture(&What::All).unwrap();
    assert_eq!((picture.width, picture.height), (2560, 1600));
    assert_eq!(picture.warnings, []);
    shown.iter().for_each(|(rect, colour)| assert_exactly(&picture, *rect, *colour));
    let read = image::load_from_memory(&picture.png().unwrap()).unwrap();
    assert_eq!(read.color(), image::ColorType::Rgb8);
    assert_eq!(read.to_rgba8().into_raw(), picture.rgba);
}

#[test]
fn fewer_colours_are_read_too() {
    let check = |screen: &str, shown: Colour, seen: Colour| {
        let Some(server) = Server::start(screen) else { return };
        server.draw(server.root(), rect(3, 5, 61, 7), shown);
        let picture = server.screen().capture(&What::All).unwrap();
        assert_exactly(&picture, rect(3, 5, 61, 7), seen);
    };
    check("333x101x16", RED, RED);
    check("333x101x16", [255, 255, 255], [255, 255, 255]);
    check("333x101x16", [0b1000_0000, 0b1000_0000, 0b1000_0000], [132, 130, 132]);
}

#[test]
fn a_palette_is_looked_up() {
    let Some(server) = Server::start("200x100x8") else { return };
    let screen = &x11rb::connection::Connection::setup(&server.wire).roots[0];
    use x11rb::protocol::xproto::ConnectionExt as _;
    let asked = server.wire.alloc_color(screen.default_colormap, 0xff00, 0x8000, 0x4000).unwrap().reply().unwrap();
    let gc = x11rb::connection::Connection::generate_id(&server.wire).unwrap();
    let ink = x11rb::protocol::xproto::CreateGCAux::new().foreground(asked.pixel);
    server.wire.create_gc(gc, server.root(), &ink).unwrap();
    let stroke = x11rb::protocol::xproto::Rectangle { x: 10, y: 20, width: 30, height: 40 };
    server.wire.poly_fill_rectangle(server.root(), gc, &[stroke]).unwrap();
    server.done();
    let picture = server.screen().capture(&What::All).unwrap();
    let high = |channel: u16| channel.to_be_bytes()[0];
    assert_exactly(&picture, rect(10, 20, 30, 40), [high(asked.red), high(asked.green), high(asked.blue)]);
}

/// A large display, and a smaller one beside it, lower: above that is a gap.
fn two_displays() -> Option<Server> {
    let server = Server::start("1920x1080x24")?;
    server.divide(&[("Left", rect(0, 0, 1280, 1024)), ("Right", rect(1280, 280, 640, 800))]);
    server.draw(server.root(), rect(0, 0, 1920, 1080), GREY);
    server.draw(server.root(), rect(1270, 400, 20, 10), RED);
    server.draw(server.root(), rect(1900, 1070, 20, 10), BLUE);
    Some(server)
}

#[test]
fn displays_are_listed_as_they_lie() {
    let Some(server) = two_displays() else { return };
    server.tell_text(server.root(), AtomEnum::RESOURCE_MANAGER.into(), b"Xft.dpi:\t144\n");
    let told: Vec<_> = server.screen().displays().unwrap();
    let told: Vec<_> = told.iter().map(|d| (d.name.as_str(), d.bounds.to_string(), d.scale, d.primary)).collect();
    let expected =
        [("Left", "0,0,1280x1024".to_owned(), 1.5, true), ("Right", "1280,280,640x800".to_owned(), 1.5, false)];
    assert_eq!(told, expected);
}

#[test]
fn one_display_of_two() {
    let Some(server) = two_displays() else { return };
    let check = |which: WhichDisplay, expected: Rect| {
        let picture = server.screen().capture(&What::Display(which)).unwrap();
        assert_eq!(picture.bounds, Some(expected));
        assert_eq!(picture.displays.len(), 1);
        assert_exactly(&picture, rect(1270, 400, 20, 10).intersection(expected).unwrap(), RED);
        assert_eq!(picture.warnings, []);
    };
    check(WhichDisplay::Nth(0), rect(0, 0, 1280, 1024));
    check(WhichDisplay::Nth(1), rect(1280, 280, 640, 800));
    check(WhichDisplay::Named("right".to_owned()), rect(1280, 280, 640, 800));
    server.point_at(1300, 500);
    check(WhichDisplay::UnderPointer, rect(1280, 280, 640, 800));
    server.point_at(1279, 500);
    check(WhichDisplay::UnderPointer, rect(0, 0, 1280, 1024));
    let missing = server.screen().capture(&What::Display(WhichDisplay::Nth(2))).unwrap_err();
    assert_eq!(missing.to_string(), "there is no display number 3; there are: Left, Right");
}

#[test]
fn all_displays_have_transparent_gaps_between_them() {
    let Some(server) = two_displays() else { return };
    let picture = server.screen().capture(&What::All).unwrap();
    assert_eq!((picture.width, picture.height, picture.displays.len()), (1920, 1080, 2));
    let check = |x: i32, y: i32, expected: Option<Colour>| assert_eq!(at(&picture, x, y), expected, "{x},{y}");
    check(1279, 0, Some(GREY));
    check(1280, 279, None);
    check(1919, 0, None);
    check(1280, 280, Some(GREY));
    check(1279, 1023, Some(GREY));
    check(1279, 1024, None);
    assert_exactly(&picture, rect(1270, 400, 20, 10), RED);
    assert_exactly(&picture, rect(1900, 1070, 20, 10), BLUE);
    assert_eq!(picture.warnings, []);
    let read = image::load_from_memory(&picture.png().unwrap()).unwrap();
    assert_eq!(read.to_rgba8().into_raw(), picture.rgba);
}

#[test]
fn a_region_goes_across_displays() {
    let Some(server) = two_displays() else { return };
    let check = |wanted: Rect, expected: Rect, displays: usize, warnings: &[Warning]| {
        let picture = server.screen().capture(&What::Region(wanted)).unwrap();
        assert_eq!(picture.bounds, Some(expected), "{wanted}");
        assert_eq!((picture.width, picture.height), (expected.width, expected.height));
        assert_eq!(picture.displays.len(), displays, "{wanted}");
        assert_eq!(picture.warnings, warnings, "{wanted}");
        picture
    };
    let across = check(rect(1260, 390, 40, 30), rect(1260, 390, 40, 30), 2, &[]);
    assert_exactly(&across, rect(1270, 400, 20, 10), RED);
    let plain = Warning::Blank { look: Look::OneColour(GREY), cause: Cause::Unknown };
    check(rect(-50, -50, 60, 60), rect(0, 0, 10, 10), 1, &[plain, Warning::OffScreen]);
    let corner = check(rect(1890, 1060, 500, 500), rect(1890, 1060, 30, 20), 1, &[Warning::OffScreen]);
    assert_exactly(&corner, rect(1900, 1070, 20, 10), BLUE);
    for outside in [rect(1300, 10, 100, 100), rect(5000, 5000, 10, 10), rect(5, 5, 0, 5)] {
        assert_eq!(server.screen().capture(&What::Region(outside)), Err(Error::Outside(outside)));
    }
}

#[test]
fn a_part_of_a_picture_is_the_region_itself() {
    let Some(server) = two_displays() else { return };
    let all = server.screen().capture(&What::All).unwrap();
    for region in [rect(1260, 390, 40, 30), rect(1200, 200, 300, 300), rect(0, 0, 1920, 1080)] {
        assert_eq!(all.part(region), server.screen().capture(&What::Region(region)), "{region}");
    }
    let over = all.part(rect(1900, 1070, 40, 30)).unwrap();
    assert_eq!(over.bounds, Some(rect(1900, 1070, 20, 10)));
    let plain = Warning::Blank { look: Look::OneColour(BLUE), cause: Cause::Unknown };
    assert_eq!(over.warnings, [plain, Warning::OffScreen]);
    assert_eq!(all.part(rect(-10, -10, 10, 10)), Err(Error::Outside(rect(-10, -10, 10, 10))));
}

#[test]
fn a_black_picture_says_so() {
    let Some(server) = Server::start("320x200x24") else { return };
    server.draw(server.root(), rect(0, 0, 320, 200), [0, 0, 0]);
    let picture = server.screen().capture(&What::All).unwrap();
    assert_eq!(picture.warnings, [Warning::Blank { look: Look::Black, cause: Cause::Unknown }]);
    assert_eq!(picture.warnings[0].to_string(), "the picture is black");
    assert!(picture.warnings[0].hint().contains("keep their windows out of pictures"));
    use x11rb::protocol::xproto::{ConnectionExt as _, ScreenSaver};
    server.wire.force_screen_saver(ScreenSaver::ACTIVE).unwrap();
    server.done();
    let picture = server.screen().capture(&What::All).unwrap();
    assert_eq!(picture.warnings, [Warning::Blank { look: Look::Black, cause: Cause::ScreenOff }]);
}
