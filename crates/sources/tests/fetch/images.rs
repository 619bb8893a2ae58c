//! Images of a list: asked for, kept, not asked for in vain.

use crate::server::{Reply, Request, Server};
use crate::world::{DAY, NOON, World, large_png, png, urls};
use legible_sources::WebSpec;
use legible_sources::fetch::Outcome;

#[test]
fn each_image_is_taken_once_and_nothing_new_is_told() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/a.png", Reply::ok(png(50, "a")));
    server.on("/show.php", Reply::ok(png(50, "b")).with("Content-Disposition", "attachment; filename=\"../b.png\""));
    server.on("/same.png", Reply::ok(png(50, "a")));
    let spec = urls(&["/a.png", "/show.php", "/same.png", "/a.png#again"].map(|path| server.url(path)));
    assert_eq!(world.counts(&spec), [2, 1, 0, 0]);
    assert_eq!(world.sink.names(), ["a.png", "b.png"]);
    let report = world.look(&spec).unwrap();
    assert!(report.nothing_new() && report.is_whole(), "{report:?}");
    assert_eq!((report.found, report.unchanged), (3, 3));
}

#[test]
fn an_unchanged_image_is_not_sent_again() {
    let check = |name: &'static str, value: &'static str, asked: &'static str| {
        let (server, mut world) = (Server::start(), World::new());
        server.when("/a.png", move |request| match request.header(asked) {
            Some(known) if known == value => Reply::status(304),
            _ => Reply::ok(png(50, "a")).with(name, value),
        });
        let spec = urls(&[server.url("/a.png")]);
        assert_eq!(world.counts(&spec), [1, 0, 0, 0], "{name}");
        world.wait(5000);
        assert_eq!(world.counts(&spec), [0, 1, 0, 0], "{name}");
        let record = world.sink.record(&server.url("/a.png")).unwrap();
        assert_eq!((record.outcome, record.item, record.fetched_at), (Outcome::Taken, Some(0), NOON + 5000));
        assert_eq!(server.requests()[1].header(asked), Some(value));
        server.on("/a.png", Reply::ok(png(50, "b")).with(name, "\"2\""));
        assert_eq!(world.counts(&spec), [1, 0, 0, 0], "{name}");
    };
    check("ETag", "\"1\"", "if-none-match");
    check("ETag", "W/\"1\"", "if-none-match");
    check("Last-Modified", "Tue, 14 Nov 2023 10:00:00 GMT", "if-modified-since");
}

#[test]
fn small_images_are_left_alone_until_smaller_ones_are_wanted() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/feed", Reply::ok(r#"{"version": "https://jsonfeed.org/version/1", "title": "t", "items": [{"id": "1", "image": "/icon.png"}]}"#));
    server.on("/icon.png", Reply::ok(png(16, "")));
    let spec = |min_side| WebSpec { min_side, ..crate::world::feed(server.url("/feed")) };
    assert_eq!(world.counts(&spec(100)), [0, 0, 1, 0]);
    assert_eq!(world.sink.outcome(&server.url("/icon.png")), Some(Outcome::TooSmall { side: 16 }));
    assert_eq!(world.counts(&spec(100)), [0, 1, 0, 0]);
    assert_eq!(server.asked(), ["/feed", "/icon.png", "/feed"]);
    assert_eq!(world.counts(&spec(16)), [1, 0, 0, 0]);
}

#[test]
fn looks_take_the_most_that_they_may_and_go_on() {
    let (server, mut world) = (Server::start(), World::new());
    let paths: Vec<String> = (0..5).map(|n| format!("/{n}.png")).collect();
    paths.iter().for_each(|path| server.on(path, Reply::ok(png(50, path))));
    let all: Vec<String> = paths.iter().map(|path| server.url(path)).collect();
    let spec = WebSpec { most: 2, ..urls(&all) };
    let more: Vec<bool> = (0..3)
        .map(|_| {
            world.wait(1000);
            world.look(&spec).unwrap().more
        })
        .collect();
    assert_eq!((more, world.sink.images.len()), (vec![true, true, false], 5));
}

