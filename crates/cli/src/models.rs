//! `legible models`.

use crate::args::{Models, ModelsVerb, Print, Seen};
use crate::context;
use crate::output::{Exit, end_progress, plain, print_line, report, say, show_progress};
use legible_service::ModelShelf;
use legible_service::api::{self, ForgetSeen, ModelRef, ModelView, NoArgs, PackView, Runner, Touched};
use legible_service::models::{AUTOMATIC, CancelToken, NONE, Progress, Removed, checking_pool};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Looks at models and packs, installs and removes them, adds some from files, and chooses which are used.
///
/// # Errors
/// When a model cannot be had or removed, or a file is not one of the models and none of the person's own.
pub async fn models(args: Models) -> anyhow::Result<Exit> {
    context::log("warn");
    let verb = args.verb.unwrap_or(ModelsVerb::List(args.print));
    let shelf = ModelShelf::new(&context::places()?)?;
    match verb {
        ModelsVerb::List(print) => list(&shelf, print),
        ModelsVerb::Install { ids } => told_what_waits(install(&shelf, &ids)?).await,
        ModelsVerb::Remove { ids, forget } => remove(&shelf, &ids, forget).await,
        ModelsVerb::Forget { parts, yes } => forget(&parts, yes).await,
        ModelsVerb::Verify => verify(&shelf),
        ModelsVerb::Add { files, look } => told_what_waits(add(&shelf, &files, look).await?).await,
        ModelsVerb::On { id } => switch_on(&shelf, &id),
        ModelsVerb::Use { part, model } => told_what_waits(choose(part, model).await?).await,
    }
}

/// Says how many images there are for the models to look at, and how to have that done now.
async fn told_what_waits(exit: Exit) -> anyhow::Result<Exit> {
    // Models are had before there is a library, and also while that cannot be used.
    if exit == Exit::Nothing || !context::places()?.database().is_file() {
        return Ok(exit);
    }
    if let Ok(service) = context::service(false)
        && let Ok(Touched { count }) = service.unrecognised(NoArgs {}).await
        && count > 0
    {
        let images = if count == 1 { "1 image waits".to_owned() } else { format!("{count} images wait") };
        say(&format!("{images} to be looked at. The schedule does that; now: legible jobs add recognise-new --now"));
    }
    Ok(exit)
}

fn list(shelf: &ModelShelf, print: Print) -> anyhow::Result<Exit> {
    // What is damaged is told, which only its content shows.
    shelf.damaged();
    let view = shelf.view(&legible_service::models::choices(&context::places()?));
    print.show(&view, |view| {
        view.packs.iter().try_for_each(|pack| print_line(&pack_line(pack, view)))?;
        view.models.iter().try_for_each(|model| print_line(&line(model)))
    })?;
    Ok(Exit::Fine)
}

/// What is fetched is told before, with its licence and its makers: whoever does not agree interrupts.
fn install(shelf: &ModelShelf, ids: &[String]) -> anyhow::Result<Exit> {
    let models = shelf.named(ids)?;
    for model in shelf.absent(&models) {
        let size = megabytes(model.bytes);
        say(&format!("{}: {size}, licence {}, {}", model.id, model.licence, plain(&model.attribution)));
    }
    let installed = shelf.install(&models, &AtomicBool::new(false), &mut show);
    end_progress();
    match installed {
        Ok(paths) => paths.iter().try_for_each(|path| print_line(&path.display().to_string())).map(|()| Exit::Fine),
        // Each source and what to do by hand, each on a line of its own.
        Err(error) => {
            let text = format!("legible: {error}");
            text.lines().for_each(|line| say(&plain(line)));
            Ok(Exit::Nothing)
        }
    }
}

