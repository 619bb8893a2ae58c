//! Servers that hang, lie, break off or never end: one clear error, nothing else hurt.

use crate::server::{Reply, Server};
use crate::world::{World, api, feed, impatient, large_png, limits, page_of, png, urls};
use flate2::Compression;
use flate2::write::GzEncoder;
use legible_sources::WebSpec;
use legible_sources::fetch::Limits;
use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A bad image beside a good one: the bad one is told, the good one is taken.
#[test]
fn a_bad_image_is_one_clear_error_and_hurts_nothing_else() {
    let check = |reply: Reply, limits: Limits, code: &str, may_pass: bool| {
        let (server, mut world) = (Server::start(), World::with(limits, &[]));
        server.on("/bad.png", reply);
        server.on("/good.png", Reply::ok(png(50, "good")));
        let report = world.look(&urls(&[server.url("/bad.png"), server.url("/good.png")])).unwrap();
        let told: Vec<_> = report.reasons.iter().map(|reason| (reason.code, reason.may_pass)).collect();
        assert_eq!((told, report.refused, report.new), (vec![(code, may_pass)], 1, 1), "{report:?}");
        let reason = &report.reasons[0];
        assert!(reason.url.ends_with("/bad.png") && reason.message.contains("127.0.0.1"), "{reason:?}");
        assert!(!reason.hint.is_empty());
    };
    let image = large_png("x");
    check(Reply::html("<!doctype html><p>Please log in"), limits(), "not_an_image", false);
    check(Reply::ok("<html>".repeat(10_000)).with("Content-Type", "image/png"), limits(), "not_an_image", false);
    check(Reply::ok(""), limits(), "not_an_image", false);
    check(Reply::status(204), limits(), "not_an_image", false);
    check(Reply::ok(&png(50, "")[..12]), limits(), "not_an_image", false);
    check(Reply::status(404), limits(), "not_there", false);
    check(Reply::status(410), limits(), "not_there", false);
    check(Reply::status(401), limits(), "denied", false);
    check(Reply::status(403), limits(), "denied", false);
    check(Reply::status(400), limits(), "http_status", false);
    check(Reply::status(304), limits(), "http_status", false);
    check(Reply::status(500), limits(), "http_status", true);
    check(Reply::status(502), limits(), "http_status", true);
    check(Reply::silent(), impatient(), "timeout", true);
    check(Reply::ok(image.clone()).stall_after(5000), impatient(), "timeout", true);
    check(Reply::ok(image.clone()).cut_after(5000), limits(), "broken_off", true);
    check(Reply::ok(image.clone()).with("Content-Length", "30000"), limits(), "broken_off", true);
    check(Reply::ok(image.clone()).with("Content-Length", "nonsense"), limits(), "broken_off", true);
    check(Reply::ok(image.clone()).with("Content-Length", "99999999999"), limits(), "too_large", false);
    check(Reply::ok(image.clone()).endless(), limits(), "too_large", false);
    check(Reply::ok(packed(&vec![0; 50_000_000])).with("Content-Encoding", "gzip"), limits(), "too_large", false);
    check(Reply::ok("torn").with("Content-Encoding", "gzip"), limits(), "cannot_unpack", false);
    check(Reply::ok(image.clone()).with("Content-Encoding", "br"), limits(), "cannot_unpack", false);
    check(Reply::to("/bad.png"), limits(), "redirect_loop", false);
    check(Reply::to("ftp://a.example/"), limits(), "bad_redirect", false);
    check(Reply::to("http://"), limits(), "bad_redirect", false);
    let slow = Limits { image: Duration::from_millis(500), image_bytes: u64::MAX, ..limits() };
    check(Reply::ok(image.clone()).endless(), slow, "timeout", true);
    let quick = Limits { trickle: Duration::from_millis(200), ..limits() };
    check(Reply::ok(image).dripping(), quick, "timeout", true);
}

#[test]
fn a_packed_image_is_unpacked() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/a.png", Reply::ok(packed(&png(50, "a"))).with("Content-Encoding", "gzip"));
    assert_eq!(world.counts(&urls(&[server.url("/a.png")])), [1, 0, 0, 0]);
    assert_eq!(world.sink.images[0].1, png(50, "a"));
}

