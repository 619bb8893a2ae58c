//! Servers that send what was not promised, too much, too slowly or not at all: one clear error, and nothing else is hurt.

use super::problem;
use crate::program::Home;
use crate::program::draw::{number, png, promising_png, speck};
use crate::program::site::{Answer, Site, gzip_bomb};

/// The image that must come through whatever happens beside it.
const GOOD: &str = "/good.png";

/// A list of one bad address and a good one: what is told of the bad one.
#[track_caller]
fn told_of(answer: Answer) -> String {
    let (home, site) = (Home::new(), Site::new());
    site.answer("/bad.png", &[answer]).answer(GOOD, &[Answer::png(png(&number(1)))]);
    let id = home.add_source(&["urls", &site.url("/bad.png"), &site.url(GOOD)]);
    let found = home.found_by(&id);
    assert!(found.starts_with("1 new image, 1 ") && home.names() == ["good.png"], "{found}");
    assert_eq!(home.count("SELECT count(*) FROM job WHERE state = 'failed'"), 0);
    found
}

#[test]
fn what_is_no_image_is_told_and_the_rest_comes() {
    let check = |answer: Answer, parts: &[&str]| {
        let told = told_of(answer);
        parts.iter().for_each(|part| assert!(told.contains(part), "{part:?} is not in: {told}"));
        assert!(told.contains("/bad.png"), "{told}");
    };
    check(Answer::page("<html><body>Please log in</body></html>"), &["where an image was promised", "login"]);
    check(Answer::png("<!doctype html><title>x</title>"), &["where an image was promised"]);
    check(Answer::png(""), &["where an image was promised"]);
    check(Answer::status(404), &["nothing at this address (HTTP 404)"]);
    check(Answer::status(403), &["does not allow this (HTTP 403)", "key or a login"]);
    check(Answer::status(500), &["HTTP 500", "tried again"]);
    check(Answer::png(png(&speck(1))).with("Content-Encoding", "br"), &["cannot be unpacked"]);
    check(Answer::png(gzip_bomb(200 << 20)).with("Content-Encoding", "gzip"), &["larger than 64 MB"]);
    check(Answer::png(vec![0; 1 << 16]).endless(), &["where an image was promised"]);
    check(Answer::png(png(&speck(2)).repeat(1000)).endless(), &["larger than 64 MB"]);
    check(Answer::redirect("/bad.png"), &["more than 8 times"]);
    check(Answer::redirect("ftp://example.org/a.png"), &["sends to an address that does not work"]);
}

#[test]
fn a_server_that_hangs_costs_its_own_time_only() {
    let (home, dead, site) = (Home::new(), Site::at("127.0.0.3"), Site::new());
    site.answer(GOOD, &[Answer::png(png(&number(1)))]);
    let urls = ["/1.png", "/2.png", "/3.png", "/4.png"].map(|path| dead.answer(path, &[Answer::never()]).url(path));
    let good = site.url(GOOD);
    let id = home.add_source(&["urls", &urls[0], &urls[1], &urls[2], &urls[3], &good]);
    let found = home.found_by(&id);
    assert!(found.starts_with("1 new image, ") && found.contains("127.0.0.3 took longer than "), "{found}");
    assert_eq!(dead.asked().len(), 2, "then it is left alone for the rest of the look");
}

