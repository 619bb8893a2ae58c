//! Sources and their looks, a line each.

use crate::output::plain;
use crate::times::{in_zone, moment};
use legible_service::api::{JobState, LookView, SourceView};

/// A source: its number, how it stands, its name, what it does.
pub fn line(source: &SourceView) -> String {
    let left = source.remark.as_ref().map_or_else(String::new, |remark| format!("; {}", plain(remark)));
    let stands = match (&source.active, &source.problem) {
        (Some(look), _) if look.state == JobState::Running => "looks now".to_owned(),
        (Some(_), _) if !source.waiting_for.is_empty() => format!("waits for {}", source.waiting_for.join(", ")),
        (Some(_), _) => "is due".to_owned(),
        (None, Some(problem)) => format!("failed: {}", plain(&problem.error.message)),
        (None, None) if !source.draft.enabled => "off".to_owned(),
        (None, None) => match (source.looked_at, source.found_at) {
            (Some(at), Some(found_at)) if found_at == at => {
                format!("looked {}, {} new{left}", moment(at), source.found)
            }
            (Some(at), _) => format!("looked {}, nothing new{left}", moment(at)),
            (None, _) => "-".to_owned(),
        },
    };
    let words = in_zone(plain(&source.sentence), &source.draft.zone);
    format!("{}\t{stands}\t{}\t{}\t{words}", source.id, plain(&source.draft.name), counted(source.items))
}

fn counted(images: u32) -> String {
    if images == 1 { "1 image".into() } else { format!("{images} images") }
}

/// A look: when it was, how it ended, what it found.
pub fn look_line(look: &LookView) -> String {
    let state = match look.state {
        JobState::Enqueued | JobState::Blocked => "waits",
        JobState::Running => "looks now",
        JobState::Succeeded => "looked",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    };
    let words = look.error.as_ref().filter(|_| look.state == JobState::Failed);
    let words = words.map_or_else(|| look.words.clone(), |error| error.message.clone());
    format!("{}\t{state}\t{}", moment(look.started_at.unwrap_or(look.asked_at)), plain(&words))
}
