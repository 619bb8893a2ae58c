//! Linux: the services of the system and of the desktop, over D-Bus.
//!
//! Each bus has one task: it connects, passes signals on to the bells of those who follow a service, and connects anew
//! when the bus is lost. Nothing here polls, except where a desktop's idle time has no signals.

mod bus;
mod desktop;
mod follow;
mod login;
mod network;
mod power;

use super::board::{Board, Part};
use super::{Buses, Interruption, Needs};
use bus::Bus;
use follow::Patience;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use zbus::Message;

/// One for each that is to look again when its service has something to tell.
#[derive(Default)]
struct Bells {
    power: Notify,
    network: Notify,
    login: Notify,
    lock: Notify,
    desktop: Notify,
}

/// Follows both buses.
pub fn spawn(
    followers: &mut JoinSet<()>,
    board: &Arc<Board>,
    needs: watch::Receiver<Needs>,
    buses: Buses,
    interruptions: Option<mpsc::UnboundedSender<Interruption>>,
    poll: Duration,
) {
    let bells = Arc::new(Bells::default());
    let system = System { board: board.clone(), bells: bells.clone(), address: buses.system, interruptions, poll };
    let session = Session { board: board.clone(), bells, address: buses.session, needs, poll };
    followers.spawn(system.follow());
    followers.spawn(session.follow());
}

/// The bus of UPower, NetworkManager and logind.
struct System {
    board: Arc<Board>,
    bells: Arc<Bells>,
    address: Option<String>,
    interruptions: Option<mpsc::UnboundedSender<Interruption>>,
    poll: Duration,
}

impl System {
    async fn follow(self) {
        let mut absence = Absence::new(&self.board, self.poll);
        loop {
            let end = self.live().await;
            self.board.power(None, power::SOURCE);
            self.board.network(None, network::SOURCE);
            self.board.login(None);
            absence.end(end, &self.board, &[Part::Power, Part::Network, Part::Login]).await;
        }
    }

    async fn live(&self) -> zbus::Result<()> {
        let System { board, bells, poll, .. } = self;
        let bus = Bus::system(self.address.as_deref()).await?;
        let signals = bus.subscribe(&[power::SIGNALS, network::SIGNALS, login::SIGNALS].concat()).await?;
        let (prepare, prepared) = mpsc::unbounded_channel();
        tokio::select! {
            () = signals.listen(|signal| self.hear(signal, &prepare)) => {}
            () = power::follow(&bus, &bells.power, board, *poll) => {}
            () = network::follow(&bus, &bells.network, board, *poll) => {}
            () = login::follow(&bus, &bells.login, board, *poll) => {}
            () = login::guard(&bus, bells, board, self.interruptions.as_ref(), prepared) => {}
        }
        Ok(())
    }

    fn hear(&self, signal: &Message, prepare: &mpsc::UnboundedSender<login::Prepare>) {
        if power::concerns(signal) {
            self.bells.power.notify_one();
        }
        if network::concerns(signal) {
            self.bells.network.notify_one();
        }
        if login::concerns(signal) {
            self.bells.login.notify_one();
        }
        if login::came_back(signal) {
            self.bells.lock.notify_one();
        }
        if let Some(prepare_for) = login::prepare_for(signal) {
            // The guard lives as long as the listener.
            let _ = prepare.send(prepare_for);
        }
    }
}

/// The bus of the person's desktop.
struct Session {
    board: Arc<Board>,
    bells: Arc<Bells>,
    address: Option<String>,
    needs: watch::Receiver<Needs>,
    poll: Duration,
}

impl Session {
    async fn follow(mut self) {
        let mut absence = Absence::new(&self.board, self.poll);
        loop {
            let end = self.live().await;
            self.board.desktop(None);
            absence.end(end, &self.board, &[Part::Desktop]).await;
        }
    }

    async fn live(&mut self) -> zbus::Result<()> {
        let bus = Bus::session(self.address.as_deref()).await?;
        let signals = bus.subscribe(desktop::SIGNALS).await?;
        let hear = |signal: &Message| {
            if desktop::concerns(signal) {
                self.bells.desktop.notify_one();
            }
        };
        tokio::select! {
            () = signals.listen(hear) => {}
            () = desktop::follow(&bus, &self.bells.desktop, &self.board, &mut self.needs, self.poll) => {}
        }
        Ok(())
    }
}

/// The times without a bus. They end when somebody asks, or after pauses that grow.
struct Absence {
    asked: watch::Receiver<u64>,
    patience: Patience,
}

impl Absence {
    fn new(board: &Board, poll: Duration) -> Self {
        Absence { asked: board.asked(), patience: Patience::new(poll) }
    }

    /// Answers for the parts that live on the bus, and waits until it is worth going back.
    async fn end(&mut self, end: zbus::Result<()>, board: &Board, parts: &[Part]) {
        match end {
            Ok(()) => self.patience.renew(),
            Err(error) => tracing::debug!("no bus to ask what the machine is like: {error}"),
        }
        let request = *self.asked.borrow_and_update();
        for part in parts {
            board.answer(*part, request);
        }
        tokio::select! {
            () = self.patience.pause() => {}
            Ok(()) = self.asked.changed() => {}
        }
    }
}
