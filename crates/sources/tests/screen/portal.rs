//! Wayland: what the desktop portal answers, and what is made of it.

use crate::bus::{Asked, Bus, Does, uri};
use crate::server::{BLUE, GREEN, RED, Server, assert_exactly, at};
use image::{Rgb, RgbImage};
use legible_sources::screen::limits::Patience;
use legible_sources::screen::{
    Cause, Error, Look, Picture, Rect, Screen, Session, Warning, What, WhichDisplay, WhichWindow, WindowId,
};
use std::time::Duration;

const ACTIVE: What = What::Window(WhichWindow::Active);

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect::new(x, y, width, height)
}

/// Red to the left, blue from this column on, and a green dot in the corner.
fn desktop(width: u32, height: u32, blue_from: u32) -> RgbImage {
    let mut picture = RgbImage::from_fn(width, height, |x, _| Rgb(if x < blue_from { RED } else { BLUE }));
    picture.put_pixel(width - 1, height - 1, Rgb(GREEN));
    picture
}

fn asked(asked: &Asked) -> Vec<String> {
    asked.lock().unwrap().clone()
}

#[test]
fn the_picture_of_the_desktop_is_taken_and_its_file_is_gone() {
    let Some(mut bus) = Bus::start() else { return };
    let shown = desktop(60, 40, 30);
    let (file, names) = bus.saved("Screen shot ä.png", &shown);
    let told = bus.portal(0, names, Does::Denies);
    let picture = Screen::of(bus.session()).capture(&What::All).unwrap();
    assert_eq!((picture.width, picture.height), (60, 40));
    assert_eq!(picture.rgba, image::DynamicImage::from(shown).into_rgba8().into_raw());
    assert_eq!((picture.bounds, picture.warnings), (Some(rect(0, 0, 60, 40)), vec![]));
    assert_eq!(asked(&told), ["alone"]);
    assert!(!file.exists());
}

#[test]
fn a_file_among_the_pictures_of_the_person_stays_and_is_told() {
    let Some(mut bus) = Bus::start() else { return };
    let (file, names) = bus.saved("kept.png", &desktop(60, 40, 30));
    bus.portal(0, names, Does::Denies);
    let session = Session { temporary: Vec::new(), ..bus.session() };
    let picture = Screen::of(session).capture(&What::All).unwrap();
    assert_eq!(picture.warnings, [Warning::FileLeft(file.clone())]);
    assert!(file.exists());
}

#[test]
fn a_region_is_cut_from_it() {
    let Some(mut bus) = Bus::start() else { return };
    let check = |picture: Picture, expected: Rect, warnings: &[Warning]| {
        assert_eq!((picture.bounds, picture.warnings.as_slice()), (Some(expected), warnings));
        picture
    };
    let session = Session { temporary: Vec::new(), ..bus.session() };
    let (file, names) = bus.saved("kept.png", &desktop(60, 40, 30));
    let left = Warning::FileLeft(file);
    bus.portal(0, names, Does::Denies);
    let take = |region: Rect| Screen::of(session.clone()).capture(&What::Region(region));
    let picture = check(take(rect(25, 5, 10, 10)).unwrap(), rect(25, 5, 10, 10), std::slice::from_ref(&left));
    assert_exactly(&picture, rect(25, 5, 5, 10), RED);
    let picture = check(take(rect(55, 30, 100, 100)).unwrap(), rect(55, 30, 5, 10), &[left, Warning::OffScreen]);
    assert_eq!(at(&picture, 59, 39), Some(GREEN));
    assert_eq!(take(rect(60, 0, 5, 5)), Err(Error::Outside(rect(60, 0, 5, 5))));
}

#[test]
fn a_display_is_cut_from_it_where_xwayland_knows_the_layout() {
    let (Some(mut bus), Some(server)) = (Bus::start(), Server::start("60x40x24")) else { return };
    // The second display is lower: above it is a gap. The picture has twice the pixels that Xwayland counts.
    server.divide(&[("One", rect(0, 0, 20, 30)), ("Two", rect(20, 10, 40, 30))]);
    let (_, names) = bus.saved("kept.png", &desktop(120, 80, 40));
    bus.portal(0, names, Does::Denies);
    let session = Session { display: Some(server.display.clone()), temporary: Vec::new(), ..bus.session() };
    let screen = Screen::of(session);
    let take = |which: WhichDisplay| screen.capture(&What::Display(which));
    let two = take(WhichDisplay::Nth(1)).unwrap();
    assert_eq!(two.bounds, Some(rect(40, 20, 80, 60)));
    assert_eq!((two.scale, two.displays.len()), (2.0, 1));
    assert_eq!((at(&two, 40, 20), at(&two, 119, 79)), (Some(BLUE), Some(GREEN)));
    let one = take(WhichDisplay::Named("one".to_owned())).unwrap();
    assert_eq!(one.bounds, Some(rect(0, 0, 40, 60)));
    assert_eq!(one.blank(), Some(Look::OneColour(RED)));
    let all = screen.capture(&What::All).unwrap();
    assert_eq!(
        all.displays.iter().map(|display| display.bounds).collect::<Vec<_>>(),
        [rect(0, 0, 40, 60), rect(40, 20, 80, 60)]
    );
    assert_eq!((at(&all, 40, 0), at(&all, 0, 79)), (None, None));
    assert_eq!(take(WhichDisplay::UnderPointer), Err(Error::NotOnWayland("tell which display the pointer is on")));
}

