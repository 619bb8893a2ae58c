//! A desktop of its own for each test: X server, session bus, window manager, notification service, tray.

use crate::displays;
use crate::program::{Home, wait_for};
use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use image::RgbImage;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The longest a condition is waited for.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// How often a condition is looked at.
pub const LOOK: Duration = Duration::from_millis(60);

/// Debian's own Python: it has the GTK and D-Bus modules that another one first on the path may lack.
const PYTHON: &str = "/usr/bin/python3";

/// A part of the desktop, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    /// What an image of the desktop shows there.
    pub fn of(self, screen: &RgbImage) -> RgbImage {
        image::imageops::crop_imm(screen, self.x, self.y, self.width, self.height).to_image()
    }
}

/// One item in the library or the trash.
pub const CARD: &str = "[data-testid=card]";

/// The desktop and the home directory of its user.
pub struct Desktop {
    pub home: Home,
    environment: Vec<(String, String)>,
    children: Vec<Child>,
}

impl Desktop {
    /// Starts everything and waits until it answers.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with a dark theme.
    pub fn start_dark() -> Self {
        Self::with(&[("GTK_THEME", "Adwaita:dark")])
    }

    /// The same with WebKit's own cameras, which show a test picture.
    pub fn start_with_cameras() -> Self {
        Self::with(&[("LEGIBLE_MOCK_CAMERAS", "1")])
    }

    /// The same with two displays, side by side.
    pub fn start_with_two_displays() -> Self {
        Self::arranged(&[], displays::split)
    }

    fn with(more: &[(&str, &str)]) -> Self {
        Self::arranged(more, |_| {})
    }

