//! Choices of the service by their names on the command line: those on the wire, with hyphens.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use legible_service::api::JobState;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The states of a job.
const STATES: &[&str] = &["enqueued", "blocked", "running", "succeeded", "failed", "cancelled"];

/// What lists say of a job, and its state.
const SPOKEN: &[(&str, &str)] = &[("waiting", "enqueued"), ("done", "succeeded")];

/// What schedules and jobs can do.
pub const ACTIONS: &[&str] = &[
    "read-new",
    "read-newer-model",
    "recognise-new",
    "find-duplicates",
    "rebuild",
    "tidy",
    "check-models",
    "check-library",
    "export",
];

/// What a run does while the one before goes on.
pub const OVERLAPS: &[&str] = &["skip", "queue", "replace", "allow"];

/// What a source keeps of its images.
pub const KEEPS: &[&str] = &["copy", "in-place", "text"];

/// How the lines of a text are put together.
pub const LAYOUTS: &[&str] = &["lines", "paragraphs", "one-line"];

/// Whether and how a source on a storage writes texts beside their pictures.
pub const WRITES: &[&str] = &["off", "plain", "markdown"];

/// What happens when the name of new work is held.
pub const POLICIES: &[&str] = &["keep", "replace", "append", "append-or-replace"];

/// How outputs become an input.
pub const MERGES: &[&str] = &["overwrite", "collect"];

/// Reads one of these names.
pub fn named<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| choice(&name))
}

/// Reads a state of a job, by its name or by the word that lists have for it.
pub fn state() -> impl TypedValueParser<Value = JobState> {
    let value = |name: &&'static str| {
        let words = SPOKEN.iter().filter(|(_, of)| of == name).map(|(word, _)| *word);
        PossibleValue::new(*name).aliases(words)
    };
    PossibleValuesParser::new(STATES.iter().map(value)).try_map(|name| {
        let spoken = SPOKEN.iter().find(|(word, _)| *word == name);
        choice(spoken.map_or(name.as_str(), |(_, name)| name))
    })
}

/// The choice of this name.
///
/// # Errors
/// When there is none.
pub fn choice<T: DeserializeOwned>(name: &str) -> serde_json::Result<T> {
    serde_json::from_value(Value::String(name.replace('-', "_")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Arg, Command};
    use legible_service::api::{Action, KeepWhat, Merge, NamePolicy, Overlap, TextLayout, WriteText};
    use legible_service::reader::Layout;

    #[test]
    fn a_state_is_known_by_its_name_and_by_the_word_of_the_lists() {
        let check = |word: &str, expected: Option<JobState>| {
            let command = Command::new("list").arg(Arg::new("state").value_parser(state()));
            let state = command.try_get_matches_from(["list", word]).ok();
            assert_eq!(state.and_then(|matches| matches.get_one("state").copied()), expected, "{word}");
        };
        check("enqueued", Some(JobState::Enqueued));
        check("waiting", Some(JobState::Enqueued));
        check("done", Some(JobState::Succeeded));
        check("failed", Some(JobState::Failed));
        check("gone", None);
    }

    #[test]
    fn every_name_is_one_of_the_service() {
        fn check<T: DeserializeOwned>(names: &[&str]) {
            for name in names {
                assert!(choice::<T>(name).is_ok(), "{name}");
            }
            // The service lists what it knows when it is asked for something else.
            let known = choice::<T>("?").map(drop).unwrap_err().to_string();
            assert_eq!(known.matches('`').count() / 2 - 1, names.len(), "{known}");
        }
        check::<JobState>(STATES);
        check::<Action>(ACTIONS);
        check::<Overlap>(OVERLAPS);
        check::<NamePolicy>(POLICIES);
        check::<Merge>(MERGES);
        check::<KeepWhat>(KEEPS);
        check::<TextLayout>(LAYOUTS);
        check::<WriteText>(WRITES);
        check::<Layout>(LAYOUTS);
    }
}
