//! What a web page shows and where it leads: its images, each in its largest form, and its links.

use super::{data, limits, names, nesting, urls};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use scraper::{ElementRef, Html};
use url::Url;

/// Where an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// On the web.
    Web(Url),
    /// In the page or the feed itself.
    Inline(Vec<u8>),
}

/// What was found in a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its images, as they come in it.
    pub images: Vec<Place>,
    /// Where it leads, without images and files.
    pub links: Vec<Url>,
}

/// Attributes of images that are loaded later, before the ones that hold a placeholder until then.
const SETS: &[&str] = &["data-srcset", "data-lazy-srcset", "srcset"];
const SOURCES: &[&str] = &["data-src", "data-original", "data-lazy-src", "data-full-src", "src"];
/// Properties of pages that name their image.
const META: &[&str] = &["og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"];
/// Formats of images that cannot be read, though a browser might choose them.
const UNREADABLE: &[&str] = &["image/avif", "image/jxl", "image/svg+xml", "image/heic", "image/heif"];
/// Endings of files that are no pages.
const FILES: &[&str] = &[
    "7z", "apk", "avi", "css", "csv", "dmg", "doc", "docx", "epub", "exe", "gz", "ico", "iso", "jar", "js", "json",
    "mkv", "mov", "mp3", "mp4", "mpeg", "msi", "odt", "ogg", "pdf", "pkg", "ppt", "pptx", "rar", "rss", "svg", "tar",
    "tgz", "txt", "wav", "webm", "woff", "woff2", "xls", "xlsx", "xml", "xz", "zip",
];

/// Reads a page that came from an address, or a piece of HTML of a feed.
pub(super) fn read(html: &str, url: &Url) -> Page {
    let (mut page, plain) = visible(html, url);
    // What is there for browsers without scripts is text to the parser, and in one piece: it has no such pieces itself.
    for html in plain {
        page.images.extend(visible(&html, url).0.images);
    }
    page
}

/// What a page shows, and the HTML in it that is for browsers without scripts.
fn visible(html: &str, url: &Url) -> (Page, Vec<String>) {
    let html = Html::parse_document(nesting::cut(html));
    let elements = || html.tree.root().descendants().filter_map(ElementRef::wrap);
    let base = elements().find(|element| element.value().name() == "base");
    let base = base.and_then(|element| element.attr("href")).and_then(|href| urls::found(url, href));
    let base = base.unwrap_or_else(|| url.clone());
    let (mut page, mut plain) = (Page::default(), Vec::new());
    for element in elements() {
        match element.value().name() {
            "noscript" => plain.push(element.text().collect()),
            "meta" => page.images.extend(of_meta(&element).and_then(|text| place(&base, text))),
            "img" | "amp-img" if !is_in_picture(&element) && !is_in_link_to_image(&element, &base) => {
                page.images.extend(of_image(&element, &base));
            }
            "picture" if !is_in_link_to_image(&element, &base) => page.images.extend(of_picture(&element, &base)),
            "a" | "area" => {
                let Some(link) = element.attr("href").and_then(|href| urls::found(&base, href)) else { continue };
                match file_ending(&link).as_deref() {
                    Some(ending) if names::ENDINGS.contains(&ending) => page.images.push(Place::Web(link)),
                    Some(ending) if FILES.contains(&ending) => {}
                    _ if page.links.len() < limits::LINKS && !page.links.contains(&link) => page.links.push(link),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    (page, plain)
}

/// An image at an address in a page or a feed.
pub(super) fn place(base: &Url, text: &str) -> Option<Place> {
    match data::bytes(text) {
        Some(bytes) => Some(Place::Inline(bytes)),
        None => urls::found(base, text).map(Place::Web),
    }
}

/// The ending of the file that an address names.
pub(super) fn file_ending(url: &Url) -> Option<String> {
    names::ending(url.path_segments()?.next_back()?)
}

/// The letters of a page: by its byte order mark, its header, its own word, or what they look like.
pub(super) fn text(bytes: &[u8], content_type: Option<&str>) -> String {
    let told = content_type.and_then(|kind| charset(kind.as_bytes()));
    let told = told.or_else(|| charset(&bytes[..bytes.len().min(1024)]));
    let looks = || if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    // A byte order mark goes before everything.
    told.unwrap_or_else(looks).decode(bytes).0.into_owned()
}

/// The letters that a text says it is written in.
fn charset(text: &[u8]) -> Option<&'static Encoding> {
    const WORD: &[u8] = b"charset";
    let at = text.windows(WORD.len()).position(|word| word.eq_ignore_ascii_case(WORD))?;
    let after = text[at + WORD.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let after = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after);
    let end = after.iter().position(|byte| b"\"'; \t\r\n/>".contains(byte)).unwrap_or(after.len());
    Encoding::for_label(&after[..end])
}

/// What bytes look like, as a person would say it.
pub(super) fn kind(bytes: &[u8]) -> &'static str {
    let head = bytes[..bytes.len().min(1024)].trim_ascii_start();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    let has = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    match head.as_slice() {
        [] => "nothing",
        [0x89, b'p', b'n', b'g', ..] | [0xff, 0xd8, 0xff, ..] | [b'g', b'i', b'f', b'8', ..] => "an image",
        [b'%', b'p', b'd', b'f', ..] => "a PDF",
        [b'<', ..] if has(b"<!doctype html") || has(b"<html") || has(b"<head") || has(b"<body") => "a page",
        [b'<', ..] if has(b"<svg") => "a drawing (SVG)",
        [b'<', ..] => "XML",
        [b'{' | b'[', ..] => "JSON",
        _ if std::str::from_utf8(bytes).is_ok() => "text",
        _ => "something else",
    }
}

fn of_meta<'a>(element: &ElementRef<'a>) -> Option<&'a str> {
    let name = element.attr("property").or_else(|| element.attr("name"))?;
    META.contains(&name.to_ascii_lowercase().as_str()).then(|| element.attr("content"))?
}

