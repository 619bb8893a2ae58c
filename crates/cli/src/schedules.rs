//! `legible schedules`: work that is done again and again.

use crate::args::{Numbers, One, Print, ScheduleOptions, Schedules, Terms};
use crate::context;
use crate::jobs;
use crate::needs::conditions;
use crate::output::{Exit, each, plain, print_json, print_line};
use crate::paths::{in_full, whole_path};
use crate::times::{in_zone, moment};
use anyhow::{Context, bail, ensure};
use legible_service::api::{
    Action, Conditions, EnableSchedule, JobsQuery, Missed, NoArgs, Overlap, ScheduleDraft, ScheduleRef, ScheduleView,
};
use legible_service::{Service, parse_rule, system_zone};

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
        Schedules::List(print) => {
            let all = service.schedules(NoArgs {}).await?;
            print.show(&all.schedules, |schedules| {
                schedules.iter().try_for_each(|schedule| print_line(&line(schedule)))?;
                all.broken.iter().try_for_each(|legible_service::api::BrokenSchedule { id, title, problem }| {
                    print_line(&format!("{id}\tcannot run\t{}\t{}", plain(title), plain(problem)))
                })
            })?;
        }
        Schedules::Show(one) => show(&service, one).await?,
        Schedules::Add(new) => {
            let zone = new.options.terms.zone.clone().unwrap_or_else(system_zone);
            let draft = ScheduleDraft {
                id: None,
                title: String::new(),
                action: new.action,
                folder: None,
                rule: in_full(parse_rule(&new.when.join(" "), &zone, service.now())?)?,
                zone,
                conditions: Conditions::default(),
                missed: Missed::Once,
                overlap: Overlap::Skip,
                flex_seconds: None,
                enabled: true,
            };
            save(&service, changed(draft, &new.options)?, new.options.print).await?;
            context::say_if_nobody_runs(&service);
        }
        Schedules::Edit { id, when, options } => {
            let mut draft = find(&service, id).await?.draft;
            draft.zone = options.terms.zone.clone().unwrap_or(draft.zone);
            if let Some(when) = &when {
                draft.rule = in_full(parse_rule(when, &draft.zone, service.now())?)?;
            }
            save(&service, changed(draft, &options)?, options.print).await?;
        }
        Schedules::On(Numbers { ids }) => return switch(&service, &ids, true).await,
        Schedules::Off(Numbers { ids }) => return switch(&service, &ids, false).await,
        Schedules::Run(Numbers { ids }) => {
            let run = async |id| print_line(&line(&service.run_schedule(ScheduleRef { id }).await?));
            let exit = each(&ids, run).await?;
            context::say_if_nobody_runs(&service);
            return Ok(exit);
        }
        Schedules::Remove(Numbers { ids }) => {
            let remove = async |id| {
                service.remove_schedule(ScheduleRef { id }).await?;
                print_line(&format!("schedule {id} is removed"))
            };
            return each(&ids, remove).await;
        }
    }
    Ok(Exit::Fine)
}

async fn find(service: &Service, id: i64) -> anyhow::Result<ScheduleView> {
    let all = service.schedules(NoArgs {}).await?;
    if let Some(broken) = all.broken.iter().find(|broken| broken.id == id) {
        bail!("schedule {id} cannot be read: {}. It can only be removed", broken.problem);
    }
    all.schedules
        .into_iter()
        .find(|schedule| schedule.id == id)
        .with_context(|| format!("Schedule {id} was not found."))
}

async fn show(service: &Service, One { id, print }: One) -> anyhow::Result<()> {
    let schedule = find(service, id).await?;
    if print.json {
        return print_json(&schedule);
    }
    print_line(&line(&schedule))?;
    let ScheduleDraft { missed, overlap, flex_seconds, folder, .. } = &schedule.draft;
    let missed = match missed {
        Missed::Skip => "skipped".to_owned(),
        Missed::Once => "made up for once".to_owned(),
        Missed::All { most } => format!("made up for one by one, the newest {most} at most"),
    };
    print_line(&format!("  missed runs\t{missed}"))?;
    let overlap = match overlap {
        Overlap::Skip => "the new run is left out",
        Overlap::Queue => "the new run waits for it",
        Overlap::Replace => "the new run takes its place",
        Overlap::Allow => "both run",
    };
    print_line(&format!("  while a run goes on\t{overlap}"))?;
    if let Some(seconds) = flex_seconds {
        print_line(&format!("  may be early by\t{seconds} s"))?;
    }
    if let Some(folder) = folder {
        print_line(&format!("  folder\t{}", plain(folder)))?;
    }
    for next in schedule.next_runs.iter().filter(|_| schedule.draft.enabled) {
        print_line(&format!("  next\t{}", moment(*next)))?;
    }
    let history = JobsQuery { schedule: Some(id), limit: HISTORY, ..JobsQuery::default() };
    for job in service.jobs(history).await?.jobs {
        print_line(&format!(
            "  {}\t{}",
            moment(job.started_at.unwrap_or(job.created_at)),
            jobs::line(&job, service.now())
        ))?;
    }
    Ok(())
}

async fn save(service: &Service, draft: ScheduleDraft, print: Print) -> anyhow::Result<()> {
    print.show(&service.save_schedule(draft).await?, |view| print_line(&line(view)))
}

async fn switch(service: &Service, ids: &[i64], enabled: bool) -> anyhow::Result<Exit> {
    each(ids, async |id| print_line(&line(&service.enable_schedule(EnableSchedule { id, enabled }).await?))).await
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
    let words = match &schedule.problem {
        Some(problem) => plain(problem),
        None => in_zone(plain(&schedule.sentence), &schedule.draft.zone),
    };
    format!("{}\t{when}\t{}\t{words}", schedule.id, plain(&schedule.draft.title))
}

/// The draft with what was said of it.
fn changed(mut draft: ScheduleDraft, options: &ScheduleOptions) -> anyhow::Result<ScheduleDraft> {
    if let Some(title) = &options.title {
        draft.title.clone_from(title);
    }
    let Terms { needs, folder, .. } = &options.terms;
    if !needs.is_empty() {
        draft.conditions = conditions(needs)?;
    }
    match options.missed.as_deref() {
        None => {}
        Some("skip") => draft.missed = Missed::Skip,
        Some("once") => draft.missed = Missed::Once,
        Some(number) => {
            let Ok(most @ 1..) = number.parse() else { bail!("{number} is neither skip, once nor a number from 1 on") };
            draft.missed = Missed::All { most };
        }
    }
    draft.overlap = options.overlap.unwrap_or(draft.overlap);
    draft.flex_seconds = options.flex.or(draft.flex_seconds);
    if let Some(folder) = folder {
        ensure!(draft.action == Action::Export, "--folder is for export only");
        draft.folder = Some(whole_path(folder)?);
    }
    Ok(draft)
}
