//! A message bus of a test's own with python-dbusmock's services on it: the machine and the desktop as the test wants them.
#![cfg(target_os = "linux")]

use crate::program::{Home, wait_for};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Debian's, which has the modules of Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

/// UPower's name, object and interface.
pub const UPOWER: [&str; 3] = ["org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower"];

/// NetworkManager's name, object and interface.
pub const NETWORK: [&str; 3] =
    ["org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager"];

/// The notification service's name, object and interface.
const NOTIFICATIONS: [&str; 3] =
    ["org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"];

/// The file with what the notification service was asked.
const NOTIFIED: &str = "notified";

/// A bus, and what was started on it. All ends with this.
pub struct Bus {
    address: String,
    children: Vec<Child>,
}

impl Bus {
    /// A bus that is system bus and session bus of this home. `None`, said loudly, where a program for it is missing.
    pub fn of(home: &mut Home) -> Option<Self> {
        let has = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let tools = [("dbus-daemon", "--version"), ("gdbus", "help")];
        if !tools.iter().all(|(tool, argument)| has(tool, &[argument])) || !has(PYTHON, &["-c", "import dbusmock"]) {
            eprintln!("SKIPPED: needs dbus-daemon, gdbus and python3-dbusmock; `cargo xtask test` installs them");
            return None;
        }
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut daemon = command.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        home.set("DBUS_SYSTEM_BUS_ADDRESS", &address);
        home.set("DBUS_SESSION_BUS_ADDRESS", &address);
        Some(Bus { address, children: vec![daemon] })
    }

    /// Puts one of dbusmock's services on the bus.
    pub fn mock(&mut self, template: &str, name: [&str; 3]) {
        self.mock_with(template, name, &[]);
    }

    /// Puts a notification service with actions on the bus; it writes down what it is asked in this home.
    pub fn notifications(&mut self, home: &Home) {
        let log = home.path(NOTIFIED);
        let able = r#"{"capabilities": "actions body body-markup"}"#;
        self.mock_with(
            "notification_daemon",
            NOTIFICATIONS,
            &["--parameters", able, "--logfile", log.to_str().unwrap()],
        );
    }

    /// The calls of `Notify` so far, as dbusmock writes them down.
    pub fn notified(home: &Home) -> Vec<String> {
        let log = std::fs::read_to_string(home.path(NOTIFIED)).unwrap_or_default();
        log.lines().filter(|line| line.contains(" Notify ")).map(str::to_owned).collect()
    }

    /// A person presses a button of a notification.
    pub fn press(&self, notification: u32, key: &str) {
        let [name, object, interface] = NOTIFICATIONS;
        let control = [name, object, "org.freedesktop.DBus.Mock"];
        let arguments = format!("[<uint32 {notification}>, <'{key}'>]");
        assert!(self.call(control, "EmitSignal", &[interface, "ActionInvoked", "us", &arguments]).is_some());
    }

    fn mock_with(&mut self, template: &str, [name, ..]: [&str; 3], arguments: &[&str]) {
        let mut command = Command::new(PYTHON);
        command.args(["-m", "dbusmock", "--template", template]).args(arguments);
        command.envs(["DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"].map(|bus| (bus, &self.address)));
        self.children.push(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
        let bus = ["org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"];
        wait_for(&format!("{name} is there"), || {
            self.call(bus, "NameHasOwner", &[name]).is_some_and(|said| said.contains("true")).then_some(())
        });
    }

    /// Changes a property of a mock, which tells it by a signal. The value is in GVariant text format.
    pub fn set(&self, [name, object, interface]: [&str; 3], property: &str, value: &str) {
        let control = [name, object, "org.freedesktop.DBus.Mock"];
        let properties = format!("{{'{property}': <{value}>}}");
        assert!(self.call(control, "UpdateProperties", &[interface, &properties]).is_some(), "{property} = {value}");
    }

    fn call(&self, [name, object, interface]: [&str; 3], method: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("gdbus");
        command.args(["call", "--address", &self.address, "--dest", name, "--object-path", object, "--method"]);
        let output = command.arg(format!("{interface}.{method}")).args(arguments).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            // Fails only when it has ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