async fn remove(shelf: &ModelShelf, ids: &[String], forget: bool) -> anyhow::Result<Exit> {
    let mut exit = Exit::Nothing;
    for id in ids {
        let removed = shelf.remove(id)?;
        if !removed.gone.is_empty() {
            exit = Exit::Fine;
        }
        removed.gone.iter().try_for_each(|id| print_line(&format!("{id}\tremoved")))?;
        for id in &removed.shared {
            say(&format!("{id} stays: another pack that is installed has it too"));
        }
        for path in &removed.kept {
            say(&format!("{} stays: it is not in Legible's own directory of models", path.display()));
        }
        if removed == Removed::default() {
            say(&format!("{id} is not installed"));
        }
        for id in removed.gone.iter().filter(|_| forget) {
            let parts = ALL_SEEN.map(|part| part.name().to_owned()).to_vec();
            forget_seen(ForgetSeen { parts, model: Some(id.clone()) }).await?;
        }
    }
    Ok(exit)
}

/// Everything that models see.
const ALL_SEEN: [Seen; 4] = [Seen::Labels, Seen::Objects, Seen::Faces, Seen::Embedding];

async fn forget(parts: &[Seen], yes: bool) -> anyhow::Result<Exit> {
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    if !yes {
        let names = names.join(" ");
        say("This deletes what models saw from all images and their sidecars, and cannot be undone.");
        say(&format!("No model looks for it any more, either. To do that: legible models forget {names} --yes"));
        return Ok(Exit::Nothing);
    }
    let parts = names.into_iter().map(str::to_owned).collect();
    forget_seen(ForgetSeen { parts, model: None }).await?;
    Ok(Exit::Fine)
}

/// Has the background forget, and says if nobody works there.
async fn forget_seen(what: ForgetSeen) -> anyhow::Result<()> {
    let saw = what.model.as_ref().map_or(what.parts.join(", "), |model| format!("what {model} saw"));
    let service = context::service(false)?;
    service.forget_seen(what).await?;
    say(&format!("Forgetting {saw} is queued"));
    if service.runner() == Runner::Nobody {
        say("Start the app or `legible run` to work on it.");
    }
    Ok(())
}

fn verify(shelf: &ModelShelf) -> anyhow::Result<Exit> {
    let mut exit = Exit::Fine;
    for (file, default, state) in shelf.verified() {
        print_line(&format!("{file}\t{state}"))?;
        // What is not a default model need not be here; what is here is to be sound.
        if state != "good" && (default || state != "missing") {
            exit = Exit::SomeFailed;
        }
    }
    for (id, problem) in shelf.verified_own() {
        print_line(&format!(
            "{id}\t{}",
            problem.as_deref().map_or("good".to_owned(), |it| format!("damaged: {}", plain(it)))
        ))?;
        if problem.is_some() {
            exit = Exit::SomeFailed;
        }
    }
    Ok(exit)
}

/// Adds each file; what is wrong with one of several is said, and the others are added all the same.
async fn add(shelf: &ModelShelf, files: &[PathBuf], look: bool) -> anyhow::Result<Exit> {
    let mut exit = Exit::Fine;
    for file in files {
        let added = if ModelShelf::is_own(file) { add_own(shelf, file, look).await } else { add_known(shelf, file) };
        match added {
            Ok(()) => {}
            Err(error) if files.len() == 1 => return Err(error),
            Err(error) => {
                report(&error);
                exit = Exit::SomeFailed;
            }
        }
    }
    Ok(exit)
}

fn add_known(shelf: &ModelShelf, file: &Path) -> anyhow::Result<()> {
    print_line(&shelf.add(file, &CancelToken::new())?.display().to_string())
}

async fn add_own(shelf: &ModelShelf, toml: &Path, look: bool) -> anyhow::Result<()> {
    let mut tell = |words: &str| show_progress(&format!("{}: {words}", toml.display()));
    let added = shelf.add_own(toml, &checking_pool(context::worker()?), &CancelToken::new(), &mut tell);
    end_progress();
    let model = added?;
    print_line(&format!("{}\tadded", model.id))?;
    for part in ALL_SEEN.into_iter().filter(|part| model.contract.parts().iter().any(|made| made.name() == part.name()))
    {
        let name = part.name();
        match look {
            true => drop(choose(part, model.id.clone()).await?),
            false => say(&format!("To have it look for {name}: legible models use {name} {}", model.id)),
        }
    }
    Ok(())
}