#[test]
fn lists_that_are_none_are_one_clear_problem_of_the_source() {
    let check = |kind: &[&str], answer: Answer, parts: &[&str]| {
        let (home, site) = (Home::new(), Site::new());
        site.answer("/list", &[answer]);
        let url = site.url("/list");
        let words: Vec<&str> = [&[kind[0], &url], &kind[1..]].concat();
        let id = home.add_source(&words);
        let looked = home.look(&id);
        assert_eq!(looked.code, 2, "{parts:?}: {looked:?}");
        looked.complains(parts);
        let problem = problem(&home, &id);
        assert!(problem.contains(parts[0]), "{problem}");
        let tested = home.run(["sources", "test", &id]).with(1);
        tested.complains(&parts[..1]);
        assert_eq!((home.images(), tested.out.as_str()), (0, ""));
        // It heals by itself.
        site.answer("/list", &[healthy(kind[0])]);
        assert_eq!(home.found_by(&id), "Nothing new");
        assert_eq!(super::problem(&home, &id), "");
    };
    let html = || Answer::page("<html><body>no feed</body></html>");
    let xml = |text: &str| Answer::file("application/rss+xml", text);
    check(&["feed"], html(), &["where a feed was promised"]);
    check(
        &["feed"],
        xml("<rss version='2.0'><channel><title>a</wrong></channel></rss>"),
        &["where a feed was promised"],
    );
    let laughs = "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
        <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><rss version='2.0'><channel><title>&c;</title>";
    check(&["feed"], xml(laughs), &["where a feed was promised"]);
    check(&["feed"], xml("<rss>").endless(), &["larger than 16 MB"]);
    check(&["api", "$.a[*]"], Answer::file("application/json", "{\"a\": ["), &["where JSON was promised"]);
    check(&["api", "$.a[*]"], Answer::file("application/json", "{\"a\": [1, 2]}"), &["no addresses at $.a[*]"]);
    check(&["page"], Answer::png(png(&speck(1))), &["where a page was promised"]);
    check(&["page"], Answer::status(503), &["HTTP 503"]);
}

/// A list of this kind without an image.
fn healthy(kind: &str) -> Answer {
    match kind {
        "feed" => Answer::file("application/rss+xml", "<rss version='2.0'><channel><title>a</title></channel></rss>"),
        "api" => Answer::file("application/json", "{\"a\": []}"),
        _ => Answer::page("<p>nothing</p>"),
    }
}

#[test]
fn a_feed_of_ten_thousand_entries_is_taken_in_a_little_at_a_time() {
    let (home, site) = (Home::new(), Site::new());
    let entry = |value: u32| format!("<item><enclosure url='/{value}.png' type='image/png' length='1'/></item>");
    let entries: String = (0..10_000).map(entry).collect();
    let feed = format!("<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>");
    site.answer("/feed", &[Answer::file("application/rss+xml", feed)]);
    for value in 0..6 {
        site.answer(&format!("/{value}.png"), &[Answer::png(png(&speck(value)))]);
    }
    let id = home.add_source(&["feed", &site.url("/feed"), "--most", "3"]);
    assert_eq!(home.found_by(&id), "3 new images, more to come");
    assert_eq!(home.found_by(&id), "3 new images, more to come");
    assert_eq!((home.names(), site.count("/0.png")), ((0..6).map(|value| format!("{value}.png")).collect(), 1));
}

#[test]
fn nobody_is_led_into_the_network_of_this_machine() {
    let (home, site, inner) = (Home::new(), Site::new(), Site::at("127.0.0.2"));
    inner.answer("/a.png", &[Answer::png(png(&number(1)))]);
    let to = ["http://localhost", "http://127.0.0.2", "http://[::ffff:127.0.0.2]", "http://2130706434"];
    let port = inner.url("").rsplit(':').next().unwrap().to_owned();
    for (number, host) in to.iter().enumerate() {
        site.answer(&format!("/{number}"), &[Answer::redirect(&format!("{host}:{port}/a.png"))]);
    }
    for (number, host) in to.iter().enumerate() {
        let id = home.add_source(&["urls", &site.url(&format!("/{number}")), "--name", &number.to_string()]);
        let found = home.found_by(&id);
        assert!(found.contains("lies in a private network"), "{host}: {found}");
    }
    assert_eq!((inner.asked(), home.images()), (vec![], 0), "nobody asked there");
    // Who names the host wants it.
    let id = home.add_source(&["urls", &inner.url("/a.png")]);
    assert_eq!(home.found_by(&id), "1 new image");
}

#[test]
fn who_asks_for_patience_is_left_alone() {
    let (home, site) = (Home::new(), Site::new());
    site.answer("/a.png", &[Answer::status(429).with("Retry-After", "3600"), Answer::png(png(&number(1)))]);
    site.answer("/b.png", &[Answer::png(png(&number(2)))]);
    let id = home.add_source(&["urls", &site.url("/a.png"), &site.url("/b.png")]);
    let found = home.found_by(&id);
    assert!(found.contains("asks to be left alone until"), "{found}");
    assert_eq!(site.asked().len(), 1, "not even for the other image");
    // A process that starts knows it too.
    let found = home.found_by(&id);
    assert_eq!((site.asked().len(), home.images()), (1, 0), "{found}");
}

