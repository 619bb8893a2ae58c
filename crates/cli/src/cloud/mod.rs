//! `legible cloud`: storages that the library is kept in step with.

mod conflicts;
pub mod draft;
mod plan;
pub mod sign_in;
mod transfers;

use crate::args::{Cloud, Numbers, One};
use crate::context;
use crate::follow;
use crate::output::{Exit, complain, each, plain, print_line, say};
use crate::times::moment;
use anyhow::Context;
use legible_service::Service;
use legible_service::api::{
    EnableStorage, ErrorCode, FolderIs, NoArgs, Removed, StillGranted, StorageRef, StorageView, SyncNow, SyncQuestion,
};
use legible_service::{asks_for_folder, question_words, result_words};

/// Lists storages, or changes them.
///
/// # Errors
/// When there is no such storage, it cannot be reached, or the database cannot be used.
pub async fn cloud(verb: Cloud) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(matches!(&verb, Cloud::Sync { wait: true, .. }))?;
    match verb {
        Cloud::List(print) => {
            let all = service.storages(NoArgs {}).await?.storages;
            print.show(&all, |all| all.iter().try_for_each(|storage| print_line(&line(storage))))?;
            return Ok(if all.is_empty() { Exit::Nothing } else { Exit::Fine });
        }
        Cloud::Status(One { id, print }) => {
            let storage = find(&service, id).await?;
            print.show(&storage, tell)?;
        }
        Cloud::Add { place, at, options, print } => {
            let draft = draft::new(place.as_deref(), &at, &options, service.now())?;
            draft::warning(&draft.place).iter().for_each(|warning| say(warning));
            let storage = sign_in::keep(&service, draft, at.browser).await?;
            print.show(&storage, found)?;
            say(&format!("What would be done: `legible cloud sync {} --dry-run`.", storage.id));
        }
        Cloud::Edit { one: One { id, print }, key, options } => {
            let before = find(&service, id).await?.draft;
            let draft = draft::changed(draft::opened_by(before.clone(), &key)?, &options, service.now())?;
            anyhow::ensure!(
                draft != before,
                "Say what is to be changed: `legible cloud edit --help` tells what can be."
            );
            print.show(&service.save_storage(draft).await?, found)?;
        }
        Cloud::Sync { ids, dry_run, yes, same_folder, as_new_folder, wait, print } => {
            let folder = match (same_folder, as_new_folder) {
                (true, _) => Some(FolderIs::Same),
                (_, true) => Some(FolderIs::New),
                _ => None,
            };
            return match dry_run {
                true => plan::plan(&service, &chosen(&service, &ids).await?, folder, print).await,
                false => sync(service, &ids, yes, folder, wait).await,
            };
        }
        Cloud::Stop(Numbers { ids }) => {
            return each(&ids, async |id| {
                service.stop_storage(StorageRef { id }).await?;
                print_line(&format!("storage {id} is stopped; the next time goes on where it was"))
            })
            .await;
        }
        Cloud::Transfers(One { id, print }) => return transfers::list(&service, id, print).await,
        Cloud::Enable(Numbers { ids }) => return switch(&service, &ids, true).await,
        Cloud::Disable(Numbers { ids }) => return switch(&service, &ids, false).await,
        Cloud::Conflicts { keep, keep_both, print } => {
            return conflicts::settle(&service, keep, keep_both, print).await;
        }
        Cloud::Remove(Numbers { ids }) => {
            let remove = async |id| {
                let removed = service.remove_storage(StorageRef { id }).await?;
                print_line(&format!("storage {id} is left alone; nothing was deleted"))?;
                say_if_still_granted(&removed);
                Ok(())
            };
            return each(&ids, remove).await;
        }
        Cloud::SignIn { one: One { id, print }, browser } => {
            sign_in::again(&service, find(&service, id).await?, browser).await?;
            let storage = service.sync_storage(SyncNow { id, agreed: vec![] }).await?;
            print.show(&storage, |storage| print_line(&line(storage)))?;
            context::say_if_nobody_runs(&service);
        }
        Cloud::Client { provider, id, secret_file, print } => {
            return sign_in::client(&service, provider, id, secret_file.as_deref(), print).await;
        }
    }
    Ok(Exit::Fine)
}

/// Says where a person takes back what a provider did not.
pub fn say_if_still_granted(removed: &Removed) {
    if let Some(StillGranted { why, page, .. }) = &removed.still_granted {
        say(&format!(
            "The provider was not told: {why}. Nothing here can use what you granted any more; take it back at {page}"
        ));
    }
}

/// A storage with what it was found to do.
fn found(storage: &StorageView) -> anyhow::Result<()> {
    print_line(&line(storage))?;
    storage.found.iter().try_for_each(|found| print_line(&format!("  {found}")))
}

async fn switch(service: &Service, ids: &[i64], enabled: bool) -> anyhow::Result<Exit> {
    each(ids, async |id| print_line(&line(&service.enable_storage(EnableStorage { id, enabled }).await?))).await
}

async fn find(service: &Service, id: i64) -> anyhow::Result<StorageView> {
    let all = service.storages(NoArgs {}).await?.storages;
    all.into_iter().find(|storage| storage.id == id).with_context(|| format!("Storage {id} was not found."))
}

/// These storages, or all.
async fn chosen(service: &Service, ids: &[i64]) -> anyhow::Result<Vec<i64>> {
    if !ids.is_empty() {
        return Ok(ids.to_vec());
    }
    let all = service.storages(NoArgs {}).await?.storages;
    anyhow::ensure!(!all.is_empty(), "There is no storage yet: `legible cloud add --help` tells how to set one up.");
    Ok(all.iter().map(|storage| storage.id).collect())
}