fn switch_on(shelf: &ModelShelf, id: &str) -> anyhow::Result<Exit> {
    if shelf.switch_on(id) {
        print_line(&format!("{id}\ton"))?;
        return Ok(Exit::Fine);
    }
    say(&format!("{id} is not switched off"));
    Ok(Exit::Nothing)
}

/// Writes the choice into the settings.
async fn choose(part: Seen, model: String) -> anyhow::Result<Exit> {
    let name = part.name();
    let service = context::service(false)?;
    let known = service.models(NoArgs {}).await?.models;
    let fits = |view: &ModelView| view.id == model && view.parts.iter().any(|part| part == name);
    if model != AUTOMATIC && model != NONE && !known.iter().any(fits) {
        let fitting: Vec<_> = known.iter().filter(|view| view.parts.iter().any(|part| part == name)).collect();
        let names = fitting.iter().map(|view| view.id.as_str()).collect::<Vec<_>>().join(", ");
        anyhow::bail!("there is no model {model} for {name}: choose {AUTOMATIC}, {NONE}, or one of {names}");
    }
    let mut settings = service.settings(NoArgs {}).await?;
    let choice = match part {
        Seen::Labels => &mut settings.models.labels,
        Seen::Objects => &mut settings.models.objects,
        Seen::Faces => &mut settings.models.faces,
        Seen::Embedding => &mut settings.models.embedding,
    };
    choice.clone_from(&model);
    service.save_settings(settings).await?;
    // Who chooses a model that failed wants it to look again.
    service.switch_on_model(ModelRef { id: model.clone() }).await?;
    print_line(&format!("{name}\t{model}"))?;
    if known.iter().any(|view| fits(view) && !view.installed) {
        say(&format!("{model} is not installed yet: legible models install {model}"));
    }
    Ok(Exit::Fine)
}

fn pack_line(pack: &PackView, view: &api::Models) -> String {
    let here = match (pack.installed, pack.missing_bytes == pack.bytes) {
        (true, _) => "installed",
        (false, true) => "missing",
        (false, false) => "in part",
    };
    let of_pack = view.models.iter().filter(|model| pack.models.contains(&model.id));
    let mut licences: Vec<&str> = of_pack.map(|model| model.licence.as_str()).collect();
    licences.sort_unstable();
    licences.dedup();
    let (size, licences, models) = (megabytes(pack.bytes), licences.join(", "), pack.models.join(", "));
    format!("{}\t{here}\tpack\t{size}\t{licences}\t{}: {models}", pack.id, pack.purpose)
}

fn line(model: &ModelView) -> String {
    let here = match (model.installed, &model.problem) {
        (_, Some(_)) => "damaged",
        (true, None) if model.off.is_some() => "off",
        (true, None) => "installed",
        (false, None) => "missing",
    };
    let kind = match (model.own, model.default, &model.by_hand) {
        (true, ..) => "own",
        (_, true, _) => "default",
        (.., Some(_)) => "from a file",
        _ => "extra",
    };
    let mut purpose = plain(&model.purpose);
    if !model.used_for.is_empty() {
        purpose += &format!(" (used for {})", model.used_for.join(", "));
    }
    if let Some(off) = &model.off {
        let again = format!("legible models on {}", model.id);
        purpose += &format!(" ({}; to have it look again: {again})", plain(off));
    }
    if let Some(problem) = &model.problem {
        purpose += &format!(" ({})", plain(problem));
    }
    let licence = if model.licence.is_empty() { "-".to_owned() } else { plain(&model.licence) };
    format!("{}\t{here}\t{kind}\t{}\t{licence}\t{purpose}", model.id, megabytes(model.bytes))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn show(model: &str, progress: Progress) {
    match progress {
        Progress::Trying { source } => {
            end_progress();
            say(&format!("{model}: trying {source}"));
        }
        Progress::Failed { source, reason } => {
            end_progress();
            say(&format!("{model}: {source}: {}", plain(reason)));
        }
        Progress::Bytes { done, total } => {
            show_progress(&format!("{model}: {:.1} of {:.1} MB", done as f64 / 1e6, total as f64 / 1e6));
        }
    }
}
