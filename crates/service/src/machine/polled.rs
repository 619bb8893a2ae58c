//! Windows and macOS: one look at power, network and person, once in a while and only while a job needs any of them.

#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod native;
#[cfg(windows)]
#[path = "windows.rs"]
mod native;

use super::board::{Board, Part};
use super::{Needs, due};
use crate::limits::{AWAY_AFTER, MACHINE_ANSWER};
use legible_jobs::User;
use native::Native;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout};

/// Looks now, when asked, and every `poll` while it is needed.
pub async fn follow(board: Arc<Board>, mut needs: watch::Receiver<Needs>, poll: Duration) {
    let mut asked = board.asked();
    let native = Arc::new(Native::new());
    // A look may hang: then there is no second one beside it.
    let mut looking: Option<JoinHandle<native::Seen>> = None;
    loop {
        let request = *asked.borrow_and_update();
        let looked = looking.get_or_insert_with(|| {
            let native = native.clone();
            spawn_blocking(move || native.look())
        });
        let seen = match timeout(MACHINE_ANSWER, looked).await {
            Ok(seen) => {
                looking = None;
                seen.unwrap_or_default()
            }
            Err(_) => native::Seen::default(),
        };
        board.power(seen.power, native::SOURCE);
        board.network(seen.network, native::SOURCE);
        board.desktop(seen.idle.map(|idle| (user(idle, board.now()), native::SOURCE)));
        for part in [Part::Power, Part::Network, Part::Desktop] {
            board.answer(part, request);
        }
        let next = Instant::now() + poll;
        due(&mut asked, &mut needs, |needs| needs.power || needs.network || needs.user, next).await;
    }
}

fn user(idle: Duration, now: i64) -> User {
    match i64::try_from(idle.as_millis()) {
        Ok(idle_ms) if idle >= AWAY_AFTER => User::AwaySince(now.saturating_sub(idle_ms).max(0)),
        Ok(_) => User::Present,
        Err(_) => User::Unknown,
    }
}
