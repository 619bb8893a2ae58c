//! `legible cloud sync --dry-run`: what would be done, either way where it is not known which folder it is.

use crate::args::Print;
use crate::output::{Exit, each, plain, print_line};
use legible_service::api::{FolderIs, PlanStorage, SyncPlan, SyncStep, SyncWhat};
use legible_service::{Service, asks_for_folder, question_words};

/// Tells what would be done with these storages, if their folders are what a person says.
///
/// # Errors
/// When there is no such storage, or one of the sides cannot be looked at.
pub async fn plan(service: &Service, ids: &[i64], folder: Option<FolderIs>, print: Print) -> anyhow::Result<Exit> {
    let show = async |id| {
        let plan = service.plan_storage(PlanStorage { id, folder }).await?;
        let is_asked = plan.questions.iter().any(asks_for_folder);
        if !is_asked || print.json {
            return print.show(&plan, tell);
        }
        plan.questions.iter().try_for_each(|question| print_line(&question_words(question)))?;
        for (folder, heading) in [
            (FolderIs::Same, "If it is the same folder, with `--same-folder`:"),
            (FolderIs::New, "If it is another one, with `--as-new-folder`:"),
        ] {
            print_line("")?;
            print_line(heading)?;
            tell(&service.plan_storage(PlanStorage { id, folder: Some(folder) }).await?)?;
        }
        Ok(())
    };
    each(ids, show).await
}

fn tell(plan: &SyncPlan) -> anyhow::Result<()> {
    plan.steps.iter().try_for_each(|step| print_line(&step_line(step)))?;
    let more = plan.count as usize - plan.steps.len();
    if more > 0 {
        print_line(&format!("… and {more} more"))?;
    }
    for problem in &plan.problems {
        print_line(&format!("left alone\t{}\t{}", plain(&problem.name), plain(&problem.message)))?;
    }
    print_line(&summary(plan))?;
    plan.questions.iter().try_for_each(|question| print_line(&question_words(question)))
}

fn step_line(SyncStep { path, what, bytes }: &SyncStep) -> String {
    format!("{}\t{}\t{bytes}", what_words(*what), plain(path))
}

/// What is done with a file, in a word.
pub fn what_words(what: SyncWhat) -> &'static str {
    match what {
        SyncWhat::Upload => "upload",
        SyncWhat::Download => "download",
        SyncWhat::RemoveThere => "remove there",
        SyncWhat::TrashHere => "trash here",
        SyncWhat::Compare => "compare",
        SyncWhat::Forget => "forget",
    }
}

fn summary(plan: &SyncPlan) -> String {
    match plan.count {
        0 if plan.questions.is_empty() => "Both sides are in step.".to_owned(),
        0 => "Nothing is to be done.".to_owned(),
        count => format!("{count} files, {:.1} MB.", plan.bytes as f64 / 1e6),
    }
}
