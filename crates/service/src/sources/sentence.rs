//! What a source does, in one sentence.

use super::cloud::CloudFolder;
use super::wire::only_at_start;
use crate::letters::{capitalised, uncapitalised};
use crate::schedules::in_words;
use legible_jobs::{StoredSchedule, Zone};
use legible_sources::{FolderSpec, Keep, RemoteSpec, Source, Spec, WebSpec, What, WriteText};

/// The sentence of a source: "Every hour, fetches the images of the page https://… ."
pub fn sentence(source: &Source, schedule: Option<&StoredSchedule>) -> String {
    let what = match &source.spec {
        Spec::Folder(FolderSpec { path, recursive, .. }) => {
            let within = if *recursive { " and the folders in it" } else { "" };
            format!("watches {}{within}", path.display())
        }
        Spec::Web(WebSpec { what, .. }) => match what {
            What::Urls { urls } if urls.len() == 1 => format!("fetches {}", urls[0]),
            What::Urls { urls } => format!("fetches {} addresses", urls.len()),
            What::Page { url, depth: 0 } => format!("fetches the images of the page {url}"),
            What::Page { url, depth } => format!("fetches the images of {url} and the pages up to {depth} links away"),
            What::Feed { url } => format!("fetches the images of the feed {url}"),
            What::Api { url, .. } => format!("fetches the images that {url} names"),
        },
        Spec::Screen(_) => "reads what you capture of the screen".into(),
        Spec::Clipboard(_) => "reads images that you copy".into(),
        Spec::Camera => "reads pictures that you take in the window".into(),
        Spec::Remote(remote) => cloud(remote),
    };
    let kept = match source.filing.keep {
        Keep::Copy => "",
        Keep::InPlace => "; files stay where they are",
        Keep::Text => "; only the text is kept",
    };
    let (when, conditions) = schedule.map(when).unwrap_or_default();
    let conditions = if conditions.is_empty() { conditions } else { format!(", when {conditions}") };
    let sentence = match (&source.spec, when.is_empty()) {
        (_, true) => format!("{what}{conditions}{kept}."),
        (Spec::Folder(_), false) => {
            format!("{what}{conditions}, and looks through all of it {}{kept}.", uncapitalised(&when))
        }
        (_, false) => format!("{}{conditions}, {what}{kept}.", when),
    };
    capitalised(&sentence)
}

fn cloud(remote: &RemoteSpec) -> String {
    let place = CloudFolder::of(remote).map_or_else(|_| "a storage".to_owned(), |folder| folder.words());
    let beside = match remote.write_text {
        WriteText::Off => "",
        WriteText::Plain | WriteText::Markdown => " and writes their text beside them",
    };
    format!("fetches new pictures of {place}{beside}")
}

/// When it looks by the clock, and on what conditions.
fn when(stored: &StoredSchedule) -> (String, String) {
    let zone = Zone::named(&stored.schedule.zone).unwrap_or_else(|_| Zone::utc());
    let rule = &stored.schedule.rule;
    let when = if *rule == only_at_start() { String::new() } else { rule.words(&zone) };
    (when, in_words(&stored.schedule.conditions))
}
