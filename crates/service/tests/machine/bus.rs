//! A bus with mocks on it, and a watch that looks at it.

use legible_jobs::Machine;
use legible_service::clock::ManualClock;
use legible_service::machine::{Buses, Config, Watch};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use zbus::fdo::DBusProxy;
use zbus::{Connection, Variant, connection};

/// A test and its name.
pub type Test = (&'static str, fn() -> Pin<Box<dyn Future<Output = ()>>>);

/// The longest a test waits for something to happen.
pub const IN_TIME: Duration = Duration::from_secs(30);

/// So that what is seen was told, not polled.
pub const NEVER: Duration = Duration::from_secs(3600);

/// The time of the watch, in milliseconds since the Unix epoch.
pub const NOW: i64 = 1_800_000_000_000;

pub const UPOWER: (&str, &str, &str) = ("org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower");
pub const NETWORK: (&str, &str, &str) =
    ("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager");
pub const LOGIND: (&str, &str, &str) =
    ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager");

const MOCK: &str = "org.freedesktop.DBus.Mock";

/// Debian's, which has the modules of Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

/// What these tests need and this machine has not.
pub fn missing() -> Option<&'static str> {
    let works = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !works("dbus-daemon", &["--version"]) {
        return Some("dbus-daemon");
    }
    (!works(PYTHON, &["-c", "import dbusmock"])).then_some("python-dbusmock")
}

/// A message bus that knows no services but those a test puts on it. It and they end with this.
pub struct Bus {
    dir: TempDir,
    daemon: Child,
    pub address: String,
    connection: Option<Connection>,
}

impl Bus {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", dir.path().join("bus").display());
        let daemon = daemon(dir.path(), &address);
        let connection = connection::Builder::address(address.as_str()).build().await.unwrap();
        Bus { dir, daemon, address, connection: Some(connection) }
    }

    /// Ends the bus and starts it anew, without anybody on it.
    pub async fn restart(&mut self) {
        self.connection = None;
        end(&mut self.daemon);
        let _ = std::fs::remove_file(self.dir.path().join("bus"));
        self.daemon = daemon(self.dir.path(), &self.address);
        self.connection = Some(connection::Builder::address(self.address.as_str()).build().await.unwrap());
    }

    /// The test's own connection.
    pub fn connection(&self) -> &Connection {
        self.connection.as_ref().unwrap()
    }

    /// A new connection, for a service of the test's own.
    pub fn service(&self) -> connection::Builder<'_> {
        connection::Builder::address(self.address.as_str())
    }

    /// Puts one of dbusmock's services on the bus.
    pub async fn mock(&self, template: &str, name: &'static str) -> Mock {
        let mut command = Command::new(PYTHON);
        command.args(["-m", "dbusmock", "--template", template]);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &self.address).env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        let process = command.stdout(Stdio::null()).spawn().unwrap();
        self.has(name, true).await;
        Mock(process)
    }

    /// Waits until a service is on the bus, or is not.
    pub async fn has(&self, name: &'static str, there: bool) {
        let bus = DBusProxy::new(self.connection()).await.unwrap();
        let waiting = async {
            while bus.name_has_owner(name.try_into().unwrap()).await.unwrap() != there {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(IN_TIME, waiting).await.unwrap_or_else(|_| panic!("{name} is there: {}", !there));
    }

    /// Calls a method of a mock's control.
    pub async fn control<B>(&self, service: &str, path: &str, method: &str, body: &B) -> zbus::Message
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        self.connection().call_method(Some(service), path, Some(MOCK), method, body).await.unwrap()
    }

    /// Changes properties of a mock, which tells it by a signal.
    pub async fn set(&self, (service, path, interface): (&str, &str, &str), properties: &[(&str, Variant<'_>)]) {
        let properties: HashMap<_, _> = properties.iter().map(|(name, value)| (*name, value)).collect();
        self.control(service, path, "UpdateProperties", &(interface, properties)).await;
    }

    /// Follows the machine as it is on this bus, with polls this far apart.
    pub fn watch(&self, poll: Duration) -> Watch {
        legible_service::machine::watch(self.config(poll))
    }

    pub fn config(&self, poll: Duration) -> Config {
        let folder = self.dir.path().to_owned();
        config(&self.address, folder, poll)
    }
}

/// How to look at the machine on a bus.
pub fn config(address: &str, folder: PathBuf, poll: Duration) -> Config {
    let buses = Buses { system: Some(address.to_owned()), session: Some(address.to_owned()) };
    let clock = Arc::new(ManualClock::at(NOW));
    Config { buses, poll, ..Config::new(clock, move || folder.clone()) }
}

impl Drop for Bus {
    fn drop(&mut self) {
        end(&mut self.daemon);
    }
}

/// A process of dbusmock, ended with this.
pub struct Mock(Child);

impl Drop for Mock {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

fn daemon(dir: &Path, address: &str) -> Child {
    let file = dir.join("bus.conf");
    let rules = r#"<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>"#;
    let policy = format!(r#"<policy context="default">{rules}</policy>"#);
    let config = format!("<busconfig><type>session</type><listen>{address}</listen>{policy}</busconfig>");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new("dbus-daemon");
    command.arg("--config-file").arg(&file).args(["--nofork", "--nopidfile", "--nosyslog", "--print-address"]);
    // It complains where it may not have as many connections as it would like.
    let mut daemon = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // It says where it listens once it does.
    let mut said = String::new();
    BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("unix:"), "{said}");
    daemon
}

/// Waits until the machine is like this.
pub async fn until(machine: &mut watch::Receiver<Machine>, what: &str, is: impl FnMut(&Machine) -> bool) -> Machine {
    let found = timeout(IN_TIME, machine.wait_for(is)).await.map(|machine| machine.unwrap().clone());
    found.unwrap_or_else(|_| panic!("{what}, but it stays {:?}", *machine.borrow()))
}

/// Waits until something holds that nothing tells.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(IN_TIME, waiting).await.unwrap_or_else(|_| panic!("{what}"));
}
