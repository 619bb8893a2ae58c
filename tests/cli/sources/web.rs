//! Lists, pages, feeds and JSON from a server on this computer: what is new is fetched once, and nothing else.

use crate::program::draw::{number, png, speck};
use crate::program::site::{Answer, Site};
use crate::program::{Home, wait_for};

fn image(value: u32) -> Answer {
    Answer::png(png(&number(value)))
}

#[test]
fn a_list_of_addresses_is_fetched_once_and_what_changes_comes_again() {
    let (home, site) = (Home::new(), Site::new());
    site.answer("/a.png", &[image(11_311).with("ETag", "\"1\"")]);
    site.answer("/b?id=2", &[image(22_322).with("Content-Disposition", "attachment; filename=\"Scan B.png\"")]);
    let id = home.add_source(&["urls", &site.url("/a.png"), &site.url("/b?id=2"), "--name", "Two", "--tag", "web"]);
    assert_eq!(home.found_by(&id), "2 new images");
    home.work();
    assert_eq!(
        (home.names(), home.found("11311"), home.found("22322")),
        (vec!["Scan B.png".into(), "a.png".into()], 1, 1)
    );
    assert!(home.kept().iter().all(|kept| kept.tags == ["web"]));
    let origins = home.count("SELECT count(*) FROM origin WHERE kind = 'web' AND url LIKE 'http://127.0.0.1:%'");
    assert_eq!(origins, 2, "it is known where they came from");

    // Nothing new is a result.
    assert_eq!(home.found_by(&id), "Nothing new");
    let shown = home.run(["sources", "show", &id]).with(0).out;
    let looks: Vec<&str> = shown.lines().skip(1).filter_map(|line| line.split('\t').nth(2)).collect();
    assert_eq!(looks, ["Nothing new", "2 new images"], "{shown}");
    assert!(shown.lines().next().unwrap().contains(", nothing new\tTwo\t2 images\t"), "{shown}");
    assert_eq!(site.asked().iter().filter(|asked| asked.header("if-none-match") == "\"1\"").count(), 1);

    site.answer("/a.png", &[image(33_433).with("ETag", "\"2\"")]);
    assert_eq!(home.found_by(&id), "1 new image");
    home.work();
    assert_eq!((home.found("33433"), home.found("11311"), home.images()), (1, 1, 3));
}

#[test]
fn the_images_of_a_page_come_and_small_ones_stay_away() {
    let (home, site) = (Home::new(), Site::new());
    let page = "<base href='/img/'><img src='one.png'><img srcset='two.png 1x, big.png 2x'><img src='dot.png'>\
        <a href='/next'>next</a><a href='http://127.0.0.2:9/away'>away</a><a href='/secret/x'>secret</a>";
    site.answer("/", &[Answer::page(page)]);
    site.answer("/next", &[Answer::page("<img src='/img/three.png'>")]);
    site.answer("/secret/x", &[Answer::page("<img src='/img/never.png'>")]);
    site.answer("/robots.txt", &[Answer::file("text/plain", "User-agent: *\nDisallow: /secret/\n")]);
    for (name, value) in [("one", 1), ("two", 2), ("big", 3), ("three", 4), ("never", 5)] {
        site.answer(&format!("/img/{name}.png"), &[image(51_510 + value)]);
    }
    site.answer("/img/dot.png", &[Answer::png(png(&speck(7)))]);
    let tried = home.run(["sources", "add", "--try", "page", &site.url("/"), "--depth", "1"]).with(0);
    assert!(tried.out.contains(&site.url("/img/one.png")) && tried.out.contains("would be fetched"), "{}", tried.out);
    assert_eq!((home.images(), site.count("/img/one.png")), (0, 0), "trying fetches no image");
    let id = home.add_source(&["page", &site.url("/"), "--depth", "1", "--min-side", "32"]);
    let found = home.found_by(&id);
    assert!(found.starts_with("3 new images"), "{found}");
    assert_eq!(home.names(), ["big.png", "one.png", "three.png"], "of one image in several sizes the largest");
    assert_eq!((site.count("/secret/x"), site.count("/img/never.png")), (0, 0), "robots.txt counts");
    home.work();
    assert_eq!(home.found("51514"), 1);
    assert!(home.found_by(&id).starts_with("Nothing new"));
    assert_eq!(home.images(), 3);
}

