//! A message bus of a test's own, with a desktop portal on it that does as the test wants.

use crate::server::PATIENCE;
use legible_sources::screen::Session;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use zbus::message::Header;
use zbus::{Connection, ObjectPath, OwnedObjectPath, OwnedVariant, Variant, connection, fdo, interface};

/// What the portal does when it is asked.
#[derive(Debug, Clone)]
pub enum Does {
    /// Answers that the picture is at this address.
    Names(String),
    /// Answers with this code, and nothing.
    Says(u32),
    /// Answers with success, and nothing.
    NamesNothing,
    /// Takes the request, and never answers.
    Hangs,
    /// Refuses the call.
    Denies,
}

/// What the portal was asked, in words.
pub type Asked = Arc<Mutex<Vec<String>>>;

/// A bus; it ends with this.
pub struct Bus {
    daemon: Child,
    address: String,
    pub directory: TempDir,
    /// The test's own runtime, which its services run in.
    runtime: tokio::runtime::Runtime,
    services: Vec<Connection>,
}

impl Bus {
    /// A bus without anybody on it. `None`, said loudly, where there is no dbus-daemon.
    pub fn start() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", directory.path().join("bus").display());
        let config = directory.path().join("bus.conf");
        // No service can be started on it, whatever this machine has installed.
        let allowed = r#"<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>"#;
        let policy = format!(r#"<policy context="default">{allowed}</policy>"#);
        let rules = format!("<busconfig><type>session</type><listen>{address}</listen>{policy}</busconfig>");
        std::fs::write(&config, rules).unwrap();
        let mut command = Command::new("dbus-daemon");
        command.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile", "--nosyslog", "--print-address"]);
        let Ok(mut daemon) = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
            eprintln!("SKIPPED: needs dbus-daemon; `cargo xtask test` installs it");
            return None;
        };
        // It says where it listens once it does.
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Some(Bus { daemon, address, directory, runtime, services: Vec::new() })
    }

    /// A Wayland session on this bus; the directory of the bus is one for temporary files.
    pub fn session(&self) -> Session {
        Session {
            display: None,
            wayland: true,
            bus: Some(self.address.clone()),
            temporary: vec![self.directory.path().to_owned()],
            patience: PATIENCE,
        }
    }

    /// A desktop portal: what it does when it is asked alone, and with its dialog.
    pub fn portal(&mut self, targets: u32, alone: Does, with_dialog: Does) -> Asked {
        let asked = Asked::default();
        let portal = Portal { targets, alone, with_dialog, asked: asked.clone() };
        self.serve("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", portal);
        asked
    }

    /// A desktop portal that nobody takes pictures for.
    pub fn portal_without_backend(&mut self) {
        self.serve("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", Empty);
    }

    /// Something that says whether the screen is locked.
    pub fn screen_saver(&mut self, locked: bool) {
        self.serve("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", ScreenSaver(locked));
    }

    /// Writes a picture into the directory for temporary files.
    pub fn saved(&self, name: &str, picture: &image::RgbImage) -> (PathBuf, Does) {
        let path = self.directory.path().join(name);
        picture.save(&path).unwrap();
        (path.clone(), Does::Names(uri(&path)))
    }

    fn serve(&mut self, name: &'static str, path: &'static str, object: impl zbus::object_server::Interface) {
        let serving = async {
            let builder = connection::Builder::address(self.address.as_str()).name(name);
            builder.serve_at(path, object).build().await.unwrap()
        };
        let connection = self.runtime.block_on(serving);
        self.services.push(connection);
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // Fails only when it has ended.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// The address of a file.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display()).replace(' ', "%20")
}

struct Portal {
    targets: u32,
    alone: Does,
    with_dialog: Does,
    asked: Asked,
}

#[interface(name = "org.freedesktop.portal.Screenshot")]
impl Portal {
    async fn screenshot(
        &self,
        parent_window: &str,
        options: HashMap<String, OwnedVariant>,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        assert_eq!(parent_window, "");
        let token = String::try_from(options["handle_token"].clone()).unwrap();
        let with_dialog = bool::try_from(&*options["interactive"]).unwrap();
        let target = options.get("target").map(|target| u32::try_from(&**target).unwrap());
        let target = target.map(|target| format!(" for target {target}")).unwrap_or_default();
        let how = if with_dialog { "with dialog" } else { "alone" };
        self.asked.lock().unwrap().push(format!("{how}{target}"));
        let sender = header.sender().unwrap();
        let caller = sender.trim_start_matches(':').replace('.', "_");
        let path = format!("/org/freedesktop/portal/desktop/request/{caller}/{token}");
        let path = OwnedObjectPath::from(ObjectPath::try_from(path).unwrap());
        let (code, results) = match if with_dialog { &self.with_dialog } else { &self.alone } {
            Does::Names(uri) => (0, HashMap::from([("uri", Variant::from(uri.as_str()))])),
            Does::NamesNothing => (0, HashMap::new()),
            Does::Says(code) => (*code, HashMap::new()),
            Does::Denies => return Err(fdo::Error::AccessDenied("no".to_owned())),
            Does::Hangs => {
                connection.object_server().at(&path, Request(self.asked.clone())).await.unwrap();
                return Ok(path);
            }
        };
        // Before the reply, as a portal may.
        let interface = "org.freedesktop.portal.Request";
        connection.emit_signal(Some(sender), &path, interface, "Response", &(code, results)).await.unwrap();
        Ok(path)
    }

    #[zbus(property)]
    fn available_targets(&self) -> u32 {
        self.targets
    }
}

struct Request(Asked);

#[interface(name = "org.freedesktop.portal.Request")]
impl Request {
    fn close(&self) {
        self.0.lock().unwrap().push("closed".to_owned());
    }
}

struct Empty;

#[interface(name = "org.freedesktop.portal.OpenURI")]
impl Empty {}

struct ScreenSaver(bool);

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn get_active(&self) -> bool {
        self.0
    }
}
