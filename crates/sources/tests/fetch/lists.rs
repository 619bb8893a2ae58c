//! Feeds, pages and answers in JSON: what they name is fetched, once.

use crate::server::{Reply, Server};
use crate::world::{DAY, World, api, feed, limits, page_of, png, urls};
use legible_sources::WebSpec;
use legible_sources::fetch::Limits;

/// A server with images at these paths.
fn with_images(paths: &[&str]) -> Server {
    let server = Server::start();
    paths.iter().for_each(|path| server.on(path, Reply::ok(png(50, path))));
    server
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Harbour notices</title><link>BASE/</link><description>Daily</description>
<item><title>Tide table</title><link>BASE/posts/1</link><guid>1</guid><pubDate>Tue, 14 Nov 2023 08:00:00 GMT</pubDate>
<enclosure url="BASE/tide.png" length="1" type="image/png"/>
<enclosure url="BASE/talk.mp3" length="1" type="audio/mpeg"/></item>
<item><title>Chart</title><link>BASE/posts/2</link><guid>2</guid>
<media:content url="BASE/chart.png" medium="image" type="image/png"/><media:thumbnail url="BASE/thumb.png"/></item>
<item><title>Notes</title><link>BASE/posts/3</link><guid>3</guid>
<content:encoded><![CDATA[<p>See <img src="BASE/inline.png"> and <img src="near.png"></p>]]></content:encoded></item>
<item><title>Short</title><link>BASE/posts/4</link><guid>4</guid>
<description>&lt;img src="BASE/summary.png"&gt; &amp;c.</description></item>
</channel></rss>"#;

const ATOM: &str = r#"<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Scans</title><id>urn:x</id><updated>2023-11-14T08:00:00Z</updated>
<entry><title>One</title><id>urn:1</id><updated>2023-11-14T08:00:00Z</updated>
<link rel="alternate" href="BASE/posts/1"/><link rel="enclosure" type="image/png" href="/tide.png"/>
<content type="html">&lt;p&gt;&lt;img src="/inline.png"&gt;&lt;/p&gt;</content></entry></feed>"#;

const JSON: &str = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Shots", "items": [
{"id": "1", "url": "BASE/posts/1", "image": "BASE/tide.png", "content_html": "<img src='BASE/inline.png'>",
 "attachments": [{"url": "BASE/chart.png", "mime_type": "image/png"}, {"url": "BASE/talk.mp3", "mime_type": "audio/mpeg"}]},
{"id": "2", "content_text": "no image"}]}"#;

#[test]
fn feeds_of_each_kind_lead_to_their_images() {
    let check = |text: &str, expected: &[&str]| {
        let paths = ["/tide.png", "/chart.png", "/inline.png", "/posts/near.png", "/summary.png", "/thumb.png"];
        let (server, mut world) = (with_images(&paths), World::new());
        server.on("/feed", Reply::ok(text.replace("BASE", &server.url(""))));
        let report = world.look(&feed(server.url("/feed"))).unwrap();
        assert_eq!((world.sink.names(), report.refused), (expected.to_vec(), 0), "{report:?}");
        server.asked();
        assert!(world.look(&feed(server.url("/feed"))).unwrap().nothing_new());
        assert_eq!(server.asked(), ["/feed"]);
    };
    check(RSS, &["tide.png", "chart.png", "inline.png", "near.png", "summary.png"]);
    check(ATOM, &["tide.png", "inline.png"]);
    check(JSON, &["chart.png", "inline.png", "tide.png"]);
}

#[test]
fn entities_are_not_blown_up() {
    let (server, mut world) = (with_images(&["/a.png"]), World::new());
    let levels: String =
        (1..20).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let text = format!(
        "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY l0 'lol'>{levels}<!ENTITY file SYSTEM 'file:///etc/passwd'>]>\
         <rss version='2.0'><channel><title>&l19;</title><item><title>&file;</title>\
         <enclosure url='{}' type='image/png' length='1'/></item></channel></rss>",
        server.url("/a.png")
    );
    server.on("/feed", Reply::ok(text));
    let told = world.look(&feed(server.url("/feed"))).map(|report| report.new).map_err(|error| error.code());
    assert!(matches!(told, Ok(1) | Err("not_a_list")), "{told:?}");
}

