//! `legible cloud transfers`: the files that were last moved to or from a storage.

use super::plan::what_words;
use crate::args::Print;
use crate::output::{Exit, plain, print_line};
use crate::times::moment;
use legible_service::Service;
use legible_service::api::{StorageRef, SyncTransfer};

/// Lists them, the newest last as in a log.
///
/// # Errors
/// When there is no such storage, or the database fails.
pub async fn list(service: &Service, id: i64, print: Print) -> anyhow::Result<Exit> {
    let all = service.transfers(StorageRef { id }).await?.transfers;
    print.show(&all, |all| all.iter().rev().try_for_each(|transfer| print_line(&line(transfer))))?;
    Ok(if all.is_empty() { Exit::Nothing } else { Exit::Fine })
}

fn line(SyncTransfer { at, path, what, bytes, problem }: &SyncTransfer) -> String {
    let failed = problem.as_deref().map_or_else(String::new, |problem| format!("\tfailed: {}", plain(problem)));
    format!("{}\t{}\t{}\t{bytes}{failed}", moment(*at), what_words(*what), plain(path))
}
