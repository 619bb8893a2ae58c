//! `legible remind`: reminders.

use crate::args::{Numbers, One, Remind};
use crate::context;
use crate::output::{Exit, each, plain, print_line};
use crate::paths::in_full;
use crate::times::{in_zone, moment};
use legible_service::api::{
    ItemFile, NoArgs, ReminderDraft, ReminderRef, ReminderView, Rule, SnoozeReminder, Suggestion,
};
use legible_service::{parse_rule, system_zone};

/// Lists reminders, or changes them.
///
/// # Errors
/// When there is no such reminder, its time is none, or the database cannot be used.
pub async fn remind(verb: Remind) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    match verb {
        Remind::List(print) => {
            let all = service.reminders(NoArgs {}).await?;
            print.show(&all, |all| all.reminders.iter().try_for_each(|reminder| print_line(&line(reminder))))?;
            return Ok(if all.reminders.is_empty() { Exit::Nothing } else { Exit::Fine });
        }
        Remind::Add { title, when, note, item, zone, print } => {
            let zone = zone.unwrap_or_else(system_zone);
            let rule = in_full(parse_rule(&when.join(" "), &zone, service.now())?)?;
            let view = service.save_reminder(ReminderDraft { id: None, item, title, note, rule, zone }).await?;
            print.show(&view, |view| print_line(&line(view)))?;
            context::say_if_nobody_runs(&service);
        }
        Remind::Snooze { id, minutes } => {
            let until = service.now() + i64::from(minutes) * 60_000;
            print_line(&line(&service.snooze_reminder(SnoozeReminder { id, until }).await?))?;
        }
        Remind::Done { id } => print_line(&line(&service.finish_reminder(ReminderRef { id }).await?))?,
        Remind::Remove(Numbers { ids }) => {
            let remove = async |id| {
                service.remove_reminder(ReminderRef { id }).await?;
                print_line(&format!("reminder {id} is removed"))
            };
            return each(&ids, remove).await;
        }
        Remind::Suggest(One { id, print }) => {
            let found = service.suggest_reminders(ItemFile { id }).await?;
            print.show(&found, |found| found.suggestions.iter().try_for_each(|one| print_line(&suggested(one))))?;
            return Ok(if found.suggestions.is_empty() { Exit::Nothing } else { Exit::Fine });
        }
    }
    Ok(Exit::Fine)
}

fn suggested(one: &Suggestion) -> String {
    format!("{}\t{}\t{}", moment(one.at), plain(&one.title), plain(&one.why))
}

fn line(reminder: &ReminderView) -> String {
    let draft = &reminder.draft;
    let when = match (reminder.due_since, reminder.next, reminder.done_at) {
        (Some(since), ..) => format!("due since {}", moment(since)),
        _ if let Some(problem) = &reminder.problem => format!("cannot come: {}", plain(problem)),
        (None, Some(next), _) => format!("next {}", moment(next)),
        // What waits for something to happen has no next time, and it comes again however often it was done.
        (None, None, _) if matches!(draft.rule, Rule::On { .. }) => "waits".to_owned(),
        (None, None, Some(done)) => format!("done {}", moment(done)),
        (None, None, None) => "over".to_owned(),
    };
    let sentence = in_zone(plain(&reminder.sentence), &draft.zone);
    format!("{}\t{when}\t{}\t{sentence}", reminder.id, plain(&draft.title))
}
