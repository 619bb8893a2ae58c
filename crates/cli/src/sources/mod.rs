//! `legible sources`: where images come from by themselves.

mod draft;
mod line;
mod sign_in;

use crate::args::{Numbers, One, Print, Sources};
use crate::cloud::say_if_still_granted;
use crate::output::{Exit, each, plain, print_json, print_line};
use crate::{context, follow};
use anyhow::{Context, bail};
use draft::{changed, new, with_secret};
use legible_service::Service;
use legible_service::api::{EnableSource, NoArgs, SourceRef, SourceTest, SourceView};
use line::{line, look_line};
use std::cell::RefCell;

/// How many looks `show` lists.
const HISTORY: usize = 10;

/// Lists sources, or changes them.
///
/// # Errors
/// When there is no such source, something in it cannot be used, or the database cannot be used.
pub async fn sources(verb: Sources) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(matches!(&verb, Sources::Run { wait: true, .. }))?;
    match verb {
        Sources::List(print) => {
            let all = service.sources(NoArgs {}).await?;
            print.show(&all.sources, |sources| {
                sources.iter().try_for_each(|source| print_line(&line(source)))?;
                all.broken.iter().try_for_each(|broken| {
                    let (name, problem) = (plain(&broken.name), plain(&broken.problem));
                    print_line(&format!("{}\tcannot be read\t{name}\t{problem}", broken.id))
                })
            })?;
        }
        Sources::Show(one) => show(&service, one).await?,
        Sources::Add { only_try, what } => {
            let browser = draft::browser(&what);
            let (draft, print) = new(what, service.now())?;
            if only_try {
                return tell(&sign_in::tried(&service, draft, browser).await?, print);
            }
            print.show(&sign_in::kept(&service, draft, browser).await?, |view| print_line(&line(view)))?;
            context::say_if_nobody_runs(&service);
        }
        Sources::Edit { id, secret_from, browser, options } => {
            let draft = with_secret(find(&service, id).await?.draft, secret_from.as_deref())?;
            let draft = changed(draft, &options, service.now())?;
            let saved = sign_in::kept_or_granted_more(&service, draft, browser).await?;
            options.print.show(&saved, |view| print_line(&line(view)))?;
        }
        Sources::Test(Numbers { ids }) => {
            let mut exit = Exit::Fine;
            for id in ids {
                let tested = tell(&service.test_source(find(&service, id).await?.draft).await?, Print::default())?;
                exit = if matches!(tested, Exit::Fine) { exit } else { tested };
            }
            return Ok(exit);
        }
        Sources::Run { ids, wait } => {
            let asked = RefCell::new(Vec::new());
            let run = async |id| {
                let source = service.look_now(SourceRef { id }).await?;
                if !wait {
                    return print_line(&line(&source));
                }
                // Others may come after it, such as that of a folder which is watched from then on.
                let looks = service.looks(SourceRef { id }).await?.looks;
                asked.borrow_mut().extend(looks.iter().map(|look| look.job).max().map(|job| (id, job)));
                Ok(())
            };
            let exit = each(&ids, run).await?;
            if wait {
                let looked = follow::looks(service, &asked.into_inner()).await?;
                return Ok(if matches!(exit, Exit::Fine) { looked } else { exit });
            }
            context::say_if_nobody_runs(&service);
            return Ok(exit);
        }
        Sources::On(Numbers { ids }) => return switch(&service, &ids, true).await,
        Sources::Off(Numbers { ids }) => return switch(&service, &ids, false).await,
        Sources::Remove(Numbers { ids }) => {
            let remove = async |id| {
                let removed = service.remove_source(SourceRef { id }).await?;
                print_line(&format!("source {id} is removed; its images stay"))?;
                say_if_still_granted(&removed);
                Ok(())
            };
            return each(&ids, remove).await;
        }
        Sources::SignIn { one: One { id, print }, browser } => {
            let source = sign_in::again(&service, find(&service, id).await?, browser).await?;
            print.show(&source, |source| print_line(&line(source)))?;
            context::say_if_nobody_runs(&service);
        }
    }
    Ok(Exit::Fine)
}

/// The source of this number.
///
/// # Errors
/// When there is none, or it cannot be read.
pub async fn find(service: &Service, id: i64) -> anyhow::Result<SourceView> {
    let all = service.sources(NoArgs {}).await?;
    if let Some(broken) = all.broken.iter().find(|broken| broken.id == id) {
        bail!("source {id} cannot be read: {}. It can only be removed", broken.problem);
    }
    let found = all.sources.into_iter().find(|source| source.id == id);
    found.with_context(|| format!("Source {id} was not found."))
}

async fn show(service: &Service, One { id, print }: One) -> anyhow::Result<()> {
    let source = find(service, id).await?;
    let looks = service.looks(SourceRef { id }).await?.looks;
    if print.json {
        return print_json(&serde_json::json!({ "source": source, "looks": looks }));
    }
    print_line(&line(&source))?;
    if let Some(watching) = &source.watching {
        print_line(&format!("  {}", plain(watching)))?;
    }
    for look in looks.iter().take(HISTORY) {
        print_line(&format!("  {}", look_line(look)))?;
        // The first one stands in the line above.
        look.reasons.iter().skip(1).try_for_each(|reason| print_line(&format!("    {}", plain(reason))))?;
    }
    Ok(())
}

async fn switch(service: &Service, ids: &[i64], enabled: bool) -> anyhow::Result<Exit> {
    let switch = async |id| {
        let source = service.enable_source(EnableSource { id, enabled }).await?;
        print_line(&line(&source))
    };
    each(ids, switch).await
}

/// Tells what a test found.
fn tell(test: &SourceTest, print: Print) -> anyhow::Result<Exit> {
    print.show(test, |test| {
        if let Some(problem) = &test.problem {
            crate::output::complain(problem);
            return Ok(());
        }
        print_line(&plain(&test.words))?;
        test.samples.iter().try_for_each(|sample| print_line(&format!("  {}", plain(sample))))?;
        test.warnings.iter().for_each(|warning| crate::output::say(&plain(warning)));
        Ok(())
    })?;
    Ok(if test.problem.is_some() { Exit::Nothing } else { Exit::Fine })
}