#[test]
fn xml_that_nests_without_end_is_survived() {
    let (server, mut world) = (Server::start(), World::new());
    let text = format!("<rss version='2.0'><channel>{}", "<a>".repeat(300_000));
    server.on("/feed", Reply::ok(text));
    assert_eq!(world.look(&feed(server.url("/feed"))).unwrap_err().code(), "not_a_list");
}

#[test]
fn a_feed_of_ten_thousand_entries_is_taken_in_over_several_looks() {
    let (server, mut world) = (Server::start(), World::with(Limits { list_bytes: 16 << 20, ..limits() }, &[]));
    let images: String = (0..10_000)
        .map(|n| format!("<item><guid>{n}</guid><enclosure url='/{n}.png' type='image/png' length='1'/></item>"))
        .collect();
    (0..10_000).for_each(|n| server.on(&format!("/{n}.png"), Reply::ok(png(50, &n.to_string()))));
    let text = format!("<rss version='2.0'><channel><title>t</title>{images}</channel></rss>");
    server.when("/feed", move |request| match request.header("if-none-match") {
        Some(_) => Reply::status(304),
        None => Reply::ok(text.clone()).with("ETag", "\"1\""),
    });
    let spec = WebSpec { most: 150, ..feed(server.url("/feed")) };
    for taken in [150, 300, 450] {
        let report = world.look(&spec).unwrap();
        assert_eq!((report.found, report.new, report.more), (10_000, 150, true));
        assert_eq!(world.sink.images.len(), taken);
    }
    let asked = server.asked();
    let images = asked.iter().filter(|path| path.ends_with(".png")).collect::<std::collections::HashSet<_>>();
    assert_eq!((images.len(), asked.len()), (450, 453), "no image is asked for twice");
}

