//! Schedules as a person sees them: what each does, in one sentence, and those that come with the program.

mod built_in;
mod sentence;
mod view;
mod wire;

pub use built_in::put_built_in;
pub use sentence::{in_words, sentence};
pub use view::{broken_view, next_runs, view};
pub use wire::{
    conditions, conditions_view, no_folder, parse_rule, payload, rule, rule_view, said, schedule, system_zone,
    title_of, unusable, zone,
};

use crate::api::Action;
use crate::handlers::{
    CHECK_LIBRARY, CHECK_MODELS, EXPORT, FIND_DUPLICATES, READ_NEW, READ_NEWER, REBUILD, RECOGNISE_NEW, TIDY,
};

/// What the names of the schedules begin with that come with the program.
pub const BUILT_IN: &str = "built-in:";

/// What each action is called as a kind of jobs, and in words.
const ACTIONS: [(Action, &str, &str); 9] = [
    (Action::ReadNew, READ_NEW, "read new images"),
    (Action::ReadNewerModel, READ_NEWER, "read images again that an older model read"),
    (Action::RecogniseNew, RECOGNISE_NEW, "recognise what images show"),
    (Action::FindDuplicates, FIND_DUPLICATES, "find images that look alike"),
    (Action::Rebuild, REBUILD, "rebuild the index from the library folder"),
    (Action::Tidy, TIDY, "tidy up the trash and old files"),
    (Action::CheckModels, CHECK_MODELS, "check the models"),
    (Action::CheckLibrary, CHECK_LIBRARY, "check that all originals are whole"),
    (Action::Export, EXPORT, "export all texts as Markdown"),
];

/// The kind of the jobs that do this.
pub fn kind_of(action: Action) -> &'static str {
    ACTIONS.iter().find(|(one, ..)| *one == action).map_or("", |(_, kind, _)| kind)
}

/// The name of the schedule for this that came with the program.
pub fn built_in_name(action: Action) -> String {
    format!("{BUILT_IN}{}", kind_of(action))
}

/// What jobs of this kind do, if a person can schedule them.
pub fn action_of(kind: &str) -> Option<Action> {
    ACTIONS.iter().find(|(_, one, _)| *one == kind).map(|(action, ..)| *action)
}

/// What it does, in words.
pub fn words_of(action: Action) -> &'static str {
    ACTIONS.iter().find(|(one, ..)| *one == action).map_or("", |(.., words)| words)
}
