//! What a person is told of a storage: what came of a run that they asked for or that concerns them, that one was stopped, that one
//! needs them, why one failed. What goes well by itself stays silent.

use super::wire::{question_words, result_words};
use crate::api::{ErrorCode, Place, SyncQuestion, SyncResult, WireError};
use crate::cloud::accounts::account::Known;
use crate::error::Result;
use crate::tables::outbox;
use crate::telling::message::{Kind, Message, Once, in_full, key};
use legible_cloud::store::RemoteId;
use rusqlite::Transaction;
use std::collections::BTreeSet;

/// A run ended. `before` is what came of the one before; `asked` is whether a person asked for this one.
///
/// # Errors
/// When the database fails.
pub fn ended(
    tx: &Transaction<'_>,
    known: &Known,
    result: &SyncResult,
    before: Option<&SyncResult>,
    asked: bool,
    now: i64,
) -> Result<()> {
    let message = message(known, result, before, asked);
    // What was wrong before is news if it comes again.
    let still = message.iter().filter_map(|message| Some(message.once.as_ref()?.key.clone())).collect();
    outbox::mended(tx, &topic(known.id), &still)?;
    message.map_or(Ok(()), |message| outbox::put(tx, &message, now))
}

/// A person stopped a run, which was `far`.
///
/// # Errors
/// When the database fails.
pub fn stopped(tx: &Transaction<'_>, known: &Known, far: Option<&str>, now: i64) -> Result<()> {
    let far = far.map_or_else(String::new, |far| format!("{far}. "));
    let body = format!("{far}What was moved stays, the rest follows the next time.");
    outbox::put(tx, &of(known, Kind::Schedule, &format!("{}: stopped", known.name), body), now)
}

/// A run failed for good.
///
/// # Errors
/// When the database fails.
pub fn failed(tx: &Transaction<'_>, known: &Known, error: &WireError, now: i64) -> Result<()> {
    let once = Some(Once { key: key(&topic(known.id), error, &known.name), otherwise: None });
    let (kind, how) = match error.code {
        ErrorCode::SignIn => (Kind::NeedsYou, "needs you"),
        _ => (Kind::Failure, "not in step"),
    };
    let summary = format!("{}: {how}", known.name);
    outbox::put(tx, &Message { once, ..of(known, kind, &summary, in_full(error)) }, now)
}

fn message(known: &Known, result: &SyncResult, before: Option<&SyncResult>, asked: bool) -> Option<Message> {
    // The first may be one that was answered, under which the others are asked.
    let said = |question: &&SyncQuestion| matches!(question, SyncQuestion::OtherFolder { answer: Some(_), .. });
    if let Some(question) = result.questions.iter().find(|question| !said(question)) {
        let words = question_words(question);
        let once = Some(Once { key: format!("{}{words}", topic(known.id)), otherwise: None });
        let body = format!("{words} Nothing is done until you say so.");
        let summary = format!("{}: needs you", known.name);
        return Some(Message { once, ..of(known, Kind::NeedsYou, &summary, body) });
    }
    let new_problems = result.problem_count > 0 && before.is_none_or(|before| before.problems != result.problems);
    let concerns = asked || new_problems || !result.kept_both.is_empty();
    let how = match (result.problem_count, result.kept_both.is_empty()) {
        (0, true) => "in step",
        (0, false) => "two versions were kept",
        _ => "in step, but not all files",
    };
    concerns.then(|| of(known, Kind::Schedule, &format!("{}: {how}", known.name), result_words(result)))
}

fn of(known: &Known, kind: Kind, summary: &str, body: String) -> Message {
    Message { topic: Some(topic(known.id)), ..Message::new(kind, summary, body, Place::Cloud) }
}

/// What messages about a storage are about, and what the keys of its troubles begin with.
fn topic(id: RemoteId) -> String {
    format!("storage:{}:", id.0)
}

/// Forgets what was told of a storage's troubles.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &Transaction<'_>, id: RemoteId) -> Result<()> {
    outbox::mended(tx, &topic(id), &BTreeSet::new())?;
    outbox::take_back(tx, &topic(id), &BTreeSet::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{FileProblem, SyncContent, SyncDirection};
    use crate::cloud::accounts::account::Account;
    use crate::cloud::accounts::place::StoredPlace;
    use legible_cloud::remote::storage::{Found, Place as At};

    fn known() -> Known {
        let place = StoredPlace::Storage(At::Folder { path: "/nas".into() });
        let (direction, content) = (SyncDirection::Both, SyncContent::Library);
        let account =
            Account { place, direction, content, kilobytes_a_second: None, found: Found::default(), secret: None };
        Known { id: RemoteId(4), name: "NAS".to_owned(), account, enabled: true, generation: 0 }
    }

    #[test]
    fn only_what_concerns_a_person_is_told() {
        let well = SyncResult { uploaded: 2, ..SyncResult::default() };
        let problem = FileProblem { name: "a:b".into(), message: "no".into() };
        let ill = SyncResult { problems: vec![problem], problem_count: 1, ..SyncResult::default() };
        let both = SyncResult { kept_both: vec!["a (conflict)".into()], ..SyncResult::default() };
        let asks =
            SyncResult { questions: vec![SyncQuestion::Empty { remote: true, had: 3 }], ..SyncResult::default() };
        let check = |result: &SyncResult, before: Option<&SyncResult>, asked: bool, expected: Option<(Kind, &str)>| {
            let told = message(&known(), result, before, asked);
            let told = told.as_ref().map(|message| (message.kind, message.summary.as_str()));
            assert_eq!(told, expected, "{result:?}, asked: {asked}");
        };
        check(&well, None, false, None);
        check(&well, None, true, Some((Kind::Schedule, "NAS: in step")));
        check(&ill, Some(&well), false, Some((Kind::Schedule, "NAS: in step, but not all files")));
        check(&ill, Some(&ill), false, None);
        check(&both, Some(&both), false, Some((Kind::Schedule, "NAS: two versions were kept")));
        check(&asks, Some(&asks), false, Some((Kind::NeedsYou, "NAS: needs you")));
        assert!(message(&known(), &asks, None, false).unwrap().once.is_some(), "it is asked once and not every hour");
    }
}