#[test]
fn a_feed_gives_its_enclosures_and_inline_images() {
    let (home, site) = (Home::new(), Site::new());
    let entry =
        |path: &str| format!("<item><title>x</title><enclosure url='{path}' type='image/png' length='1'/></item>");
    let feed = |entries: &str| {
        let head = "<?xml version='1.0'?><rss version='2.0'><channel><title>t</title><link>http://x/</link>\
            <description>d</description>";
        let inline = "<item><title>y</title><description>&lt;img src='/inline.png'&gt;</description></item>";
        Answer::file("application/rss+xml", format!("{head}{entries}{inline}</channel></rss>"))
    };
    ["/1.png", "/2.png", "/inline.png"].iter().zip(1..).for_each(|(path, value)| {
        site.answer(path, &[image(61_610 + value)]);
    });
    let (one, two) = (entry(&site.url("/1.png")), entry(&site.url("/2.png")));
    site.answer("/feed", &[feed(&one).with("ETag", "\"f1\"")]);
    let id = home.add_source(&["feed", &site.url("/feed")]);
    assert_eq!(home.found_by(&id), "2 new images");
    assert_eq!(home.names(), ["1.png", "inline.png"]);
    assert_eq!(home.found_by(&id), "Nothing new");
    site.answer("/feed", &[feed(&(two + &one)).with("ETag", "\"f2\"")]);
    assert_eq!(home.found_by(&id), "1 new image");
    assert_eq!((site.count("/1.png"), site.count("/feed")), (1, 3));
}

#[test]
fn a_server_that_answers_in_json_is_asked_with_its_headers() {
    let (home, site) = (Home::new(), Site::new());
    let json = format!("{{\"photos\":[{{\"url\":\"{}\"}},{{\"url\":\"/p/2.png\"}}]}}", site.url("/p/1.png"));
    site.answer("/api", &[Answer::file("application/json", json)]);
    site.answer("/p/1.png", &[image(71_711)]).answer("/p/2.png", &[image(71_712)]);
    let id = home.add_source(&["api", &site.url("/api"), "$.photos[*].url", "--header", "X-Key: open"]);
    assert_eq!(home.found_by(&id), "2 new images");
    assert!(site.asked().iter().all(|asked| asked.path == "/robots.txt" || asked.header("x-key") == "open"));
    home.work();
    assert_eq!((home.found("71711"), home.found("71712")), (1, 1));
}

#[test]
fn it_looks_by_the_clock_and_tells_what_is_off() {
    let (home, site) = (Home::new(), Site::new());
    site.answer("/a.png", &[Answer::status(503), Answer::status(503), image(81_811)]);
    let _serving = home.serve();
    let id = home.add_source(&["urls", &site.url("/a.png"), "--when", "every 1s"]);
    wait_for("it came by itself", || (home.found("81811") == 1).then_some(()));
    wait_for("it went on looking", || home.looks(&id).first().filter(|words| *words == "Nothing new").cloned());
    home.run(["sources", "off", &id]).with(0);
    wait_for("the last look ends", || home.source(&id)["active"].is_null().then_some(()));
    let asked = site.asked().len();
    home.write("n.png", png(&number(5)));
    home.run(["add", "--wait", "n.png"]).with(0);
    assert_eq!(site.asked().len(), asked, "it is off");
}

#[test]
fn what_one_look_leaves_the_next_takes() {
    let (home, site) = (Home::new(), Site::new());
    let serve = |value: u32| {
        let path = format!("/{value}.png");
        site.answer(&path, &[Answer::png(png(&speck(value)))]).url(&path)
    };
    let urls: Vec<String> = (0..5).map(serve).collect();
    let words: Vec<&str> = ["urls"].into_iter().chain(urls.iter().map(String::as_str)).chain(["--most", "2"]).collect();
    let id = home.add_source(&words);
    assert_eq!(home.found_by(&id), "2 new images, more to come");
    assert_eq!(home.found_by(&id), "2 new images, more to come");
    assert_eq!(home.found_by(&id), "1 new image");
    assert_eq!((home.found_by(&id).as_str(), home.images()), ("Nothing new", 5));
}

#[test]
fn an_image_that_was_deleted_for_good_stays_away_until_the_server_has_another() {
    let (home, site) = (Home::new(), Site::new());
    // A server that never says that something is unchanged.
    site.answer("/a.png", &[image(11_311)]);
    let id = home.add_source(&["urls", &site.url("/a.png")]);
    assert_eq!(home.found_by(&id), "1 new image");
    home.work();
    // As far as a look sees, that is what emptying the trash leaves.
    home.database().execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM item").unwrap();
    assert_eq!((home.images(), home.found_by(&id).as_str(), home.images()), (0, "Nothing new", 0));
    site.answer("/a.png", &[image(22_322)]);
    assert_eq!((home.found_by(&id).as_str(), home.images()), ("1 new image", 1));
}