    /// Starts everything once the displays of the X server of this name are arranged.
    fn arranged(more: &[(&str, &str)], arrange: impl FnOnce(&str)) -> Self {
        let home = Home::new();
        let run = home.path("run");
        std::fs::create_dir(&run).unwrap();
        std::fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let mut environment: Vec<(String, String)> = [
            ("HOME", text(home.path(""))),
            ("XDG_RUNTIME_DIR", text(run)),
            ("XDG_DATA_HOME", text(home.path("xdg-data"))),
            ("XDG_CONFIG_HOME", text(home.path("xdg-config"))),
            ("XDG_CACHE_HOME", text(home.path("xdg-cache"))),
            ("LEGIBLE_HOME", text(home.path(""))),
            ("LEGIBLE_MODELS_DIR", text(crate::program::models())),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        environment.push(("LEGIBLE_LOG".to_owned(), "debug,zbus=warn".to_owned()));
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut desktop = Desktop { home, environment, children: Vec::new() };
        let display = desktop.spawn_until_line(Command::new("Xvfb").args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
            // What was arranged stays when who did it has gone.
            "-noreset",
        ]));
        desktop.environment.push(("DISPLAY".to_owned(), format!(":{display}")));
        arrange(&desktop.display());
        let bus =
            desktop.spawn_until_line(Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"]));
        desktop.environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), bus));
        desktop.spawn(&mut Command::new("openbox"));
        desktop.spawn(&mut Command::new("dunst"));
        desktop.spawn_until_line(Command::new(PYTHON).arg(script("tray.py")).arg("serve"));
        desktop
    }

    /// Starts the app without a driver.
    pub fn open_app(&mut self, arguments: &[&str]) -> Child {
        let log = std::fs::File::options().create(true).append(true).open(self.home.path("app.log")).unwrap();
        let mut command = Command::new(app());
        command.args(arguments).envs(self.environment.clone()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().unwrap()
    }

    /// Starts the app under WebDriver.
    pub async fn drive_app(&mut self) -> Client {
        let (port, native) = (free_port(), free_port());
        let driver = std::env::var("TAURI_DRIVER").unwrap_or_else(|_| "tauri-driver".to_owned());
        self.spawn(Command::new(driver).args(["--port", &port.to_string(), "--native-port", &native.to_string()]));
        let wanted = serde_json::json!({ "tauri:options": { "application": app() } });
        let until = Instant::now() + DEADLINE;
        loop {
            // The driver listens before the web view's own driver does, so the session is tried, not the port.
            let session: Result<Client, NewSessionError> = ClientBuilder::new(HttpConnector::new())
                .capabilities(wanted.as_object().unwrap().clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match session {
                Ok(client) => return client,
                Err(error) => assert!(Instant::now() < until, "no session with the app: {error}"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The name of the X server.
    pub fn display(&self) -> String {
        self.environment.iter().find(|(name, _)| name == "DISPLAY").unwrap().1.clone()
    }

    /// Shows an image in a window of its own, in front of all others; returns its place and size on the desktop.
    pub fn show_picture(&mut self, file: &Path) -> Rect {
        let title = file.file_stem().unwrap().to_str().unwrap().to_owned();
        self.spawn(Command::new("display").args(["-title", &title]).arg(file));
        wait_for("the picture is in front", || {
            let front = self.output(Command::new("xdotool").args(["getactivewindow", "getwindowname"]));
            (String::from_utf8_lossy(&front.stdout).trim() == title).then_some(())
        });
        let id = self.tool("xdotool", &["getactivewindow"]);
        let told = self.tool("xwininfo", &["-id", id.trim()]);
        let number = |name: &str| {
            let line = told.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|number| number.trim().parse().ok()).unwrap()
        };
        let (x, y) = (number("Absolute upper-left X"), number("Absolute upper-left Y"));
        let rect = Rect { x, y, width: number("Width"), height: number("Height") };
        // Its window is there before its pixels are.
        let wanted = image::open(file).unwrap().to_rgb8();
        wait_for("the picture is shown", || (rect.of(&self.screen()) == wanted).then_some(()));
        rect
    }

    /// What is on the screen.
    pub fn screen(&self) -> RgbImage {
        let taken = self.output(Command::new("import").args(["-window", "root", "png:-"])).stdout;
        image::load_from_memory(&taken).unwrap().to_rgb8()
    }

    /// Drags with the mouse from one pixel of the desktop to another.
    pub fn drag(&self, from: (u32, u32), to: (u32, u32)) {
        let middle = (from.0.midpoint(to.0), from.1.midpoint(to.1));
        let text = |number: u32| number.to_string();
        let (x1, y1, x2, y2, x3, y3) =
            (text(from.0), text(from.1), text(middle.0), text(middle.1), text(to.0), text(to.1));
        self.tool("xdotool", &["mousemove", &x1, &y1, "mousedown", "1", "mousemove", &x2, &y2, "mousemove", &x3, &y3]);
        self.tool("xdotool", &["mouseup", "1"]);
    }

    /// The text on the clipboard.
    pub fn copied_text(&self) -> Option<String> {
        let output = self.output(Command::new("timeout").args(["2", "xclip", "-selection", "clipboard", "-o"]));
        output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
    }

    /// Runs a tool in this desktop to its end and returns what it printed.
    pub fn tool(&self, name: &str, arguments: &[&str]) -> String {
        let output = self.output(Command::new(name).args(arguments));
        assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The titles of all windows.
    pub fn windows(&self) -> String {
        String::from_utf8_lossy(&self.output(Command::new("wmctrl").arg("-l")).stdout).into_owned()
    }

    /// The labels of the tray menu, once there is one.
    pub fn tray(&self) -> Option<Vec<String>> {
        let output = self.output(Command::new(PYTHON).arg(script("tray.py")).arg("menu"));
        let labels = || String::from_utf8_lossy(&output.stdout).lines().map(|line| line.trim().to_owned()).collect();
        output.status.success().then(labels)
    }

    /// Chooses an entry of the tray menu.
    pub fn choose_in_tray(&self, label: &str) {
        wait_for(&format!("the tray menu has {label}"), || self.tray()?.contains(&label.to_owned()).then_some(()));
        self.tool(PYTHON, &[script("tray.py").to_str().unwrap(), "click", label]);
    }

    /// Drags files onto the middle of the app's window.
    pub fn drop_files(&self, files: &[PathBuf]) {
        self.tool("xdotool", &["search", "--sync", "--onlyvisible", "--name", "^Legible$", "windowmove", "150", "60"]);
        let script = script("drag.py");
        let mut arguments = vec![script.to_str().unwrap(), "5", "5", "700", "450"];
        arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
        self.tool(PYTHON, &arguments);
    }

    /// Presses a key, or keys together, in the app's window.
    pub async fn press(&self, client: &Client, keys: &str) {
        self.tool("wmctrl", &["-a", "Legible"]);
        let until = Instant::now() + DEADLINE;
        // The page learns of its focus after the window manager has given it; a key before that would be lost.
        while client.execute("return document.hasFocus()", vec![]).await.unwrap() != true {
            assert!(Instant::now() < until, "the window never got the focus");
            tokio::time::sleep(LOOK).await;
        }
        self.tool("xdotool", &["key", "--clearmodifiers", keys]);
    }

    /// Pastes a path into the file dialog with this title, and lets it open that.
    pub fn name_file(&mut self, title: &str, path: &Path) {
        // Letter by letter, the dialog would complete the path while it is typed.
        let text = self.home.write("path to paste", path.to_str().unwrap());
        self.copy("UTF8_STRING", |xclip| xclip.arg(text));
        wait_for("the dialog is there", || self.windows().contains(title).then_some(()));
        self.tool("wmctrl", &["-a", title]);
        self.tool("xdotool", &["search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync"]);
        self.tool("xdotool", &["key", "--delay", "300", "slash", "ctrl+a", "ctrl+v"]);
        // While it looks for names that complete the path it opens nothing, so it is asked several times: by the letter of
        // its button, which means nothing to the app's window, should a key come late.
        wait_for("the dialog is gone", || {
            self.tool("xdotool", &["key", "alt+o"]);
            (!self.windows().contains(title)).then_some(())
        });
    }

    /// Makes the window this large, and waits until its page is: a click goes to where an element was before.
    pub async fn resize(&self, client: &Client, width: u32, height: u32) {
        self.tool("wmctrl", &["-r", "Legible", "-e", &format!("0,-1,-1,{width},{height}")]);
        let until = Instant::now() + DEADLINE;
        while client.execute("return window.innerWidth", vec![]).await.unwrap() != width {
            assert!(Instant::now() < until, "the window is never {width} wide");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Puts a PNG file on the clipboard.
    pub fn copy_image(&mut self, file: &Path) {
        self.copy("image/png", |xclip| xclip.arg(file));
    }

    /// Puts what `xclip` is given on the clipboard as this type.
    fn copy(&mut self, media_type: &str, with: impl FnOnce(&mut Command) -> &mut Command) {
        let clipboard = ["-selection", "clipboard"];
        let mut xclip = Command::new("xclip");
        // Quiet: it then stays in the foreground, and ends with this desktop.
        xclip.args(clipboard).args(["-quiet", "-t", media_type, "-i"]);
        self.spawn(with(&mut xclip));
        wait_for("it is on the clipboard", || {
            // Who copied before may be one that never answers.
            let mut ask = Command::new("timeout");
            let offered = self.output(ask.args(["2", "xclip"]).args(clipboard).args(["-t", "TARGETS", "-o"]));
            String::from_utf8_lossy(&offered.stdout).contains(media_type).then_some(())
        });
    }

    /// The notifications that were shown so far, but for those of how far a batch is: summaries with bodies.
    pub fn notifications(&self) -> Vec<String> {
        // Only what is closed is in the history.
        self.tool("dunstctl", &["close-all"]);
        let history: serde_json::Value = serde_json::from_str(&self.tool("dunstctl", &["history"])).unwrap();
        let shown = history["data"][0].as_array().cloned().unwrap_or_default();
        let text =
            |entry: &serde_json::Value, field: &str| entry[field]["data"].as_str().unwrap_or_default().to_owned();
        let all = shown.iter().map(|entry| format!("{}: {}", text(entry, "summary"), text(entry, "body")));
        all.filter(|told| !(told.contains(" of ") && told.ends_with(" images"))).collect()
    }

    /// Clicks the notification that is on the screen, once there is one.
    pub fn click_notification(&self) {
        wait_for("a notification is shown", || {
            (self.tool("dunstctl", &["count", "displayed"]).trim() != "0").then_some(())
        });
        self.tool("dunstctl", &["action"]);
    }

    /// Saves a picture of the screen if LEGIBLE_SCREENSHOTS names a directory.
    pub fn screenshot(&self, name: &str) {
        if let Some(directory) = std::env::var_os("LEGIBLE_SCREENSHOTS") {
            self.output(Command::new("import").args(["-window", "root"]).arg(Path::new(&directory).join(name)));
        }
    }

    /// How many processes of this desktop's web view live.
    pub fn web_processes(&self) -> usize {
        let marker = format!("LEGIBLE_HOME={}", self.home.path("").display());
        let is_ours = |entry: &std::fs::DirEntry| {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            name.starts_with("WebKitWebProc") && environment.split(|byte| *byte == 0).any(|v| v == marker.as_bytes())
        };
        std::fs::read_dir("/proc").unwrap().flatten().filter(is_ours).count()
    }

    fn output(&self, command: &mut Command) -> Output {
        let name = command.get_program().to_owned();
        let output = command.envs(self.environment.clone()).stdin(Stdio::null()).output();
        output.unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` installs it", name.display()))
    }

    pub fn spawn(&mut self, command: &mut Command) {
        let name = command.get_program().to_owned();
        command.envs(self.environment.clone()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn();
        self.children.push(child.unwrap_or_else(|e| panic!("{}: {e}; `cargo xtask test` installs it", name.display())));
    }

    fn spawn_until_line(&mut self, command: &mut Command) -> String {
        let name = command.get_program().to_owned();
        command.envs(self.environment.clone()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn();
        let mut child = child.unwrap_or_else(|e| panic!("{}: {e}; `cargo xtask test` installs it", name.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.children.push(child);
        line.trim().to_owned()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.screenshot("failed.png");
            eprintln!("{}", std::fs::read_to_string(self.home.path("app.log")).unwrap_or_default());
        }
        for child in self.children.iter_mut().rev() {
            // Fails only when it has ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Clicks the first of such elements, once there is one.
pub async fn click(client: &Client, css: &str) {
    let wait = client.wait().at_most(DEADLINE).every(LOOK).for_element(Locator::Css(css));
    wait.await.unwrap_or_else(|error| panic!("{css}: {error}")).click().await.unwrap();
}

/// Waits until `ok` holds for the text of some element; returns that text.
pub async fn text_until(client: &Client, css: &str, ok: impl Fn(&str) -> bool) -> String {
    let until = Instant::now() + DEADLINE;
    let mut seen = String::from("nothing");
    while Instant::now() < until {
        for element in client.find_all(Locator::Css(css)).await.unwrap_or_default() {
            // The element may be gone again; then the next look finds the one in its place.
            seen = element.text().await.unwrap_or_default();
            if ok(&seen) {
                return seen;
            }
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("{css} never had the text that was waited for; at last it had: {seen}");
}

/// Waits until as many elements are there.
pub async fn count_until(client: &Client, css: &str, wanted: usize) {
    let until = Instant::now() + DEADLINE;
    loop {
        let found = client.find_all(Locator::Css(css)).await.unwrap_or_default().len();
        if found == wanted {
            return;
        }
        assert!(Instant::now() < until, "{found} of {css} instead of {wanted}");
        tokio::time::sleep(LOOK).await;
    }
}

/// The app: named by LEGIBLE_APP, or beside the `legible` program.
fn app() -> PathBuf {
    let beside = || crate::program::program().with_file_name("legible-desktop");
    let app = std::env::var_os("LEGIBLE_APP").map_or_else(beside, PathBuf::from);
    assert!(app.is_file(), "{} is not built", app.display());
    app
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/window").join(name)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Chooses an entry of a list in the sentence.
pub async fn choose(client: &Client, hook: &str, value: &str) {
    let list = client.find(Locator::Css(&format!("[data-testid={hook}]"))).await.unwrap();
    list.select_by_value(value).await.unwrap();
}
