//! `legible schedules`: work that is done again and again.

use crate::args::{Action, Overlap, ScheduleOptions, Schedules};
use crate::context;
use crate::jobs;
use crate::output::{Exit, plain, print_json, print_line};
use crate::times::moment;
use anyhow::{Context, bail};
use legible_service::api::{
    self, Conditions, EnableSchedule, Hours, JobsQuery, Missed, NetworkNeed, NoArgs, Rule, ScheduleDraft, ScheduleRef,
    ScheduleView, Trigger,
};
use legible_service::{Service, parse_rule, path_text, system_zone};

/// How many runs `show` lists.
const HISTORY: u32 = 10;

/// Lists schedules, or changes them.
///
/// # Errors
/// When there is no such schedule, something in it cannot be used, or the database cannot be used.
pub async fn schedules(verb: Schedules) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    match verb {
        Schedules::List { json } => {
            let all = service.schedules(NoArgs {}).await?;
            if json {
                print_json(&all.schedules)?;
            } else {
                all.schedules.iter().try_for_each(|schedule| print_line(&line(schedule)))?;
                all.broken.iter().try_for_each(|api::BrokenSchedule { id, title, problem }| {
                    print_line(&format!("{id}\tcannot run\t{}\t{}", plain(title), plain(problem)))
                })?;
            }
        }
        Schedules::Show { id, json } => show(&service, id, json).await?,
        Schedules::Add(new) => {
            let zone = new.change.zone.clone().unwrap_or_else(system_zone);
            let draft = ScheduleDraft {
                id: None,
                title: String::new(),
                action: action(new.action),
                folder: None,
                rule: in_full(parse_rule(&new.when.join(" "), &zone, service.now())?)?,
                zone,
                conditions: Conditions::default(),
                missed: Missed::Once,
                overlap: api::Overlap::Skip,
                flex_seconds: None,
                enabled: true,
            };
            save(&service, changed(draft, &new.change)?, new.change.json).await?;
        }
        Schedules::Edit { id, change } => {
            let mut draft = find(&service, id).await?.draft;
            draft.zone = change.options.zone.clone().unwrap_or(draft.zone);
            if let Some(when) = &change.when {
                draft.rule = in_full(parse_rule(when, &draft.zone, service.now())?)?;
            }
            save(&service, changed(draft, &change.options)?, change.options.json).await?;
        }
        Schedules::On { ids } => switch(&service, &ids, true).await?,
        Schedules::Off { ids } => switch(&service, &ids, false).await?,
        Schedules::Run { ids } => {
            for id in ids {
                print_line(&line(&service.run_schedule(ScheduleRef { id }).await?))?;
            }
        }
        Schedules::Remove { ids } => {
            for id in ids {
                service.remove_schedule(ScheduleRef { id }).await?;
                print_line(&format!("schedule {id} is removed"))?;
            }
        }
    }
    Ok(Exit::Fine)
}

/// A rule whose folder is named from the root: the service runs in another directory.
fn in_full(mut rule: Rule) -> anyhow::Result<Rule> {
    if let Rule::On { trigger: Trigger::FolderChanged { path, .. } } = &mut rule {
        *path = path_text(&std::path::absolute(&*path)?);
    }
    Ok(rule)
}

async fn find(service: &Service, id: i64) -> anyhow::Result<ScheduleView> {
    let all = service.schedules(NoArgs {}).await?.schedules;
    all.into_iter().find(|schedule| schedule.id == id).with_context(|| format!("Schedule {id} was not found."))
}

async fn show(service: &Service, id: i64, json: bool) -> anyhow::Result<()> {
    let schedule = find(service, id).await?;
    if json {
        return print_json(&schedule);
    }
    print_line(&line(&schedule))?;
    for next in schedule.next_runs.iter().filter(|_| schedule.draft.enabled) {
        print_line(&format!("  next\t{}", moment(*next)))?;
    }
    let history = JobsQuery { schedule: Some(id), limit: HISTORY, ..JobsQuery::default() };
    for job in service.jobs(history).await?.jobs {
        print_line(&format!("  {}\t{}", moment(job.started_at.unwrap_or(job.created_at)), jobs::line(&job)))?;
    }
    Ok(())
}

async fn save(service: &Service, draft: ScheduleDraft, json: bool) -> anyhow::Result<()> {
    let view = service.save_schedule(draft).await?;
    if json { print_json(&view) } else { print_line(&line(&view)) }
}

async fn switch(service: &Service, ids: &[i64], enabled: bool) -> anyhow::Result<()> {
    for id in ids {
        print_line(&line(&service.enable_schedule(EnableSchedule { id: *id, enabled }).await?))?;
    }
    Ok(())
}