/// An image in its largest form.
fn of_image(element: &ElementRef<'_>, base: &Url) -> Option<Place> {
    largest(&candidates(element), base).or_else(|| SOURCES.iter().find_map(|name| place(base, element.attr(name)?)))
}

/// The largest of what a picture offers, among the formats that can be read.
fn of_picture(element: &ElementRef<'_>, base: &Url) -> Option<Place> {
    let mut all = Vec::new();
    let mut plain = None;
    for inner in element.descendent_elements() {
        match inner.value().name() {
            "source" if !inner.attr("type").is_some_and(|kind| UNREADABLE.contains(&kind.trim())) => {
                all.extend(candidates(&inner));
            }
            "img" | "amp-img" => {
                all.extend(candidates(&inner));
                plain = plain.or_else(|| SOURCES.iter().find_map(|name| place(base, inner.attr(name)?)));
            }
            _ => {}
        }
    }
    largest(&all, base).or(plain)
}

/// What an element's sets offer: sizes and addresses.
fn candidates<'a>(element: &ElementRef<'a>) -> Vec<(f64, &'a str)> {
    SETS.iter().filter_map(|name| element.attr(name)).flat_map(srcset).collect()
}

fn largest(candidates: &[(f64, &str)], base: &Url) -> Option<Place> {
    let places = candidates.iter().filter_map(|(size, text)| Some((size, place(base, text)?)));
    // Of two of a size the first, as a browser would.
    places.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, place)| place)
}

/// The sizes and addresses in a `srcset`; widths and densities are in one order, since a set has only one of both.
fn srcset(text: &str) -> Vec<(f64, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (address, after) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        let (descriptor, after) = match bare.len() < address.len() {
            true => ("", after),
            false => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        let size = descriptor.split_ascii_whitespace().find_map(|word| word.trim_end_matches(['w', 'x']).parse().ok());
        found.push((size.unwrap_or(1.0), bare));
        rest = after;
    }
}

fn is_in_picture(element: &ElementRef<'_>) -> bool {
    ancestors(element).any(|outer| outer.value().name() == "picture")
}

/// Whether a click on it shows an image: that is the large one of which this is the small one.
fn is_in_link_to_image(element: &ElementRef<'_>, base: &Url) -> bool {
    let link = ancestors(element).find(|outer| outer.value().name() == "a").and_then(|outer| outer.attr("href"));
    let link = link.and_then(|href| urls::found(base, href));
    link.and_then(|link| file_ending(&link)).is_some_and(|ending| names::ENDINGS.contains(&ending.as_str()))
}

