//! `legible capture`: what is on the screen, as text.

use crate::args::Capture;
use crate::output::{Exit, print_text, say};
use crate::{clipboard, context, follow, open};
use anyhow::Context;
use legible_service::api::{NoArgs, SourceSpec};
use legible_service::screen::{What, WhichDisplay, WhichWindow, region};
use legible_service::{Captured, Service};
use serde_json::json;

/// Takes a picture of the screen and prints its text.
///
/// # Errors
/// When no picture can be taken, or it cannot be taken in or read.
pub async fn capture(args: Capture) -> anyhow::Result<Exit> {
    context::log("warn");
    let Some(what) = what(&args)? else { return open::region() };
    let service = context::service(!args.no_wait)?;
    let taken = service.clone();
    let Captured { item, warnings } = tokio::task::spawn_blocking(move || taken.capture_screen(&what)).await??;
    warnings.iter().for_each(|warning| say(warning));
    if args.no_wait {
        context::say_if_nobody_runs(&service);
        return Ok(Exit::Fine);
    }
    let text = follow::reading(service.clone(), item).await?;
    if args.copy || copies(&service).await? {
        clipboard::hold(&text)?;
    }
    args.print.show(&json!({ "item": item, "text": text }), |_| {
        if text.is_empty() {
            say("There is no text in the picture.");
            return Ok(());
        }
        print_text(&text)
    })?;
    Ok(Exit::Fine)
}

/// What a picture is taken of; nothing when the person is to drag it out.
fn what(args: &Capture) -> anyhow::Result<Option<What>> {
    Ok(Some(match (&args.region, &args.display) {
        (Some(typed), _) if typed.is_empty() => return Ok(None),
        (Some(typed), _) => What::Region(region::parse(typed)?),
        (None, Some(display)) => What::Display(match (display.as_str(), display.parse::<usize>()) {
            ("pointer", _) => WhichDisplay::UnderPointer,
            (_, Ok(number)) => WhichDisplay::Nth(number.checked_sub(1).context("displays are counted from 1")?),
            _ => WhichDisplay::Named(display.clone()),
        }),
        (None, None) if args.window => What::Window(WhichWindow::Active),
        (None, None) => What::All,
    }))
}

/// Whether the text goes to the clipboard by itself.
async fn copies(service: &Service) -> anyhow::Result<bool> {
    let sources = service.sources(NoArgs {}).await?.sources;
    Ok(sources.iter().any(|source| matches!(source.draft.spec, SourceSpec::Screen { copy: true, .. })))
}
