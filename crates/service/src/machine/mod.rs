//! What this machine is like, told as it changes: network, power, the person in front of it, free disk.
//!
//! On Linux the system's services tell changes by signals (UPower, NetworkManager, logind, GNOME's idle monitor); what
//! none of them tells is looked at once a minute, and only while a job [needs](Watch::need) it. On Windows and macOS all
//! of it is looked at that way. A service that is absent, hangs, or answers nonsense makes its fact unknown, no more.

mod board;
mod disk;
mod facts;
mod interruption;
#[cfg(all(unix, not(target_os = "macos")))]
mod linux;
#[cfg(any(windows, target_os = "macos"))]
mod polled;

pub use facts::Fact;
pub use interruption::{Hold, Interruption, Occasion};

use crate::clock::Clock;
use crate::limits::{MACHINE_ANSWER, MACHINE_POLL};
use board::Board;
use legible_jobs::Machine;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// What a [`watch`](fn@watch) looks at, and how.
pub struct Config {
    /// Tells since when a person is away.
    pub clock: Arc<dyn Clock>,
    /// Where the library lies, whose disk counts; asked before each look.
    pub folder: Box<dyn Fn() -> PathBuf + Send + Sync>,
    /// Who is told before the machine sleeps or shuts down, and may hold it for some seconds. Nobody: nothing is held.
    pub interruptions: Option<mpsc::UnboundedSender<Interruption>>,
    /// Where the services of a Linux system answer.
    pub buses: Buses,
    /// The shortest time between two looks at what the machine does not tell by itself.
    pub poll: Duration,
}

impl Config {
    /// The machine's own buses, and nobody told of interruptions.
    pub fn new(clock: Arc<dyn Clock>, folder: impl Fn() -> PathBuf + Send + Sync + 'static) -> Self {
        let (folder, buses) = (Box::new(folder), Buses::default());
        Config { clock, folder, interruptions: None, buses, poll: MACHINE_POLL }
    }
}

/// D-Bus addresses. `None` is the standard one (`DBUS_SYSTEM_BUS_ADDRESS`, `DBUS_SESSION_BUS_ADDRESS`, or the default).
/// Windows and macOS have no use for them.
#[derive(Debug, Clone, Default)]
pub struct Buses {
    /// Of UPower, NetworkManager and logind.
    pub system: Option<String>,
    /// Of the desktop, which knows when there was input.
    pub session: Option<String>,
}

/// What jobs wait for, or must not lose, just now. What nobody needs is not polled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Power and battery. Linux tells their changes by itself.
    pub power: bool,
    /// The network. Linux tells its changes by itself.
    pub network: bool,
    /// Whether the person is away.
    pub user: bool,
    /// Free disk.
    pub disk: bool,
}

/// The machine, followed until this is dropped.
pub struct Watch {
    machine: watch::Receiver<Machine>,
    needs: watch::Sender<Needs>,
    board: Arc<Board>,
    _followers: JoinSet<()>,
}

/// Follows the machine, on the tokio runtime this is called in.
///
/// At first everything is unknown; [`Watch::look`] waits for the first answers.
pub fn watch(config: Config) -> Watch {
    let Config { clock, folder, interruptions, buses, poll } = config;
    let (sender, machine) = watch::channel(Machine::default());
    let (needs, needed) = watch::channel(Needs::default());
    let board = Arc::new(Board::new(sender, clock));
    let mut followers = JoinSet::new();
    followers.spawn(disk::follow(board.clone(), needed.clone(), folder, poll));
    #[cfg(all(unix, not(target_os = "macos")))]
    linux::spawn(&mut followers, &board, needed, buses, interruptions, poll);
    #[cfg(any(windows, target_os = "macos"))]
    {
        drop((buses, interruptions));
        followers.spawn(polled::follow(board.clone(), needed, poll));
    }
    Watch { machine, needs, board, _followers: followers }
}

impl Watch {
    /// The machine now and each change of it. It is also told anew, though nothing changed, when the machine woke from
    /// sleep, since the clock has jumped then.
    pub fn machine(&self) -> watch::Receiver<Machine> {
        self.machine.clone()
    }

    /// Says what jobs need from now on. What becomes needed is looked at at once, unless that was done a moment ago.
    pub fn need(&self, needs: Needs) {
        self.needs.send_if_modified(|old| std::mem::replace(old, needs) != needs);
    }

    /// Looks at everything anew, for a person who asks, and returns when that is done or a service takes too long.
    pub async fn look(&self) {
        let asked = self.board.ask();
        let deadline = Instant::now() + 2 * MACHINE_ANSWER;
        let mut answered = self.board.answered();
        // After the deadline the fact of whoever is late is unknown, which is what there is to tell.
        let _ = tokio::time::timeout_at(deadline, answered.wait_for(|by| by.iter().all(|last| *last >= asked))).await;
    }

    /// What is known now, in words, and who told it.
    pub fn facts(&self) -> Vec<Fact> {
        facts::facts(&self.machine.borrow(), &self.board.sources(), self.board.now())
    }
}

/// Waits until a part is to be looked at: at once when asked, and from `next` on while it is needed.
async fn due(
    asked: &mut watch::Receiver<u64>,
    needs: &mut watch::Receiver<Needs>,
    needed: impl Fn(&Needs) -> bool,
    next: Instant,
) {
    loop {
        let needed = needed(&needs.borrow_and_update());
        tokio::select! {
            Ok(()) = asked.changed() => return,
            Ok(()) = needs.changed() => {}
            () = tokio::time::sleep_until(next), if needed => return,
            // Nobody can ask or need any more: the watch is gone, and with it soon this task.
            else => return std::future::pending().await,
        }
    }
}