fn line(schedule: &ScheduleView) -> String {
    let when = match (&schedule.active, schedule.next) {
        _ if !schedule.draft.enabled => "off".to_owned(),
        _ if schedule.problem.is_some() => "cannot run".to_owned(),
        (Some(_), _) if !schedule.waiting_for.is_empty() => format!("waits for {}", schedule.waiting_for.join(", ")),
        (Some(_), _) => "now".to_owned(),
        (None, Some(next)) => moment(next),
        (None, None) => "-".to_owned(),
    };
    let words = schedule.problem.as_ref().unwrap_or(&schedule.sentence);
    format!("{}\t{when}\t{}\t{}", schedule.id, plain(&schedule.draft.title), plain(words))
}

/// The draft with what was said of it.
fn changed(mut draft: ScheduleDraft, options: &ScheduleOptions) -> anyhow::Result<ScheduleDraft> {
    if let Some(title) = &options.title {
        draft.title.clone_from(title);
    }
    if !options.needs.is_empty() {
        draft.conditions = conditions(&options.needs)?;
    }
    match options.missed.as_deref() {
        None => {}
        Some("skip") => draft.missed = Missed::Skip,
        Some("once") => draft.missed = Missed::Once,
        Some(number) => {
            let Ok(most) = number.parse() else { bail!("{number} is neither skip, once nor a number") };
            draft.missed = Missed::All { most };
        }
    }
    if let Some(overlap) = options.overlap {
        draft.overlap = match overlap {
            Overlap::Skip => api::Overlap::Skip,
            Overlap::Queue => api::Overlap::Queue,
            Overlap::Replace => api::Overlap::Replace,
            Overlap::Allow => api::Overlap::Allow,
        };
    }
    draft.flex_seconds = options.flex.or(draft.flex_seconds);
    if let Some(folder) = &options.folder {
        if draft.action != api::Action::Export {
            bail!("--folder is for export only");
        }
        draft.folder = Some(path_text(&std::path::absolute(folder)?));
    }
    Ok(draft)
}

fn conditions(needs: &[String]) -> anyhow::Result<Conditions> {
    let mut conditions = Conditions::default();
    for need in needs {
        match need.split_once(':').map_or((need.as_str(), None), |(name, value)| (name, Some(value))) {
            ("none", None) => conditions = Conditions::default(),
            ("ac", None) => conditions.ac_power = true,
            ("battery", None) => conditions.battery_not_low = true,
            ("disk", None) => conditions.disk_not_low = true,
            ("network", None) => conditions.network = NetworkNeed::Connected,
            ("unmetered", None) => conditions.network = NetworkNeed::Unmetered,
            ("metered", None) => conditions.network = NetworkNeed::Metered,
            ("idle", Some(minutes)) => {
                let Ok(minutes @ 1..) = minutes.parse() else { bail!("{minutes} is no number of minutes") };
                conditions.idle_minutes = Some(minutes);
            }
            ("hours", Some(hours)) => {
                let (from, to) = hours.split_once('-').with_context(|| format!("{hours} is not like 22:00-06:00"))?;
                conditions.hours = Some(Hours { from: from.to_owned(), to: to.to_owned() });
            }
            _ => bail!(
                "{need} is no need; there are ac, battery, disk, idle:MINUTES, network, unmetered, metered, \
                 hours:22:00-06:00 and none"
            ),
        }
    }
    Ok(conditions)
}

fn action(action: Action) -> api::Action {
    match action {
        Action::ReadNew => api::Action::ReadNew,
        Action::ReadNewerModel => api::Action::ReadNewerModel,
        Action::FindDuplicates => api::Action::FindDuplicates,
        Action::Rebuild => api::Action::Rebuild,
        Action::Tidy => api::Action::Tidy,
        Action::CheckModels => api::Action::CheckModels,
        Action::CheckLibrary => api::Action::CheckLibrary,
        Action::Export => api::Action::Export,
    }
}

#[cfg(test)]
mod tests {
    use super::conditions;

    #[test]
    fn needs_are_read() {
        let check = |needs: &[&str], expected: Result<&str, &str>| {
            let needs: Vec<String> = needs.iter().map(|need| (*need).to_owned()).collect();
            let seen = conditions(&needs).map(|conditions| serde_json::to_string(&conditions).unwrap());
            let seen = seen.map_err(|error| error.to_string());
            assert_eq!(seen.as_deref().map_err(String::as_str), expected);
        };
        let all = r#"{"network":"unmetered","ac_power":true,"battery_not_low":false,"idle_minutes":10,"disk_not_low":true,"hours":{"from":"22:00","to":"06:00"}}"#;
        check(&["ac", "idle:10", "unmetered", "disk", "hours:22:00-06:00"], Ok(all));
        check(&["idle:soon"], Err("soon is no number of minutes"));
        check(&["idle:0"], Err("0 is no number of minutes"));
        check(&["hours:22"], Err("22 is not like 22:00-06:00"));
    }
}
