//! `legible remind`: reminders.

use crate::args::Remind;
use crate::context;
use crate::output::{Exit, plain, print_json, print_line};
use crate::times::moment;
use legible_service::api::{ItemFile, NoArgs, ReminderDraft, ReminderRef, ReminderView, SnoozeReminder};
use legible_service::{parse_rule, system_zone};

/// Lists reminders, or changes them.
///
/// # Errors
/// When there is no such reminder, its time is none, or the database cannot be used.
pub async fn remind(verb: Remind) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    match verb {
        Remind::List { json } => {
            let all = service.reminders(NoArgs {}).await?;
            if json {
                print_json(&all)?;
            } else {
                all.reminders.iter().try_for_each(|reminder| print_line(&line(reminder)))?;
            }
            return Ok(if all.reminders.is_empty() { Exit::Nothing } else { Exit::Fine });
        }
        Remind::Add { title, when, note, item, zone, json } => {
            let zone = zone.unwrap_or_else(system_zone);
            let rule = parse_rule(&when.join(" "), &zone, service.now())?;
            let view = service.save_reminder(ReminderDraft { id: None, item, title, note, rule, zone }).await?;
            if json { print_json(&view)? } else { print_line(&line(&view))? }
        }
        Remind::Snooze { id, minutes } => {
            let until = service.now() + i64::from(minutes) * 60_000;
            print_line(&line(&service.snooze_reminder(SnoozeReminder { id, until }).await?))?;
        }
        Remind::Done { id } => print_line(&line(&service.finish_reminder(ReminderRef { id }).await?))?,
        Remind::Remove { id } => {
            service.remove_reminder(ReminderRef { id }).await?;
            print_line(&format!("reminder {id} is removed"))?;
        }
        Remind::Suggest { item, json } => {
            let found = service.suggest_reminders(ItemFile { id: item }).await?;
            if json {
                print_json(&found)?;
            } else {
                for one in &found.suggestions {
                    print_line(&format!("{}\t{}\t{}", moment(one.at), plain(&one.title), plain(&one.why)))?;
                }
            }
            return Ok(if found.suggestions.is_empty() { Exit::Nothing } else { Exit::Fine });
        }
    }
    Ok(Exit::Fine)
}

fn line(reminder: &ReminderView) -> String {
    let when = match (reminder.due_since, reminder.next, reminder.done_at) {
        (Some(since), ..) => format!("due since {}", moment(since)),
        (None, Some(next), _) => format!("next {}", moment(next)),
        (None, None, Some(done)) => format!("done {}", moment(done)),
        (None, None, None) => "over".to_owned(),
    };
    format!("{}\t{when}\t{}\t{}", reminder.id, plain(&reminder.draft.title), reminder.sentence)
}
