//! Where looks may go, what they may say there, and how often.

use crate::server::{Reply, Server};
use crate::world::{DAY, HOME, INTERNET, NOON, World, feed, limits, page_of, png, urls, with_secret};
use legible_sources::fetch::Limits;
use std::time::Duration;

#[test]
fn pages_lead_into_no_private_network() {
    let check = |image: &str, expected: &str| {
        let (server, inside) = (Server::start(), Server::start_at([127, 0, 0, 3].into()));
        inside.on("/a.png", Reply::ok(png(50, "secret")));
        inside.on("/robots.txt", Reply::status(404));
        let names = [("evil.example", [127, 0, 0, 3].into()), ("named.example", HOME)];
        let mut world = World::with(limits(), &names);
        let image = image.replace("PORT", &inside.port().to_string());
        server.on("/", Reply::html(&format!("<img src='{image}'>")));
        server.on("/hop", Reply::to(&format!("http://127.0.0.3:{}/a.png", inside.port())));
        server.on("/hop2", Reply::to(&format!("http://evil.example:{}/a.png", inside.port())));
        let url = format!("http://named.example:{}/", server.port());
        assert_eq!(world.reason(&page_of(url, 0)), expected, "{image}");
        assert!(inside.requests().is_empty(), "{image} was asked for");
    };
    check("http://127.0.0.3:PORT/a.png", "private_address");
    check("http://2130706435:PORT/a.png", "private_address");
    check("http://0x7f.3:PORT/a.png", "private_address");
    check("http://[::ffff:127.0.0.3]:PORT/a.png", "private_address");
    check("http://[::1]:PORT/a.png", "private_address");
    check("http://evil.example:PORT/a.png", "private_address");
    check("http://localhost:PORT/a.png", "private_address");
    check("/hop", "private_address");
    check("/hop2", "private_address");
}

#[test]
fn a_host_that_the_person_named_may_be_private() {
    let server = Server::start();
    server.on("/a.png", Reply::ok(png(50, "")));
    let mut world = World::with(limits(), &[("printer.example", HOME)]);
    let named = format!("http://printer.example:{}/a.png", server.port());
    let by_name = format!("http://localhost:{}/a.png", server.port());
    assert_eq!(world.counts(&urls(&[server.url("/a.png"), named, by_name])), [1, 2, 0, 0]);
}

#[test]
#[cfg(not(target_os = "macos"))]
fn secrets_go_only_where_they_were_meant_for() {
    let (mine, other) = (Server::start(), Server::start_at(INTERNET));
    mine.on("/feed", Reply::to("/feed2"));
    let feed_text = |place: &str| {
        format!(
            "{{\"version\": \"https://jsonfeed.org/version/1\", \"title\": \"t\", \"items\": [{{\"id\": \"1\", \"image\": \"{place}\"}}, {{\"id\": \"2\", \"image\": \"/b.png\"}}]}}"
        )
    };
    mine.on("/feed2", Reply::ok(feed_text(&other.url("/a.png"))));
    mine.on("/b.png", Reply::to(&other.url("/b.png")));
    other.on("/a.png", Reply::ok(png(50, "a")));
    other.on("/b.png", Reply::ok(png(50, "b")));
    let mut world = World::new();
    assert_eq!(world.counts(&with_secret(feed(mine.url("/feed")))), [2, 0, 0, 0]);
    let (told, kept) = (mine.requests(), other.requests());
    assert!(told.len() == 3 && told.iter().all(|request| request.header("x-secret") == Some("hush")));
    assert!(kept.len() == 2 && kept.iter().all(|request| request.header("x-secret").is_none()));
    let agent = format!("Legible/{}", env!("CARGO_PKG_VERSION"));
    assert!(told.iter().chain(&kept).all(|request| request.header("user-agent") == Some(&agent)));
    assert!(told.iter().chain(&kept).all(|request| request.header("referer").is_none()));
}

#[test]
fn a_secret_that_is_not_there_is_told_before_anything_is_asked() {
    let server = Server::start();
    let mut spec = with_secret(feed(server.url("/feed")));
    spec.headers[0].name = "X-Other".to_owned();
    assert_eq!(World::new().look(&spec).unwrap_err().code(), "missing_secret");
    assert!(server.requests().is_empty());
}