#[test]
fn a_download_that_broke_off_goes_on_where_it_ended() {
    let whole = large_png("version one ");
    let resumes = |bytes: Vec<u8>, etag: &'static str| {
        move |request: &Request| {
            let start = request.header("range").map(|range| range[6..range.len() - 1].parse::<usize>().unwrap());
            match start.filter(|_| request.header("if-range") == Some(etag)) {
                Some(start) if start < bytes.len() => {
                    let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
                    let part = Reply::ok(&bytes[start..]);
                    part.with("ETag", etag).with("Content-Range", &range).partly()
                }
                _ => Reply::ok(bytes.clone()).with("ETag", etag),
            }
        }
    };
    let check = |then: &dyn Fn(&Server), asked: usize, expected: &[u8]| {
        let (server, mut world) = (Server::start(), World::new());
        server.on("/a.png", Reply::ok(whole.clone()).with("ETag", "\"1\"").cut_after(15_000));
        let spec = urls(&[server.url("/a.png")]);
        let report = world.look(&spec).unwrap();
        assert_eq!((report.refused, report.reasons[0].code, report.reasons[0].may_pass), (1, "broken_off", true));
        assert_eq!((world.partials(), world.sink.images.len()), (1, 0));
        server.requests();
        then(&server);
        assert_eq!(world.counts(&spec), [1, 0, 0, 0]);
        let requests = server.requests();
        assert_eq!(
            (requests[0].header("range"), requests[0].header("if-range")),
            (Some("bytes=15000-"), Some("\"1\""))
        );
        assert_eq!(requests.len(), asked);
        assert_eq!(world.sink.images[0].1, expected);
        assert_eq!(world.partials(), 0);
    };
    let other = large_png("version two ");
    check(&|server| server.when("/a.png", resumes(whole.clone(), "\"1\"")), 1, &whole);
    check(&|server| server.when("/a.png", resumes(other.clone(), "\"2\"")), 1, &other);
    check(&|server| server.on("/a.png", Reply::ok(whole.clone())), 1, &whole);
    let refuses = |request: &Request| match request.header("range") {
        Some(_) => Reply::status(416),
        None => Reply::ok(png(50, "shorter")),
    };
    check(&|server| server.when("/a.png", refuses), 2, &png(50, "shorter"));
    let lies = |request: &Request| match request.header("range") {
        Some(_) => Reply::ok("x").with("Content-Range", "bytes 3-3/9").partly(),
        None => Reply::ok(png(50, "honest")),
    };
    check(&|server| server.when("/a.png", lies), 2, &png(50, "honest"));
}

#[test]
fn what_was_begun_long_ago_is_not_gone_on_with() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/a.png", Reply::ok(large_png("a")).with("ETag", "\"1\"").cut_after(15_000));
    let spec = urls(&[server.url("/a.png")]);
    world.look(&spec).unwrap();
    world.wait(8 * DAY);
    server.on("/a.png", Reply::ok(png(50, "")));
    world.look(&spec).unwrap();
    assert_eq!(server.requests()[1].header("range"), None);
}

#[test]
fn a_version_that_has_no_sure_name_is_not_gone_on_with() {
    let check = |name: &str, value: &str, expected: usize| {
        let (server, mut world) = (Server::start(), World::new());
        let reply = Reply::ok(large_png("a")).with(name, value).with("Date", "Tue, 14 Nov 2023 10:00:00 GMT");
        server.on("/a.png", reply.cut_after(15_000));
        world.look(&urls(&[server.url("/a.png")])).unwrap();
        assert_eq!(world.partials(), expected, "{name}: {value}");
    };
    check("ETag", "\"1\"", 1);
    check("ETag", "W/\"1\"", 0);
    check("Last-Modified", "Tue, 14 Nov 2023 09:59:59 GMT", 1);
    check("Last-Modified", "Tue, 14 Nov 2023 10:00:00 GMT", 0);
    check("X-Other", "1", 0);
}

#[test]
fn a_full_disk_ends_the_look_and_costs_nothing_else() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/a.png", Reply::ok(png(50, "a")));
    let spec = urls(&[server.url("/a.png")]);
    world.sink.is_full = true;
    assert_eq!(world.look(&spec).unwrap_err().code(), "cannot_keep");
    world.sink.is_full = false;
    assert_eq!(world.counts(&spec), [1, 0, 0, 0]);
}