#[test]
fn a_display_is_not_guessed() {
    let (Some(mut bus), Some(server)) = (Bus::start(), Server::start("60x40x24")) else { return };
    let (_, names) = bus.saved("kept.png", &desktop(100, 40, 40));
    bus.portal(0, names, Does::Denies);
    let check = |display: Option<String>, layout: &str| {
        let session = Session { display, temporary: Vec::new(), ..bus.session() };
        let error = Screen::of(session).capture(&What::Display(WhichDisplay::Nth(0))).unwrap_err();
        assert_eq!(error, Error::LayoutUnknown { picture: "100 × 40".to_owned(), layout: layout.to_owned() });
        assert_eq!(error.hint(), "Take the whole screen, or a region of it.");
    };
    check(Some(server.display.clone()), "60 × 40");
    check(None, "unknown: there is no Xwayland to ask");
}

#[test]
fn a_refusal_leads_to_the_dialog() {
    for refusal in [Does::Says(1), Does::Says(2)] {
        let Some(mut bus) = Bus::start() else { return };
        let (_, names) = bus.saved("chosen.png", &desktop(30, 20, 10));
        let told = bus.portal(0, refusal, names);
        let what = What::Region(rect(1000, 1000, 5, 5));
        let picture = Screen::of(bus.session()).capture(&what).unwrap();
        assert_eq!((picture.width, picture.height, picture.bounds), (30, 20, None));
        assert_eq!(picture.warnings, [Warning::ChosenByHand]);
        assert_eq!(asked(&told), ["alone", "with dialog"]);
    }
}

#[test]
fn the_window_in_front_is_the_portals_to_find() {
    let check = |targets: u32, expected: &[&str], warnings: &[Warning]| {
        let Some(mut bus) = Bus::start() else { return };
        let (_, names) = bus.saved("chosen.png", &desktop(30, 20, 10));
        let told = bus.portal(targets, names.clone(), names);
        let picture = Screen::of(bus.session()).capture(&ACTIVE).unwrap();
        assert_eq!((picture.bounds, picture.warnings.as_slice()), (None, warnings));
        assert_eq!(asked(&told), expected);
    };
    check(0, &["with dialog"], &[Warning::ChosenByHand]);
    check(1 | 8, &["alone for target 8"], &[]);
}

#[test]
fn what_cannot_be_had_is_said() {
    let check = |alone: Does, with_dialog: Does, expected: Error| {
        let Some(mut bus) = Bus::start() else { return };
        bus.portal(0, alone, with_dialog);
        let error = Screen::of(bus.session()).capture(&What::All).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.hint().is_empty());
    };
    check(Does::Says(2), Does::Says(1), Error::Cancelled);
    check(Does::Says(2), Does::Says(2), Error::Refused);
    check(Does::Denies, Does::Hangs, Error::Refused);
    check(Does::NamesNothing, Does::Hangs, Error::BadAnswer("it names no file".to_owned()));
    let elsewhere = "https://example.org/a.png";
    let said = format!("it names no file of this computer: {elsewhere:?}");
    check(Does::Names(elsewhere.to_owned()), Does::Hangs, Error::BadAnswer(said));
}

#[test]
fn a_file_that_is_no_picture_is_said() {
    let Some(mut bus) = Bus::start() else { return };
    let missing = bus.directory.path().join("missing.png");
    bus.portal(0, Does::Names(uri(&missing)), Does::Hangs);
    let error = Screen::of(bus.session()).capture(&What::All).unwrap_err();
    assert!(error.to_string().contains("missing.png: No such file"), "{error}");
    std::fs::write(&missing, "no picture").unwrap();
    let error = Screen::of(bus.session()).capture(&What::All).unwrap_err();
    assert!(matches!(error, Error::BadAnswer(_)), "{error:?}");
    assert!(!missing.exists(), "what is no picture is no file to keep either");
}

#[test]
fn a_portal_that_hangs_is_not_waited_for() {
    let Some(mut bus) = Bus::start() else { return };
    let told = bus.portal(0, Does::Hangs, Does::Denies);
    let short = Duration::from_millis(300);
    let patience = Patience { picture: short, ..bus.session().patience };
    let error = Screen::of(Session { patience, ..bus.session() }).capture(&What::All).unwrap_err();
    assert_eq!(error, Error::Silence { who: "the desktop portal", after: short });
    assert_eq!(asked(&told), ["alone", "closed"]);
}

#[test]
fn without_a_portal_or_its_backend_that_is_said() {
    let Some(mut bus) = Bus::start() else { return };
    let screen = Screen::of(bus.session());
    assert_eq!(screen.capture(&What::All), Err(Error::NoPortal));
    assert_eq!(screen.capture(&ACTIVE), Err(Error::NoPortal));
    bus.portal_without_backend();
    assert_eq!(screen.capture(&What::All), Err(Error::NoBackend));
    assert_eq!(screen.capture(&ACTIVE), Err(Error::NoBackend));
    let by_number = What::Window(WhichWindow::Id(WindowId(7)));
    assert!(matches!(screen.capture(&by_number), Err(Error::NotOnWayland(_))));
}

#[test]
fn black_because_of_the_lock_is_said() {
    let check = |locked: Option<bool>, cause: Cause| {
        let Some(mut bus) = Bus::start() else { return };
        let (_, names) = bus.saved("black.png", &RgbImage::new(20, 10));
        bus.portal(0, names, Does::Denies);
        if let Some(locked) = locked {
            bus.screen_saver(locked);
        }
        let picture = Screen::of(bus.session()).capture(&What::All).unwrap();
        assert_eq!(picture.warnings, [Warning::Blank { look: Look::Black, cause }]);
    };
    check(Some(true), Cause::Locked);
    check(Some(false), Cause::Unknown);
    check(None, Cause::Unknown);
}
