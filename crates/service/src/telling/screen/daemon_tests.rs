//! Notifications on a real session bus: with dunst, and with a service of our own that hangs and dies as told. Skipped,
//! and loudly so, where the programs are not installed.

use super::bus::serve;
use super::*;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedReceiver;
use zbus::Connection;
use zbus::OwnedVariant;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The longest a condition is waited for.
const DEADLINE: Duration = Duration::from_secs(30);

/// A session bus of its own, and what runs on it.
struct Session {
    address: String,
    display: Option<String>,
    children: Vec<Child>,
}

impl Session {
    fn start() -> Option<Self> {
        let mut session = Session { address: String::new(), display: None, children: vec![] };
        session.address = session.first_line("dbus-daemon", &["--session", "--nofork", "--print-address=1"])?;
        Some(session)
    }

    /// Starts dunst on an X server of its own.
    fn start_dunst(&mut self) -> Option<()> {
        let display =
            self.first_line("Xvfb", &["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])?;
        self.display = Some(format!(":{display}"));
        let child = self.command("dunst").spawn();
        self.children.push(child.inspect_err(|_| skip("dunst")).ok()?);
        wait_for("dunst answers", || self.dunst(&["count"]).contains("Waiting").then_some(()));
        Some(())
    }

    fn dunst(&self, arguments: &[&str]) -> String {
        let output = self.command("dunstctl").args(arguments).stdout(Stdio::piped()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).envs(self.display.as_ref().map(|d| ("DISPLAY", d)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn first_line(&mut self, program: &str, arguments: &[&str]) -> Option<String> {
        let child = self.command(program).args(arguments).stdout(Stdio::piped()).spawn();
        let mut child = child.inspect_err(|_| skip(program)).ok()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.children.push(child);
        Some(line.trim().to_owned())
    }

    /// A screen on this bus.
    fn screen(&self) -> (Screen, UnboundedReceiver<Response>) {
        let (orders, queue) = mpsc::channel(BACKLOG);
        let (to_person, responses) = mpsc::unbounded_channel();
        tokio::spawn(serve(Some(self.address.clone()), queue, to_person));
        (Screen { orders }, responses)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn skip(program: &str) {
    eprintln!("SKIPPED: {program} is not installed, so nothing is known of notifications here");
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + DEADLINE;
    loop {
        match look() {
            Some(seen) => return seen,
            None => assert!(Instant::now() < until, "never: {what}"),
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

async fn response(responses: &mut UnboundedReceiver<Response>) -> Response {
    tokio::time::timeout(DEADLINE, responses.recv()).await.expect("a response").unwrap()
}

fn card(topic: &str, summary: &str) -> Card {
    Card {
        topic: Some(topic.to_owned()),
        summary: summary.to_owned(),
        body: "a <b> & c".to_owned(),
        place: Place::Item { id: 7 },
        acts: vec![Act::Finish { reminder: 3 }, Act::Snooze { reminder: 3, minutes: 10 }],
        progress: false,
        percent: None,
        pressing: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dunst_shows_replaces_and_says_what_was_clicked() {
    let Some(mut session) = Session::start() else { return };
    let Some(()) = session.start_dunst() else { return };
    let (screen, mut responses) = session.screen();
    let displayed = |session: &Session| session.dunst(&["count", "displayed"]).trim().to_owned();
    let progress = |percent| Card { progress: true, percent: Some(percent), ..card("batch:1", "Scans") };
    screen.show(progress(20));
    wait_for("it is shown", || (displayed(&session) == "1").then_some(()));
    screen.show(progress(60));
    screen.show(card("batch:1", "3 images read"));
    screen.show(card("reminder:1", "Rent"));
    wait_for("the other is shown beside it", || (displayed(&session) == "2").then_some(()));
    screen.close("reminder:1");
    wait_for("it is taken away", || (displayed(&session) == "1").then_some(()));
    session.dunst(&["action"]);
    assert_eq!(response(&mut responses).await, Response::Open(Place::Item { id: 7 }));
    session.dunst(&["close-all"]);
    // The history tells bodies in the markup that dunst was sent.
    let history: serde_json::Value = serde_json::from_str(&session.dunst(&["history"])).unwrap();
    let shown = history["data"][0].as_array().unwrap();
    let texts: Vec<_> = shown.iter().map(|one| (&one["summary"]["data"], &one["body"]["data"])).collect();
    assert_eq!(texts.len(), 2, "the end took the place of the progress: {history}");
    assert!(
        texts.iter().any(|(summary, body)| *summary == "3 images read" && *body == "a &lt;b&gt; &amp; c"),
        "{texts:?}"
    );
}

/// What our own service was told to show: its id, the id that it replaces, the summary, the actions, and the percent.
type Asked = (u32, u32, String, Vec<String>, Option<i32>);

/// A notification service that keeps what it is asked and hangs as told.
#[derive(Clone, Default)]
struct Service {
    asked: Arc<Mutex<Vec<Asked>>>,
    hangs: Arc<Mutex<bool>>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments, reason = "the specification has so many")]
    async fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        _body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
    ) -> u32 {
        if *self.hangs.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        let mut asked = self.asked.lock().unwrap();
        let id = if replaces == 0 { u32::try_from(asked.len()).unwrap() + 1 } else { replaces };
        let percent = hints.get("value").map(|value| i32::try_from(value).unwrap());
        asked.push((id, replaces, summary, actions, percent));
        id
    }

    async fn close_notification(&self, _id: u32) {}

    async fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into(), "actions".into()]
    }

    async fn get_server_information(&self) -> (String, String, String, String) {
        ("Plasma".into(), "test".into(), "1".into(), "1.2".into())
    }
}

impl Service {
    /// Puts it on the bus.
    async fn serve(&self, session: &Session) -> Connection {
        let builder = zbus::connection::Builder::address(session.address.as_str());
        builder.serve_at(PATH, self.clone()).name(NAME).build().await.unwrap()
    }

    fn asked(&self, count: usize) -> Vec<Asked> {
        wait_for("it was asked", || Some(self.asked.lock().unwrap().clone()).filter(|asked| asked.len() >= count))
    }
}

async fn invoke(connection: &Connection, id: u32, key: &str) {
    connection.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(id, key)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_come_back_and_progress_is_replaced() {
    let Some(session) = Session::start() else { return };
    let service = Service::default();
    let connection = service.serve(&session).await;
    let (screen, mut responses) = session.screen();
    screen.show(Card { progress: true, percent: Some(40), ..card("batch:1", "Scans") });
    screen.show(card("batch:1", "3 images read"));
    screen.show(card("reminder:1", "Rent"));
    let asked = service.asked(3);
    assert_eq!((asked[0].0, asked[0].4), (1, Some(40)));
    assert_eq!((asked[1].1, asked[1].4), (1, None), "it replaces the first");
    assert_eq!(asked[2].3, ["default", "Open", "0", "Done", "1", "In 10 minutes"]);
    // Neither an unknown notification nor an unknown key does anything.
    invoke(&connection, 99, "default").await;
    invoke(&connection, 3, "7").await;
    invoke(&connection, 3, "1").await;
    assert_eq!(response(&mut responses).await, Response::Act(Act::Snooze { reminder: 3, minutes: 10 }));
    invoke(&connection, 3, "0").await;
    assert_eq!(response(&mut responses).await, Response::Act(Act::Finish { reminder: 3 }));
    // What is closed is forgotten: the next one of the topic is a new one.
    connection.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &(3_u32, 2_u32)).await.unwrap();
    invoke(&connection, 1, "default").await;
    assert_eq!(response(&mut responses).await, Response::Open(Place::Item { id: 7 }));
    screen.show(card("reminder:1", "Rent"));
    assert_eq!(service.asked(4)[3].1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hangs_or_dies_holds_nothing_up() {
    let Some(session) = Session::start() else { return };
    let service = Service::default();
    *service.hangs.lock().unwrap() = true;
    let connection = service.serve(&session).await;
    let (screen, mut responses) = session.screen();
    let began = Instant::now();
    for _ in 0..3 * BACKLOG {
        screen.show(card("a", "lost"));
    }
    assert!(began.elapsed() < Duration::from_secs(1), "whoever shows does not wait");
    // It dies, and another one takes its place on the same bus.
    connection.close().await.unwrap();
    let next = Service::default();
    let connection = next.serve(&session).await;
    wait_for("the next service is asked", || {
        screen.show(card("b", "after"));
        let asked = next.asked.lock().unwrap();
        asked.iter().any(|(_, _, summary, ..)| summary == "after").then_some(())
    });
    let id = next.asked.lock().unwrap().last().unwrap().0;
    invoke(&connection, id, "default").await;
    assert_eq!(response(&mut responses).await, Response::Open(Place::Item { id: 7 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_bus_nothing_is_shown_and_nothing_breaks() {
    let (orders, queue) = mpsc::channel(BACKLOG);
    let (to_person, _responses) = mpsc::unbounded_channel();
    let nowhere = Some("unix:path=/nonexistent/bus".to_owned());
    let serving = tokio::spawn(serve(nowhere, queue, to_person));
    let screen = Screen { orders };
    screen.show(card("a", "lost"));
    screen.close("a");
    drop(screen);
    tokio::time::timeout(DEADLINE, serving).await.expect("the task ends with the screen").unwrap();
}
