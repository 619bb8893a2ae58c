//! `legible cloud conflicts`: images of which two versions were kept.

use crate::args::Print;
use crate::output::{Exit, plain, print_line};
use anyhow::Context;
use legible_service::Service;
use legible_service::api::{KeepOne, NoArgs, SyncConflict, TellApart};

/// Lists them, or settles one.
///
/// # Errors
/// When an image is in no conflict, or the library cannot be changed.
pub async fn settle(
    service: &Service,
    keep: Option<i64>,
    keep_both: Option<i64>,
    print: Print,
) -> anyhow::Result<Exit> {
    let all = service.conflicts(NoArgs {}).await?.conflicts;
    let Some(chosen) = keep.or(keep_both) else {
        print.show(&all, |all| all.iter().try_for_each(|conflict| print_line(&line(conflict))))?;
        return Ok(if all.is_empty() { Exit::Nothing } else { Exit::Fine });
    };
    let found = all.iter().find(|conflict| [conflict.card.id, conflict.other.id].contains(&chosen));
    let conflict = found.with_context(|| format!("Image {chosen} is in no conflict."))?;
    let other = if conflict.card.id == chosen { conflict.other.id } else { conflict.card.id };
    if keep_both.is_some() {
        service.tell_apart(TellApart { ids: vec![chosen, other], apart: true }).await?;
        print_line(&format!("images {chosen} and {other} are kept"))?;
    } else {
        service.keep_one(KeepOne { keep: chosen, others: vec![other] }).await?;
        print_line(&format!("image {chosen} is kept, image {other} is in the trash"))?;
    }
    Ok(Exit::Fine)
}

fn line(conflict: &SyncConflict) -> String {
    let SyncConflict { of, device, here, day, card, bytes, other, other_bytes, .. } = conflict;
    let machine = if *here { ", this machine," } else { "" };
    let (of, device) = (plain(of), plain(device));
    format!("{of}\t{} ({bytes} bytes, kept by {device}{machine} on {day})\t{} ({other_bytes} bytes)", card.id, other.id)
}
