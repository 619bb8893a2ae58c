//! Sources as the service has them: each is a row of its own and, where it looks by the clock, a schedule of looks.

mod built_in;
pub mod cloud;
mod own;
mod schedule;
mod sentence;
mod text;
mod view;
mod wire;

pub use built_in::put_built_in;
pub use own::{downloads_of, secret_names};
pub use schedule::{conditions_of, fires, keep_schedule, name_of_schedule, schedule_of};
pub use text::{language, languages};
pub use view::{broken_view, look_view, looks, view};
pub use wire::{check, only_at_start, source};

use legible_sources::{Kind, Source, SourceId};

/// Whether there is always one of these.
pub fn is_built_in(kind: Kind) -> bool {
    built_in::BUILT_IN.contains(&kind)
}

/// What the jobs of a source are about.
pub fn subject_of(id: SourceId) -> String {
    format!("source:{id}")
}

/// The source that a job with this subject is about.
pub fn source_of(subject: &str) -> Option<SourceId> {
    subject.strip_prefix("source:")?.parse().ok().map(SourceId)
}

/// Where the secret value of a source's header lies in the keychain. The moment at which the source was made tells it from
/// one of the same number in another library.
pub fn secret_of(source: &Source, header: &str) -> String {
    format!("source {} of {} header {}", source.id, source.created_at, header.to_ascii_lowercase())
}

/// A name that no source has: this one, or with a number.
pub fn free_name(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}
