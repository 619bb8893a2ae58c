//! Storages, plans and what came of them between the wire and the crate that keeps a folder in step.

use crate::api::{
    FileProblem, FolderIs, StorageDraft, SyncCount, SyncPlan, SyncQuestion, SyncResult, SyncStep, SyncWhat,
};
use crate::cloud::accounts::account::Account;
use crate::cloud::accounts::place::StoredPlace;
use crate::cloud::in_step::merge::sidecar_of;
use crate::error::Result;
use crate::limits::{SHOWN_PROBLEMS, SHOWN_STEPS};
use legible_cloud::FilePath;
use legible_cloud::plan::{self, Action, Plan, Question, Side, Step};
use legible_cloud::remote::Unusable;
use legible_cloud::remote::storage::Found;
use legible_cloud::run::{Outcome, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// How a draft is kept, once it was `found` what the storage does.
///
/// # Errors
/// When a path in it is none.
pub fn account(draft: &StorageDraft, found: Found) -> Result<Account> {
    Ok(Account {
        place: StoredPlace::of_wire(&draft.place)?,
        direction: draft.direction,
        content: draft.content,
        kilobytes_a_second: draft.kilobytes_a_second.filter(|kilobytes| *kilobytes > 0),
        found,
        secret: None,
    })
}

/// What a storage was found to do, as far as a person should know it.
pub fn found_words(account: &Account) -> Vec<String> {
    let Found { conditional, folds_case, md5, .. } = account.found;
    let guarded = match conditional {
        _ if matches!(account.place, StoredPlace::GoogleDrive { .. }) => {
            "It overwrites whatever it is told to, and keeps what was there: Legible looks after it, and puts back what another machine \
             wrote in the same moment."
        }
        true => "It refuses to overwrite what another machine has just changed.",
        false => {
            "It overwrites whatever it is told to. Legible looks just before, so two machines that change one file in the same \
             second can still get in each other's way."
        }
    };
    let checked = match md5 {
        true => "It tells hashes, by which each transfer is checked.",
        false => "It tells no hashes: transfers are checked by their size.",
    };
    let case = folds_case.then_some("It takes names that differ only in case for one.");
    [guarded, checked].into_iter().chain(case).map(str::to_owned).collect()
}

/// A plan on the wire.
pub fn plan_view(plan: &Plan, questions: &[Question]) -> SyncPlan {
    let mut counts: BTreeMap<SyncWhat, SyncCount> = BTreeMap::new();
    for step in plan.steps.iter().map(step) {
        let count = counts.entry(step.what).or_insert(SyncCount { what: step.what, files: 0, bytes: 0 });
        count.files = count.files.saturating_add(1);
        count.bytes = count.bytes.saturating_add(step.bytes);
    }
    SyncPlan {
        steps: plan.steps.iter().take(SHOWN_STEPS).map(step).collect(),
        count: small(plan.steps.len()),
        counts: counts.into_values().collect(),
        bytes: plan.steps.iter().map(|step| step.action.bytes()).sum(),
        problems: plan.unusable.iter().take(SHOWN_PROBLEMS).map(unusable).collect(),
        problem_count: small(plan.unusable.len()),
        questions: questions.iter().map(question).collect(),
    }
}

/// A step of a plan on the wire.
pub fn step(step: &Step) -> SyncStep {
    let what = match step.action {
        Action::Upload { .. } => SyncWhat::Upload,
        Action::Download { .. } => SyncWhat::Download,
        Action::RemoveRemote(_) => SyncWhat::RemoveThere,
        Action::PutAway(_) => SyncWhat::TrashHere,
        Action::Settle { .. } => SyncWhat::Compare,
        Action::Forget => SyncWhat::Forget,
    };
    SyncStep { path: step.path.to_string(), what, bytes: step.action.bytes() }
}

fn unusable(unusable: &Unusable) -> FileProblem {
    FileProblem { name: unusable.name.clone(), message: unusable.why.clone() }
}

/// What is said of a file that was left twice in a row.
const KEEPS_CHANGING: &str = "it was changed, here or on the storage, whenever it was to be moved; end the program that keeps writing it, or rename it";

/// What came of a run, on the wire. `before` is what came of the one before: what both left is a problem.
pub fn result(outcome: &Outcome, before: Option<&SyncResult>, at: i64) -> SyncResult {
    let tally = &outcome.tally;
    // In the order of their names, so that of too many the same ones are kept each time.
    let left: BTreeSet<String> = outcome.left.iter().map(ToString::to_string).collect();
    let left: Vec<String> = left.into_iter().take(SHOWN_PROBLEMS).collect();
    let again = left.iter().filter(|path| before.is_some_and(|before| before.left.contains(path)));
    let again = again.map(|path| FileProblem { name: path.clone(), message: KEEPS_CHANGING.to_owned() });
    let problem = |problem: &Problem| FileProblem { name: problem.name.clone(), message: problem.message.clone() };
    let problems: Vec<FileProblem> = again.chain(outcome.problems.iter().map(problem)).collect();
    SyncResult {
        at,
        uploaded: small(tally.uploaded),
        downloaded: small(tally.downloaded),
        removed: small(tally.removed),
        put_away: small(tally.put_away),
        merged: small(tally.merged),
        adopted: small(tally.adopted),
        kept_both: images_of(&tally.kept_both),
        bytes: tally.bytes,
        problem_count: small(problems.len()),
        problems: problems.into_iter().take(SHOWN_PROBLEMS).collect(),
        questions: outcome.questions.iter().map(question).collect(),
        left,
    }
}

/// What was kept beside, without what is said of images that are told already.
fn images_of(kept: &[FilePath]) -> Vec<String> {
    let sidecars: BTreeSet<FilePath> = kept.iter().filter_map(sidecar_of).collect();
    let images: BTreeSet<&FilePath> = kept.iter().filter(|path| !sidecars.contains(path)).collect();
    images.into_iter().map(ToString::to_string).collect()
}

/// What came of a run, in words.
pub fn result_words(result: &SyncResult) -> String {
    let counts = [
        (result.uploaded, "went up"),
        (result.downloaded, "came down"),
        (result.removed, "removed there"),
        (result.put_away, "put in the trash here"),
        (result.merged, "merged"),
        (small(result.kept_both.len()), "kept twice"),
        (result.adopted, "were the same"),
        (result.problem_count, "left alone"),
    ];
    let mut words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let is_problem = |path: &String| result.problems.iter().any(|problem| problem.name == *path);
    if !result.left.iter().all(is_problem) {
        words.push("what changed meanwhile follows soon".to_owned());
    }
    if words.is_empty() {
        let none = if result.questions.is_empty() { "nothing to do" } else { "nothing is done before you agree" };
        words.push(none.to_owned());
    }
    words.join(", ")
}

/// A question on the wire.
fn question(question: &Question) -> SyncQuestion {
    let remote = |side: Side| side == Side::Remote;
    match *question {
        Question::FirstMeeting { local, remote } => {
            SyncQuestion::FirstMeeting { local: small(local), remote: small(remote) }
        }
        Question::Empty { side, had } => SyncQuestion::Empty { remote: remote(side), had: small(had) },
        Question::OtherFolder { marked, answer } => {
            let answer = answer.map(|answer| match answer {
                plan::FolderIs::Same => FolderIs::Same,
                plan::FolderIs::New => FolderIs::New,
            });
            SyncQuestion::OtherFolder { marked, answer }
        }
        Question::ManyDeletes { side, deletes, of } => {
            SyncQuestion::ManyDeletes { remote: remote(side), deletes: small(deletes), of: small(of) }
        }
    }
}

/// What was agreed to.
pub fn agreed(question: &SyncQuestion) -> Question {
    let side = |remote: bool| if remote { Side::Remote } else { Side::Local };
    match *question {
        SyncQuestion::FirstMeeting { local, remote } => {
            Question::FirstMeeting { local: local as usize, remote: remote as usize }
        }
        SyncQuestion::Empty { remote, had } => Question::Empty { side: side(remote), had: had as usize },
        SyncQuestion::OtherFolder { marked, answer } => Question::OtherFolder { marked, answer: answer.map(folder_is) },
        SyncQuestion::ManyDeletes { remote, deletes, of } => {
            Question::ManyDeletes { side: side(remote), deletes: deletes as usize, of: of as usize }
        }
    }
}

/// What a folder was said to be.
pub fn folder_is(answer: FolderIs) -> plan::FolderIs {
    match answer {
        FolderIs::Same => plan::FolderIs::Same,
        FolderIs::New => plan::FolderIs::New,
    }
}

/// Whether it is still to be said what the folder on a storage is.
pub fn asks_for_folder(question: &SyncQuestion) -> bool {
    matches!(question, SyncQuestion::OtherFolder { answer: None, .. })
}

/// A question in words.
pub fn question_words(question: &SyncQuestion) -> String {
    let where_is = |remote: bool| if remote { "The storage" } else { "This machine" };
    match question {
        SyncQuestion::FirstMeeting { local, remote } => {
            format!(
                "Both sides have files, {local} here and {remote} there. Look at the plan before they are brought together."
            )
        }
        SyncQuestion::Empty { remote, had } => format!(
            "{} has no files, and had {had}. If that is right, all of them are deleted on the other side.",
            where_is(*remote)
        ),
        SyncQuestion::OtherFolder { marked, answer: None } => {
            let how = if *marked { "is marked as another one" } else { "has lost its mark" };
            format!(
                "The folder on the storage {how}: it may not be the one that was kept in step. Look whether the right disk is there \
                 and the right account is used, and then say whether it is the same folder, from which what is missing was deleted, or \
                 another one to begin anew with."
            )
        }
        SyncQuestion::OtherFolder { answer: Some(FolderIs::Same), .. } => {
            "The folder on the storage is said to be the same: what is missing there was deleted.".to_owned()
        }
        SyncQuestion::OtherFolder { answer: Some(FolderIs::New), .. } => {
            "The folder on the storage is said to be another one: nothing is deleted, and both sides are put together."
                .to_owned()
        }
        SyncQuestion::ManyDeletes { remote, deletes, of } => {
            let where_is = if *remote { "on the storage" } else { "on this machine" };
            format!("{deletes} of {of} files would be deleted {where_is}, or replaced by others.")
        }
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