/// A list that cannot be read is the look's error, and takes nothing.
#[test]
fn a_bad_list_is_the_error_of_the_look() {
    type OfKind = fn(String) -> WebSpec;
    let json: OfKind = |url| api(url, "$.urls");
    let page: OfKind = |url| page_of(url, 1);
    let check = |spec: OfKind, reply: Reply, limits: Limits, code: &str, may_pass: bool| {
        let (server, mut world) = (Server::start(), World::with(limits, &[]));
        server.on("/list", reply);
        let error = world.look(&spec(server.url("/list"))).unwrap_err();
        assert_eq!((error.code(), error.may_pass()), (code, may_pass), "{error}");
        assert!(error.to_string().contains("127.0.0.1") && !error.hint().is_empty(), "{error}");
    };
    let html = || Reply::html("<!doctype html><title>Sorry</title>");
    check(feed, html(), limits(), "not_a_list", false);
    check(json, html(), limits(), "not_a_list", false);
    check(feed, Reply::ok(""), limits(), "not_a_list", false);
    check(feed, Reply::ok("<rss version='2.0'><channel><title>t"), limits(), "not_a_list", false);
    check(json, Reply::ok("{\"urls\": ["), limits(), "not_a_list", false);
    check(json, Reply::ok("[".repeat(500_000)), limits(), "not_a_list", false);
    check(json, Reply::ok("{\"urls\": [1, 2]}"), limits(), "nothing_at_path", false);
    check(page, Reply::ok(png(50, "")).with("Content-Type", "image/png"), limits(), "not_a_list", false);
    check(page, Reply::ok("plain"), limits(), "not_a_list", false);
    for spec in [feed as OfKind, json, page] {
        check(spec, Reply::status(404), limits(), "not_there", false);
        check(spec, Reply::status(503), limits(), "http_status", true);
        check(spec, Reply::silent(), impatient(), "timeout", true);
        check(spec, html().stall_after(5), impatient(), "timeout", true);
        check(spec, html().cut_after(5), limits(), "broken_off", true);
        check(spec, Reply::html(&"<p>".repeat(5000)).endless(), limits(), "too_large", false);
        let bomb = Reply::ok(packed(&vec![b' '; 50_000_000])).with("Content-Encoding", "gzip");
        check(spec, bomb.with("Content-Type", "text/html"), limits(), "too_large", false);
        check(spec, Reply::to("/list"), limits(), "redirect_loop", false);
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_told_apart_from_one_that_is_not_there() {
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let mut world = World::new();
    assert_eq!(world.reason(&urls(&[format!("http://{closed}/a.png")])), "unreachable");
    assert_eq!(world.reason(&urls(&["http://nowhere.example/a.png".to_owned()])), "no_such_host");
    assert_eq!(world.look(&feed(format!("http://{closed}/"))).unwrap_err().code(), "unreachable");
}

#[test]
fn a_dead_host_costs_two_waits_and_not_one_for_each_image() {
    let (server, mut world) = (Server::start(), World::with(impatient(), &[]));
    let all: Vec<String> = (0..20).map(|n| server.url(&format!("/{n}.png"))).collect();
    for n in 0..20 {
        server.on(&format!("/{n}.png"), Reply::silent());
    }
    let report = world.look(&urls(&all)).unwrap();
    assert_eq!((report.refused, report.waiting, server.asked().len()), (2, 18, 2), "{report:?}");
    assert!(!report.is_whole() && !report.nothing_new());
}

#[test]
fn a_look_that_is_cancelled_keeps_what_it_has() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/a.png", Reply::ok(png(50, "a")));
    server.on("/b.png", Reply::ok(large_png("b")).with("ETag", "\"1\"").stall_after(15_000));
    server.on("/c.png", Reply::ok(png(50, "c")));
    world.patience.set(1000);
    let report = world.look(&urls(&["/a.png", "/b.png", "/c.png"].map(|path| server.url(path)))).unwrap();
    assert!(report.cancelled && !report.is_whole(), "{report:?}");
    assert_eq!((report.new, report.refused, world.partials()), (1, 0, 1), "{report:?}");
    assert_eq!(server.asked(), ["/a.png", "/b.png"]);
}

#[test]
fn a_list_that_is_being_read_can_be_cancelled() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/feed", Reply::silent());
    world.patience.set(50);
    assert!(world.look(&feed(server.url("/feed"))).unwrap().cancelled);
}
