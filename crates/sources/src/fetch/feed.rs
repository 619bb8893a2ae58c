//! The images of a feed: RSS, Atom or JSON Feed. Enclosures, media, and what the entries themselves show.

use super::page::{self, Place};
use super::{names, urls};
use feed_rs::model::{Entry, Link, MediaContent};
use feed_rs::parser;
use serde_json::Value;
use url::Url;

/// The images of a feed, as its entries come.
///
/// # Errors
/// What the parser says when it is no feed.
pub(super) fn read(bytes: &[u8], url: &Url) -> Result<Vec<Place>, String> {
    let parser = parser::Builder::new().base_uri(Some(url.as_str())).build();
    let feed = parser.parse(bytes).map_err(|error| error.to_string())?;
    let mut images: Vec<Place> = feed.entries.iter().flat_map(|entry| of_entry(entry, url)).collect();
    images.extend(of_json(bytes, url));
    Ok(images)
}

fn of_entry(entry: &Entry, url: &Url) -> Vec<Place> {
    let base = entry.base.as_deref().and_then(|base| urls::found(url, base)).unwrap_or_else(|| url.clone());
    let mut images = Vec::new();
    for link in entry.links.iter().filter(|link| is_image(link)) {
        images.extend(page::place(&base, &link.href));
    }
    let contents = || entry.media.iter().flat_map(|media| &media.content);
    for content in contents().filter(|content| shows_image(content)) {
        images.extend(content.url.as_ref().and_then(|found| urls::found(&base, found.as_str())).map(Place::Web));
    }
    // The page of the entry is where its relative addresses begin, where the feed says nothing else.
    let page = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let page = page.and_then(|link| urls::found(&base, &link.href)).filter(|_| entry.base.is_none());
    let page = page.unwrap_or_else(|| base.clone());
    let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
    let summary = entry.summary.as_ref().map(|summary| summary.content.as_str());
    for html in [content, summary].into_iter().flatten().filter(|text| text.contains('<')) {
        images.extend(page::read(html, &page).images);
    }
    if images.is_empty() {
        let thumbnails = entry.media.iter().flat_map(|media| &media.thumbnails);
        images.extend(thumbnails.filter_map(|thumbnail| page::place(&base, &thumbnail.image.uri)));
    }
    images
}

/// Whether a link is an image that belongs to its entry.
fn is_image(link: &Link) -> bool {
    let belongs = matches!(link.rel.as_deref(), Some("enclosure")) || link.media_type.is_some();
    belongs && is_of_image(link.media_type.as_deref(), &link.href)
}

fn shows_image(content: &MediaContent) -> bool {
    let kind = content.content_type.as_ref().map(ToString::to_string);
    content.url.as_ref().is_some_and(|url| is_of_image(kind.as_deref(), url.as_str()))
}

/// By the type where one is told, by the ending otherwise.
fn is_of_image(kind: Option<&str>, address: &str) -> bool {
    match kind {
        Some(kind) => kind.trim().to_ascii_lowercase().starts_with("image/"),
        None => {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            names::ending(path).is_some_and(|ending| names::ENDINGS.contains(&ending.as_str()))
        }
    }
}

/// The images that a JSON Feed names beside its text, which the parser of feeds does not tell.
fn of_json(bytes: &[u8], url: &Url) -> Vec<Place> {
    let Ok(feed) = serde_json::from_slice::<Value>(bytes) else { return Vec::new() };
    let items = feed.get("items").and_then(Value::as_array).into_iter().flatten();
    let named = items.flat_map(|item| ["image", "banner_image"].map(|key| item.get(key)));
    named.flatten().filter_map(Value::as_str).filter_map(|text| page::place(url, text)).collect()
}