/// The elements around one, a few of them: pages that nest without end are not worth the walk.
fn ancestors<'a>(element: &ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    element.ancestors().take(8).filter_map(ElementRef::wrap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(html: &str) -> Vec<String> {
        let page = read(html, &Url::parse("https://a.example/dir/page.html").unwrap());
        let told = |place: &Place| match place {
            Place::Web(url) => url.as_str().trim_start_matches("https://a.example").to_owned(),
            Place::Inline(bytes) => format!("{} bytes", bytes.len()),
        };
        page.images.iter().map(told).collect()
    }

    #[test]
    fn images_are_found_in_their_largest_form() {
        let check = |html: &str, expected: &[&str]| assert_eq!(images(html), expected, "{html}");
        check("<img src=a.png>", &["/dir/a.png"]);
        check("<IMG SRC='/a.png#x'>", &["/a.png"]);
        check("<img src='//cdn.example/a'>", &["https://cdn.example/a"]);
        check("<img src=s.jpg srcset='m.jpg 640w, l.jpg 1280w'>", &["/dir/l.jpg"]);
        check("<img src=s.jpg srcset='m.jpg 2x,l.jpg 1.5x'>", &["/dir/m.jpg"]);
        check("<img src=s.jpg srcset='a,b.jpg 1x, c.jpg 2x'>", &["/dir/c.jpg"]);
        check("<img srcset='a.jpg, b.jpg 2x'>", &["/dir/b.jpg"]);
        check("<img src=s.jpg srcset=' , '>", &["/dir/s.jpg"]);
        check("<img src='data:image/gif;base64,R0lGODlh' data-src=real.jpg>", &["/dir/real.jpg"]);
        check("<img src=dot.gif data-srcset='r1.jpg 1x, r2.jpg 2x'>", &["/dir/r2.jpg"]);
        check("<noscript><img src=plain.jpg></noscript>", &["/dir/plain.jpg"]);
        check(
            "<picture><source type=image/avif srcset='x.avif 900w'><source srcset='w.webp 800w'><img src=f.jpg></picture>",
            &["/dir/w.webp"],
        );
        check("<picture><source type=image/avif srcset='x.avif 900w'><img src=f.jpg></picture>", &["/dir/f.jpg"]);
        check("<a href=big.JPG><img src=small.jpg></a>", &["/dir/big.JPG"]);
        check("<a href=next.html><img src=small.jpg></a>", &["/dir/small.jpg"]);
        check("<meta property=og:image content=/og.png><p>", &["/og.png"]);
        check("<meta name=twitter:image content=/tw.png><p>", &["/tw.png"]);
        check("<base href='https://b.example/y/'><img src=a.png>", &["https://b.example/y/a.png"]);
        check("<base href='javascript:x'><img src=a.png>", &["/dir/a.png"]);
        check("<img src='data:image/png;base64,iVBORw0KGgo='>", &["8 bytes"]);
        check("<img src=''><img><a>x</a><a href='mailto:a@b.example'>y</a>", &[]);
        check("<img src=a.png", &[]);
    }

    #[test]
    fn links_are_those_to_pages() {
        let html =
            "<a href=b.html><a href=b.html#x><a href=/c?d=1><a href=x.pdf><a href=x.png><a href=https://o.example/>";
        let page = read(html, &Url::parse("https://a.example/").unwrap());
        let links: Vec<_> = page.links.iter().map(Url::as_str).collect();
        assert_eq!(links, ["https://a.example/b.html", "https://a.example/c?d=1", "https://o.example/"]);
    }

    #[test]
    fn letters_are_read_as_they_were_written() {
        let check = |bytes: &[u8], header: Option<&str>, expected: &str| {
            assert!(text(bytes, header).ends_with(expected), "{:?}", text(bytes, header));
        };
        check("é".as_bytes(), None, "é");
        check(b"\xe9", None, "é");
        check(b"\xe9", Some("text/html; charset=ISO-8859-1"), "é");
        check(b"\xa4", Some("text/html; Charset=\"iso-8859-15\""), "€");
        check(b"<meta charset=\"windows-1251\">\xe9", None, "й");
        check(b"<meta http-equiv=content-type content='text/html; charset=shift_jis'>\x82\xa0", None, "あ");
        check("\u{feff}é".as_bytes(), Some("text/html; charset=latin1"), "é");
        check("é".as_bytes(), Some("text/html; charset=unheard-of"), "é");
    }

    #[test]
    fn a_page_that_nests_without_end_is_read_as_far_as_it_makes_sense() {
        let html = format!("<img src=a.png>{}<img src=b.png>", "<div><a href=x>".repeat(100_000));
        assert_eq!(images(&html), ["/dir/a.png"]);
    }
}
