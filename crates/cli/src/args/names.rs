//! Choices of the service by their names on the command line: those on the wire, with hyphens.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The states of a job.
pub const STATES: &[&str] = &["enqueued", "blocked", "running", "succeeded", "failed", "cancelled"];

/// What schedules and jobs can do.
pub const ACTIONS: &[&str] =
    &["read-new", "read-newer-model", "find-duplicates", "rebuild", "tidy", "check-models", "check-library", "export"];

/// What a run does while the one before goes on.
pub const OVERLAPS: &[&str] = &["skip", "queue", "replace", "allow"];

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
    use legible_service::api::{Action, JobState, Merge, NamePolicy, Overlap};

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
    }
}
