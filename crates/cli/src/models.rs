//! `legible models`.

use crate::args::Models;
use crate::context;
use crate::output::{Exit, end_progress, plain, print_line, say, show_progress};
use legible_service::ModelShelf;
use legible_service::api::ModelView;
use legible_service::models::Progress;
use std::sync::atomic::AtomicBool;

/// Looks at models and installs them.
///
/// # Errors
/// When a model cannot be had, or a file is not one of the models.
pub fn models(verb: Models) -> anyhow::Result<Exit> {
    context::log("warn");
    let shelf = ModelShelf::new(&context::places()?)?;
    match verb {
        Models::List(print) => {
            print.show(&shelf.view(), |view| view.models.iter().try_for_each(|model| print_line(&line(model))))?;
            Ok(Exit::Fine)
        }
        Models::Install { ids } => {
            let installed = shelf.install(&shelf.named(&ids)?, &AtomicBool::new(false), &mut show)?;
            end_progress();
            installed.iter().try_for_each(|path| print_line(&path.display().to_string()))?;
            Ok(Exit::Fine)
        }
        Models::Verify => verify(&shelf),
        Models::Add { file } => {
            let added = shelf.add(&file)?;
            print_line(&added.display().to_string())?;
            Ok(Exit::Fine)
        }
    }
}

fn verify(shelf: &ModelShelf) -> anyhow::Result<Exit> {
    let mut exit = Exit::Fine;
    for (file, default, state) in shelf.verified() {
        print_line(&format!("{file}\t{state}"))?;
        if default && state != "good" {
            exit = Exit::SomeFailed;
        }
    }
    Ok(exit)
}

fn line(model: &ModelView) -> String {
    let here = if model.installed { "installed" } else { "missing" };
    let kind = if model.default { "default" } else { "extra" };
    let size = model.bytes as f64 / 1e6;
    format!("{}\t{here}\t{kind}\t{size:.1} MB\t{}\t{}", model.id, model.licence, model.purpose)
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
