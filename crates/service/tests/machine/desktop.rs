//! The person: GNOME's idle monitor, which tells, and the screen saver interface, which is asked.

use crate::bus::{Bus, NEVER, NOW, Test, eventually, until};
use legible_jobs::User;
use legible_service::machine::Needs;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, fdo, interface};

pub const TESTS: &[Test] = &[
    ("gnome_tells_who_goes_and_comes", || Box::pin(gnome_tells_who_goes_and_comes())),
    ("an_idle_time_is_polled_while_it_is_needed", || Box::pin(an_idle_time_is_polled_while_it_is_needed())),
    ("a_running_screen_saver_means_away", || Box::pin(a_running_screen_saver_means_away())),
];

const USER: Needs = Needs { power: false, network: false, user: true, disk: false };

/// What a monitor was asked to tell.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
enum Armed {
    #[default]
    Nothing,
    /// No input for as many milliseconds.
    Idle(u64),
    Active,
}

#[derive(Default)]
struct Monitor {
    idle: AtomicU64,
    asked: AtomicU32,
    armed: Mutex<Armed>,
}

struct Mutter(Arc<Monitor>);

#[interface(name = "org.gnome.Mutter.IdleMonitor")]
impl Mutter {
    fn get_idletime(&self) -> u64 {
        self.0.asked.fetch_add(1, SeqCst);
        self.0.idle.load(SeqCst)
    }
    fn add_idle_watch(&self, interval: u64) -> u32 {
        *self.0.armed.lock().unwrap() = Armed::Idle(interval);
        1
    }
    fn add_user_active_watch(&self) -> u32 {
        *self.0.armed.lock().unwrap() = Armed::Active;
        1
    }
    fn remove_watch(&self, _id: u32) {
        *self.0.armed.lock().unwrap() = Armed::Nothing;
    }
    #[zbus(signal)]
    async fn watch_fired(emitter: &SignalEmitter<'_>, id: u32) -> zbus::Result<()>;
}

async fn gnome_tells_who_goes_and_comes() {
    const PATH: &str = "/org/gnome/Mutter/IdleMonitor/Core";
    let bus = Bus::start().await;
    let monitor = Arc::new(Monitor::default());
    let service = bus.service().serve_at(PATH, Mutter(monitor.clone()));
    let gnome: Connection = service.name("org.gnome.Mutter.IdleMonitor").build().await.unwrap();
    let fire = async || {
        let mutter = gnome.object_server().interface::<_, Mutter>(PATH).await.unwrap();
        Mutter::watch_fired(mutter.signal_emitter(), 1).await.unwrap();
    };
    let armed = |expected: Armed| {
        let monitor = monitor.clone();
        let what = format!("{expected:?} is watched");
        async move { eventually(&what, || async { *monitor.armed.lock().unwrap() == expected }).await }
    };

    let watch = bus.watch(NEVER);
    watch.look().await;
    let mut machine = watch.machine();
    assert_eq!(machine.borrow().user, User::Present);
    assert_eq!(watch.facts()[2].source.as_deref(), Some("GNOME"));
    armed(Armed::Nothing).await;

    watch.need(USER);
    armed(Armed::Idle(60_000)).await;
    monitor.idle.store(60_000, SeqCst);
    fire().await;
    until(&mut machine, "nobody is there", |m| m.user == User::AwaySince(NOW - 60_000)).await;
    armed(Armed::Active).await;
    monitor.idle.store(3, SeqCst);
    fire().await;
    until(&mut machine, "somebody is back", |m| m.user == User::Present).await;
    armed(Armed::Idle(60_000)).await;
    monitor.idle.store(u64::MAX, SeqCst);
    fire().await;
    until(&mut machine, "nonsense is unknown", |m| m.user == User::Unknown).await;

    watch.need(Needs::default());
    armed(Armed::Nothing).await;
    let asked = monitor.asked.load(SeqCst);
    fire().await;
    watch.look().await;
    assert_eq!(monitor.asked.load(SeqCst), asked + 1, "only the look asks when nobody needs it");
}

#[derive(Default)]
struct Saver {
    idle: AtomicU32,
    active: AtomicBool,
    has_no_time: AtomicBool,
    asked: AtomicU32,
}

struct ScreenSaver(Arc<Saver>);

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn get_session_idle_time(&self) -> fdo::Result<u32> {
        self.0.asked.fetch_add(1, SeqCst);
        match self.0.has_no_time.load(SeqCst) {
            true => Err(fdo::Error::NotSupported("not under Wayland".into())),
            false => Ok(self.0.idle.load(SeqCst)),
        }
    }
    fn get_active(&self) -> bool {
        self.0.active.load(SeqCst)
    }
    #[zbus(signal)]
    async fn active_changed(emitter: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

const SAVER: &str = "/org/freedesktop/ScreenSaver";

async fn saver(bus: &Bus) -> (Arc<Saver>, Connection) {
    let saver = Arc::new(Saver::default());
    let service = bus.service().serve_at(SAVER, ScreenSaver(saver.clone()));
    (saver, service.name("org.freedesktop.ScreenSaver").build().await.unwrap())
}

async fn an_idle_time_is_polled_while_it_is_needed() {
    let bus = Bus::start().await;
    let (saver, _desktop) = saver(&bus).await;
    saver.idle.store(123_456, SeqCst);
    let poll = Duration::from_millis(50);
    let watch = bus.watch(poll);
    watch.look().await;
    let mut machine = watch.machine();
    let asked = saver.asked.load(SeqCst);
    until(&mut machine, "what nobody needs is forgotten", |m| m.user == User::Unknown).await;
    sleep(20 * poll).await;
    assert_eq!(saver.asked.load(SeqCst), asked, "nobody needs it, and it was asked for");

    watch.need(USER);
    until(&mut machine, "nobody is there", |m| m.user == User::AwaySince(NOW - 123_456)).await;
    saver.idle.store(200, SeqCst);
    until(&mut machine, "somebody is back", |m| m.user == User::Present).await;
    watch.need(Needs::default());
    until(&mut machine, "what nobody needs is forgotten", |m| m.user == User::Unknown).await;
    let asked = saver.asked.load(SeqCst);
    sleep(20 * poll).await;
    assert_eq!(saver.asked.load(SeqCst), asked, "nobody needs it any more, and it was asked for");
}

async fn a_running_screen_saver_means_away() {
    let bus = Bus::start().await;
    let (saver, desktop) = saver(&bus).await;
    saver.has_no_time.store(true, SeqCst);
    let watch = bus.watch(NEVER);
    watch.look().await;
    watch.need(USER);
    let mut machine = watch.machine();
    let turn = async |active: bool| {
        saver.active.store(active, SeqCst);
        let server = desktop.object_server().interface::<_, ScreenSaver>(SAVER).await.unwrap();
        ScreenSaver::active_changed(server.signal_emitter(), active).await.unwrap();
    };
    turn(true).await;
    until(&mut machine, "the screen saver runs", |m| m.user == User::AwaySince(NOW)).await;
    turn(false).await;
    until(&mut machine, "it says nothing of who is there", |m| m.user == User::Unknown).await;
}