#[test]
fn a_list_is_not_read_again_until_it_changes_but_only_once_all_of_it_was_dealt_with() {
    let (server, mut world) = (with_images(&["/a.png"]), World::new());
    server.on("/b.png", Reply::status(500));
    server.when("/list", |request| match request.header("if-none-match") {
        Some("\"1\"") => Reply::status(304),
        _ => Reply::ok(r#"["/a.png", "/b.png"]"#).with("ETag", "\"1\""),
    });
    let spec = api(server.url("/list"), "$[*]");
    assert_eq!(world.counts(&spec), [1, 0, 0, 1]);
    server.on("/b.png", Reply::ok(png(50, "b")));
    assert_eq!(world.counts(&spec), [1, 1, 0, 0]);
    let report = world.look(&spec).unwrap();
    assert_eq!((report.lists, report.lists_unchanged, report.found), (1, 1, 0));
    assert!(report.nothing_new());
    world.wait(DAY);
    let report = world.look(&spec).unwrap();
    assert_eq!((report.lists_unchanged, report.found, report.unchanged), (0, 2, 2), "once a day it is read anyway");
    assert_eq!(world.sink.record(&server.url("/a.png")).unwrap().seen_at, crate::world::NOON + DAY);
}

#[test]
fn what_lasts_is_not_asked_for_at_each_look() {
    let (server, mut world) = (with_images(&["/a.png"]), World::new());
    server.on("/list", Reply::ok(r#"["/a.png", "/gone.png"]"#));
    let spec = api(server.url("/list"), "$[*]");
    assert_eq!(world.counts(&spec), [1, 0, 0, 1]);
    let report = world.look(&spec).unwrap();
    assert_eq!((report.refused, report.passed, report.nothing_new()), (0, 1, true));
    assert_eq!(server.asked(), ["/list", "/a.png", "/gone.png", "/list"]);
    world.wait(DAY);
    server.on("/gone.png", Reply::ok(png(50, "back")));
    assert_eq!(world.counts(&spec), [1, 1, 0, 0]);
}

#[test]
fn images_that_lie_in_a_list_are_taken_once() {
    let (server, mut world) = (Server::start(), World::new());
    let (inline, place) = ("iVBORw0KGgoAAAANSUhEUgAAADIAAAAy", server.url("/"));
    server.on("/", Reply::html(&format!("<img src='data:image/png;base64,{inline}'>")));
    assert_eq!(world.counts(&page_of(place.clone(), 0)), [1, 0, 0, 0]);
    assert_eq!(world.counts(&page_of(place, 0)), [0, 1, 0, 0]);
    assert_eq!(world.sink.names(), ["image.png"]);
}

#[test]
fn pages_are_followed_on_their_host_and_so_far() {
    let check = |depth: u32, expected: &[&str]| {
        let (server, mut world) = (with_images(&["/0.png", "/1.png", "/2.png"]), World::new());
        server
            .on("/", Reply::html("<img src=0.png><a href=/one>1</a><a href=/doc.pdf><a href=http://other.example/x>"));
        server.on("/one", Reply::html("<img src=1.png><a href=/>back</a><a href=/two>2</a><a href=/lost>x</a>"));
        server.on("/two", Reply::html("<img src=2.png><a href=/one>back</a>"));
        world.look(&page_of(server.url("/"), depth)).unwrap();
        assert_eq!(world.sink.names(), expected, "{depth}");
    };
    check(0, &["0.png"]);
    check(1, &["0.png", "1.png"]);
    check(2, &["0.png", "1.png", "2.png"]);
}

#[test]
fn pages_that_have_not_changed_still_lead_to_others() {
    let (server, mut world) = (with_images(&["/new.png"]), World::new());
    server.when("/", |request| match request.header("if-none-match") {
        Some(_) => Reply::status(304),
        None => Reply::html("<a href=/one>").with("ETag", "\"1\""),
    });
    server.on("/one", Reply::html(""));
    let spec = page_of(server.url("/"), 1);
    assert_eq!(world.counts(&spec), [0, 0, 0, 0]);
    server.on("/one", Reply::html("<img src=new.png>"));
    assert_eq!(world.counts(&spec), [1, 0, 0, 0]);
}

#[test]
fn more_pages_than_a_look_reads_come_at_the_next() {
    let paths = ["/0.png", "/1.png", "/2.png", "/3.png"];
    let (server, mut world) = (with_images(&paths), World::with(Limits { pages: 3, ..limits() }, &[]));
    server.on("/", Reply::html("<a href=/p0><a href=/p1><a href=/p2><a href=/p3>"));
    (0..4).for_each(|n| server.on(&format!("/p{n}"), Reply::html(&format!("<img src=/{n}.png>"))));
    let spec = page_of(server.url("/"), 1);
    let mut more = Vec::new();
    for _ in 0..2 {
        more.push(world.look(&spec).unwrap().more);
        world.wait(1000);
    }
    assert_eq!((more, world.sink.names()), (vec![true, true], vec!["0.png", "1.png", "2.png", "3.png"]));
}

#[test]
fn images_of_pages_are_looked_at_again_once_a_day() {
    let (server, mut world) = (with_images(&["/a.png"]), World::new());
    server.on("/", Reply::html("<img src=a.png>"));
    let spec = page_of(server.url("/"), 0);
    assert_eq!(world.counts(&spec), [1, 0, 0, 0]);
    server.on("/a.png", Reply::ok(png(50, "the weather of tomorrow")));
    assert_eq!(world.counts(&spec), [0, 1, 0, 0]);
    world.wait(DAY);
    assert_eq!(world.counts(&spec), [1, 0, 0, 0]);
}

#[test]
fn a_test_tells_what_would_be_fetched_and_fetches_no_image() {
    let (server, world) = (Server::start(), World::new());
    let images: Vec<String> = (0..30).map(|n| format!("\"/{n}.png\"")).collect();
    server.on("/list", Reply::ok(format!("[{}]", images.join(","))));
    let preview = world.test(&api(server.url("/list"), "$[*]")).unwrap();
    assert_eq!((preview.lists, preview.found, preview.first.len()), (1, 30, 20));
    assert_eq!(preview.first[0], server.url("/0.png"));
    assert_eq!(server.asked(), ["/list"]);
    // A list of addresses has nothing else to ask for.
    server.on("/0.png", Reply::ok(png(50, "0")));
    server.on("/1.png", Reply::html("<p>Please log in"));
    let preview = world.test(&urls(&[server.url("/0.png"), server.url("/1.png"), server.url("/2.png")])).unwrap();
    let codes: Vec<_> = preview.problems.iter().map(|problem| (problem.url.as_str(), problem.code)).collect();
    assert_eq!(codes, [(&*server.url("/1.png"), "not_an_image"), (&*server.url("/2.png"), "not_there")]);
    assert_eq!(world.test(&api(server.url("/other"), "$[*]")).unwrap_err().code(), "not_there");
}
