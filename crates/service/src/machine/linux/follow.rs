//! Following one service: its user reads it, tells what it says, and waits here until it is to be read again.

use super::bus::Failure;
use crate::limits::MACHINE_PATIENCE;
use crate::machine::board::{Board, Part};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// The rounds of reading one service: one at the start, and one when its bell rings or somebody asks. Without an answer
/// the fact is unknown until the service says something; only one that keeps silent is asked again by itself.
pub struct Rounds<'a> {
    part: Part,
    bell: &'a Notify,
    board: &'a Board,
    asked: watch::Receiver<u64>,
    request: u64,
    patience: Patience,
    silent: bool,
}

impl<'a> Rounds<'a> {
    /// The first pause before a silent service is asked again is `poll`.
    pub fn new(part: Part, bell: &'a Notify, board: &'a Board, poll: Duration) -> Self {
        let mut asked = board.asked();
        let request = *asked.borrow_and_update();
        Rounds { part, bell, board, asked, request, patience: Patience::new(poll), silent: false }
    }

    /// What was read, if anything.
    pub fn read<T>(&mut self, answer: Result<T, Failure>) -> Option<T> {
        self.silent = matches!(answer, Err(Failure::Silence));
        if !self.silent {
            self.patience.renew();
        }
        answer.inspect_err(|failure| tracing::debug!("{:?} is unknown: {failure}", self.part)).ok()
    }

    /// Waits for the next round. What was read has been told before.
    pub async fn next(&mut self) {
        self.board.answer(self.part, self.request);
        tokio::select! {
            () = self.bell.notified() => {}
            Ok(()) = self.asked.changed() => {}
            () = self.patience.pause(), if self.silent => {}
        }
        self.request = *self.asked.borrow_and_update();
    }
}

/// How long to wait before going back to whoever did not answer: longer each time.
pub struct Patience {
    first: Duration,
    next: Duration,
}

impl Patience {
    /// The first pause.
    pub fn new(first: Duration) -> Self {
        Patience { first, next: first }
    }

    /// The next pause is the first one again.
    pub fn renew(&mut self) {
        self.next = self.first;
    }

    /// Waits.
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 2).min(MACHINE_PATIENCE.max(self.first));
    }
}
