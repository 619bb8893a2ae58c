//! `legible run`: the background service without a window.

use crate::args::Run;
use crate::output::{Exit, say};
use crate::signals::interrupted;
use crate::{context, open};
use legible_service::Service;
use legible_service::api::{NoArgs, Runner, WireError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often `--until-idle` looks whether anything is left to do.
const LOOK: Duration = Duration::from_millis(300);

/// Runs until interrupted or, if asked, until nothing is left to do. A second signal ends it at once.
///
/// # Errors
/// When the database cannot be used, the process can neither run nor follow, or what is left to do cannot go on until a
/// person does something.
pub async fn run(args: &Run) -> anyhow::Result<Exit> {
    context::log("info");
    let service = context::service(true)?;
    let (stop, stopped) = watch::channel(false);
    let notifying = tokio::spawn(service.clone().notify(Arc::new(|place| open::window(&place))));
    let mut running = tokio::spawn({
        let service = service.clone();
        async move { service.run(stopped).await }
    });
    let standstill = tokio::select! {
        () = interrupted() => None,
        standstill = idle(&service), if args.until_idle => standstill,
        // It ends by itself only when it cannot go on. Whoever started it is to know.
        ended = &mut running => return ended?.map(|()| Exit::Fine).map_err(Into::into),
    };
    let _ = stop.send(true);
    tokio::select! {
        ended = running => ended??,
        () = interrupted() => {}
    }
    notifying.abort();
    match standstill {
        Some(error) => Err(error.into()),
        None => Ok(Exit::Fine),
    }
}

/// Waits until nothing is left to do, or nothing can go on; then says why.
async fn idle(service: &Service) -> Option<WireError> {
    loop {
        tokio::time::sleep(LOOK).await;
        // Asked first: what settles meanwhile is in the queue then.
        let calm = service.folders_are_calm();
        let Ok(status) = service.status(NoArgs {}).await else { continue };
        // Before anybody runs the jobs, what is due is not in the queue yet.
        if calm && status.runner != Runner::Nobody && status.waiting == 0 && status.running == 0 {
            return None;
        }
        if let Ok(Some(error)) = service.standstill(None).await {
            return Some(error);
        }
        if status.runner == Runner::Here
            && let Ok(Some(words)) = service.rest_waits_for().await
        {
            say(&format!("What is left waits for {words}."));
            return None;
        }
    }
}