#[test]
fn between_two_requests_to_a_host_there_is_a_pause() {
    let server = Server::start();
    ["/a.png", "/b.png", "/c.png"].iter().for_each(|path| server.on(path, Reply::ok(png(50, path))));
    let mut world = World::with(Limits { pause: Duration::from_secs(3), ..limits() }, &[]);
    world.look(&urls(&["/a.png", "/b.png", "/c.png"].map(|path| server.url(path)))).unwrap();
    assert_eq!(*world.clock.waited.lock().unwrap(), [Duration::from_secs(3), Duration::from_secs(3)]);
}

#[test]
fn a_host_that_asks_for_patience_gets_it() {
    let check = |status: u16, after: &str, expected: i64| {
        let (server, mut world) = (Server::start(), World::new());
        let reply = Reply::status(status);
        server.on("/a.png", if after.is_empty() { reply } else { reply.with("Retry-After", after) });
        server.on("/b.png", Reply::ok(png(50, "b")));
        let spec = urls(&[server.url("/a.png"), server.url("/b.png")]);
        let report = world.look(&spec).unwrap();
        assert_eq!((report.waiting, report.not_before), (2, Some(NOON + expected)), "{report:?}");
        assert_eq!((report.reasons[0].code, report.reasons.len()), ("asked_to_wait", 1), "{report:?}");
        world.wait(expected - 1000);
        assert_eq!(world.look(&spec).unwrap().waiting, 2);
        assert_eq!(server.asked(), ["/a.png"]);
        world.wait(1000);
        server.on("/a.png", Reply::ok(png(50, "a")));
        assert_eq!(world.counts(&spec), [2, 0, 0, 0]);
    };
    check(429, "120", 120_000);
    check(503, "120", 120_000);
    check(429, "Tue, 14 Nov 2023 22:15:20 GMT", 120_000);
    check(429, "", 15 * 60 * 1000);
    check(429, "99999999", DAY);
}

#[test]
fn a_feed_whose_host_asks_for_patience_says_until_when_even_to_the_next_process() {
    let server = Server::start();
    server.on("/feed", Reply::status(429).with("Retry-After", "3600"));
    let mut world = World::new();
    let spec = feed(server.url("/feed"));
    let first = world.look(&spec).unwrap_err();
    assert_eq!((first.code(), first.may_pass()), ("asked_to_wait", true));
    let mut next = World::new();
    std::mem::swap(&mut next.sink, &mut world.sink);
    assert_eq!(next.look(&spec).unwrap_err().code(), "asked_to_wait");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn the_wishes_of_a_site_are_obeyed() {
    let check = |robots: Reply, expected: Result<u32, &str>| {
        let (server, mut world) = (Server::start(), World::new());
        server.on("/robots.txt", robots);
        server.on("/", Reply::html("<img src=/a.png><img src=/private/b.png>"));
        server.on("/a.png", Reply::ok(png(50, "a")));
        server.on("/private/b.png", Reply::ok(png(50, "b")));
        let report = world.look(&page_of(server.url("/"), 0));
        assert_eq!(report.map(|report| report.new).map_err(|error| error.code()), expected);
        let asked = server.requests().into_iter().filter(|request| request.path == "/robots.txt").count();
        assert_eq!(asked, 1, "it is asked for once");
    };
    check(Reply::status(404), Ok(2));
    check(Reply::status(403), Ok(2));
    check(Reply::ok(""), Ok(2));
    check(Reply::ok("User-agent: *\nDisallow: /private/"), Ok(1));
    check(Reply::ok("User-agent: *\nDisallow: /\nUser-agent: Legible\nDisallow: /private/"), Ok(1));
    check(Reply::ok("User-agent: *\nDisallow: /"), Err("robots"));
    check(Reply::status(500), Err("robots_unknown"));
    check(Reply::ok(format!("User-agent: *\nDisallow: /private/\n{}", "#".repeat(2_000_000))), Ok(1));
}

#[test]
fn what_is_no_page_needs_no_robots() {
    let (server, mut world) = (Server::start(), World::new());
    server.on("/robots.txt", Reply::ok("User-agent: *\nDisallow: /"));
    server.on("/a.png", Reply::ok(png(50, "a")));
    assert_eq!(world.counts(&urls(&[server.url("/a.png")])), [1, 0, 0, 0]);
    assert_eq!(server.requests().len(), 1);
}