#[test]
fn a_broken_download_goes_on_where_it_broke_off() {
    const SIZE: usize = 3 << 20;
    let (home, site) = (Home::new(), Site::new());
    let large = [png(&number(91_911)), vec![0x5A; SIZE]].concat();
    let whole = Answer::png(large.clone()).with("ETag", "\"v1\"").with("Accept-Ranges", "bytes");
    site.answer("/large.png", &[whole.clone().cut_after(SIZE / 2), whole]);
    let id = home.add_source(&["urls", &site.url("/large.png")]);
    let found = home.found_by(&id);
    assert!(found.contains("broke off"), "{found}");
    assert_eq!(home.found_by(&id), "1 new image", "in another process");
    let ranges: Vec<String> = site.asked().iter().map(|asked| asked.header("range").to_owned()).collect();
    assert_eq!(ranges, ["".to_owned(), format!("bytes={}-", SIZE / 2)], "no byte was asked for twice");
    assert_eq!(home.count("SELECT size FROM item"), large.len() as i64);
    home.work();
    assert_eq!(home.found("91911"), 1);
}

#[test]
fn names_from_servers_are_made_harmless() {
    let (home, site) = (Home::new(), Site::new());
    let long = "x".repeat(300);
    let names = ["../../../etc/passwd", "C:\\Windows\\system.ini", "CON.png", "a\u{202e}gnp.exe", &long, ".."];
    let paths: Vec<String> = (0..names.len()).map(|number| format!("/{number}")).collect();
    for ((path, name), value) in paths.iter().zip(names).zip(0..) {
        let disposition = format!("attachment; filename*=UTF-8''{}", encoded(name));
        site.answer(path, &[Answer::png(png(&speck(value))).with("Content-Disposition", &disposition)]);
    }
    let urls: Vec<String> = paths.iter().map(|path| site.url(path)).collect();
    let words: Vec<&str> = ["urls"].into_iter().chain(urls.iter().map(String::as_str)).collect();
    let id = home.add_source(&words);
    assert_eq!(home.found_by(&id), "6 new images");
    for file in home.library() {
        let name = file.rsplit('/').next().unwrap();
        assert!(name.len() <= 255 && !name.contains(['\\', ':', '\u{202e}']) && !name.starts_with('.'), "{name:?}");
        assert!(!name.to_lowercase().starts_with("con."), "{name:?}");
        assert_eq!(file.split('/').count(), 3, "by year and month: {file}");
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_picture_that_would_fill_the_memory_hurts_no_other() {
    let (home, site) = (Home::new(), Site::new());
    site.answer("/vast.png", &[Answer::png(promising_png(60_000, 60_000, false))]);
    site.answer(GOOD, &[Answer::png(png(&number(34_543)))]);
    let id = home.add_source(&["urls", &site.url("/vast.png"), &site.url(GOOD), "--min-side", "20"]);
    let found = home.found_by(&id);
    home.work();
    assert_eq!(home.found("34543"), 1, "{found}");
}

#[test]
fn one_broken_source_hurts_no_other() {
    let (home, site) = (Home::new(), Site::new());
    site.answer(GOOD, &[Answer::png(png(&number(45_654)))]);
    let broken = home.add_source(&["feed", &site.url("/nothing"), "--name", "Broken"]);
    let gone = home.watch("gone", &[]);
    std::fs::remove_dir(home.path("gone")).unwrap();
    home.watch("in", &[]);
    home.write("in/a.png", png(&number(56_765)));
    home.add_source(&["urls", &site.url(GOOD), "--name", "Good"]);
    let sources: Vec<String> = home
        .run(["sources", "list", "--json"])
        .with(0)
        .json()
        .as_array()
        .unwrap()
        .iter()
        .filter(|source| source["built_in"] == false)
        .map(|source| source["id"].to_string())
        .collect();
    let run: Vec<&str> = ["sources", "run", "--wait"].into_iter().chain(sources.iter().map(String::as_str)).collect();
    home.run(run).with(2).complains(&["HTTP 404", "gone"]);
    home.work();
    assert_eq!((home.found("45654"), home.found("56765"), home.images()), (1, 1, 2));
    assert!(problem(&home, &broken).contains("HTTP 404") && problem(&home, &gone).contains("gone"));
}
