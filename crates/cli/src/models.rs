//! `legible models`.

use crate::args::Models;
use crate::context;
use crate::output::{Exit, print_json, print_line};
use legible_service::ModelShelf;
use legible_service::models::Progress;
use std::io::{IsTerminal, Write};
use std::sync::atomic::AtomicBool;

/// Looks at models and installs them.
///
/// # Errors
/// When a model cannot be had, or a file is not one of the models.
pub fn models(verb: Models) -> anyhow::Result<Exit> {
    context::log("warn");
    let shelf = ModelShelf::new(&context::places()?)?;
    match verb {
        Models::List { json: true } => print_json(&shelf.view()).map(|()| Exit::Fine),
        Models::List { json: false } => {
            for model in shelf.view().models {
                let here = if model.installed { "installed" } else { "missing" };
                let kind = if model.default { "default" } else { "extra" };
                let size = model.bytes as f64 / 1e6;
                print_line(&format!(
                    "{}\t{here}\t{kind}\t{size:.1} MB\t{}\t{}",
                    model.id, model.licence, model.purpose
                ))?;
            }
            Ok(Exit::Fine)
        }
        Models::Install { ids } => {
            let installed = shelf.install(&shelf.named(&ids)?, &AtomicBool::new(false), &mut show)?;
            end_line();
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

fn show(model: &str, progress: Progress) {
    let terminal = std::io::stderr().is_terminal();
    match progress {
        Progress::Trying { source } => {
            end_line();
            eprintln!("{model}: trying {source}");
        }
        Progress::Failed { source, reason } => {
            end_line();
            eprintln!("{model}: {source}: {reason}");
        }
        Progress::Bytes { done, total } if terminal => {
            eprint!("\r\x1b[K{model}: {:.1} of {:.1} MB", done as f64 / 1e6, total as f64 / 1e6);
            // A line that cannot be drawn is no reason to stop.
            let _ = std::io::stderr().flush();
        }
        _ => {}
    }
}

fn end_line() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}