async fn sync(service: Service, ids: &[i64], yes: bool, folder: Option<FolderIs>, wait: bool) -> anyhow::Result<Exit> {
    let mut all = Vec::new();
    for id in chosen(&service, ids).await? {
        all.push((id, agreed(&find(&service, id).await?, yes, folder)?));
    }
    let mut asked = Vec::new();
    for (id, agreed) in all {
        let storage = service.sync_storage(SyncNow { id, agreed }).await?;
        match wait {
            true => asked.extend(storage.job.map(|job| (id, job))),
            false => print_line(&line(&storage))?,
        }
    }
    if !wait {
        context::say_if_nobody_runs(&service);
        return Ok(Exit::Fine);
    }
    let mut exit = Exit::Fine;
    for storage in follow::storages(&service, &asked).await? {
        let needs_you = storage.last.as_ref().is_some_and(|last| !last.questions.is_empty());
        match &storage.problem {
            Some(problem) => {
                complain(&problem.error);
                if problem.error.code == ErrorCode::SignIn {
                    say(&format!("Sign in again: `legible cloud sign-in {}`.", storage.id));
                }
            }
            None => tell(&storage)?,
        }
        let went_well = storage.problem.is_none() && !needs_you;
        if !went_well || storage.last.as_ref().is_some_and(|last| last.problem_count > 0) {
            exit = Exit::SomeFailed;
        }
    }
    Ok(exit)
}

/// What a person agrees to of what was asked the last time. A word that means all of it does not say which folder it is.
///
/// # Errors
/// When that is to be said, or is said where nobody asks it.
fn agreed(storage: &StorageView, yes: bool, folder: Option<FolderIs>) -> anyhow::Result<Vec<SyncQuestion>> {
    let id = storage.id;
    let asked = storage.last.as_ref().map(|last| last.questions.as_slice()).unwrap_or_default();
    let (folders, others): (Vec<_>, Vec<_>) =
        asked.iter().cloned().partition(|question| matches!(question, SyncQuestion::OtherFolder { .. }));
    anyhow::ensure!(
        folder.is_none() || !folders.is_empty(),
        "Storage {id} did not ask which folder it is. Bring it in step without saying so; if it asks, say it."
    );
    anyhow::ensure!(
        folder.is_some() || !yes || !folders.iter().any(asks_for_folder),
        "Storage {id} asks which folder it is, and what it does depends on that. Say `--same-folder` if it is the one of before, from \
         which what is missing was deleted, or `--as-new-folder` if it is another one; with `--dry-run` each tells what would be done."
    );
    let said = folders.into_iter().map(|question| match question {
        SyncQuestion::OtherFolder { marked, answer } => SyncQuestion::OtherFolder { marked, answer: folder.or(answer) },
        question => question,
    });
    // An answer of before counts only with what was asked under it.
    Ok(said.filter(|_| yes || folder.is_some()).chain(others.into_iter().filter(|_| yes)).collect())
}

fn line(storage: &StorageView) -> String {
    let state = match (&storage.doing, storage.job, &storage.problem, &storage.last) {
        (Some(doing), ..) if doing.is_empty() => "it begins".to_owned(),
        (Some(doing), ..) => plain(doing),
        _ if storage.held => "paused".to_owned(),
        (_, Some(_), ..) if storage.waiting_for.is_empty() => "waits for its turn".to_owned(),
        (_, Some(_), ..) => format!("waits for {}", plain(&storage.waiting_for.join(", "))),
        (.., Some(problem), _) => plain(&problem.error.message),
        _ if storage.stopped => "stopped before it was done".to_owned(),
        (.., Some(last)) if !last.questions.is_empty() => "needs you".to_owned(),
        (.., Some(last)) => format!("in step as of {}", moment(last.at)),
        _ => "never in step".to_owned(),
    };
    format!("{}\t{}\t{state}\t{}", storage.id, plain(&storage.draft.name), plain(&storage.sentence))
}

/// All that is known of a storage.
fn tell(storage: &StorageView) -> anyhow::Result<()> {
    print_line(&line(storage))?;
    storage.found.iter().try_for_each(|found| print_line(&format!("  {found}")))?;
    if let Some(problem) = &storage.problem {
        let hint = match problem.error.code {
            ErrorCode::SignIn => format!("Sign in again: `legible cloud sign-in {}`.", storage.id),
            _ => problem.error.hint.clone().unwrap_or_default(),
        };
        print_line(&format!("  {}: {}. {hint}", moment(problem.at), plain(&problem.error.message)))?;
    }
    let Some(last) = &storage.last else { return Ok(()) };
    print_line(&format!("  {}: {}", moment(last.at), result_words(last)))?;
    last.kept_both.iter().try_for_each(|path| print_line(&format!("  kept beside: {}", plain(path))))?;
    for problem in &last.problems {
        print_line(&format!("  left alone: {}: {}", plain(&problem.name), plain(&problem.message)))?;
    }
    last.questions.iter().map(question_words).try_for_each(|question| print_line(&format!("  {question}")))?;
    let id = storage.id;
    if last.questions.iter().any(asks_for_folder) {
        print_line(&format!("  Look what would be done either way: `legible cloud sync {id} --dry-run`."))?;
        print_line(&format!("  The same folder: `legible cloud sync {id} --same-folder`."))?;
        print_line(&format!(
            "  Another one, with which nothing is deleted: `legible cloud sync {id} --as-new-folder`."
        ))?;
    } else if !last.questions.is_empty() {
        print_line(&format!(
            "  Look with `legible cloud sync {id} --dry-run`, then agree with `legible cloud sync {id} --yes`."
        ))?;
    }
    Ok(())
}
