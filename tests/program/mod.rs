//! The `legible` program as tests use it: each test has a home of its own, without display and session bus.
#![allow(dead_code, reason = "each test program uses a part of this")]

pub mod codes;
pub mod draw;
pub mod load;
pub mod site;
pub mod slow;
pub mod sources;

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest any condition is waited for. Far more than it takes, for machines that are busy.
pub const DEADLINE: Duration = Duration::from_secs(300);

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(25);

/// What one run of the program said.
#[derive(Debug)]
pub struct Said {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Itself, if it ended with this exit code.
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// Asserts that standard error holds all of these.
    #[track_caller]
    pub fn complains(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in: {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

/// A home directory for the program, deleted in the end.
pub struct Home {
    directory: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("legible").tempdir().unwrap();
        // What the machine under the tests is like is not to decide how they end.
        let nobody = format!("unix:path={}", directory.path().join("no bus").display());
        Home { directory, environment: vec![("DBUS_SYSTEM_BUS_ADDRESS".to_owned(), nobody)] }
    }

    /// Gives a variable to all programs that are started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// A path in the home directory.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    /// Writes a file below the home directory, with the folders it needs.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The program with arguments, in this home.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        self.command_of(&program(), args)
    }

    /// Another copy of the program with arguments, in this home.
    pub fn command_of<S: AsRef<OsStr>>(&self, program: &Path, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(program);
        command.args(args).env("LEGIBLE_HOME", self.directory.path()).env("LEGIBLE_MODELS_DIR", models());
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "LEGIBLE_LOG"] {
            command.env_remove(variable);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Said {
        said(&mut self.command(args))
    }

    /// Starts `legible run` and waits until it runs jobs. It ends when dropped.
    pub fn serve(&self) -> Serving {
        let runs =
            || std::fs::read_to_string(self.path("service.log")).unwrap_or_default().matches("running jobs").count();
        let before = runs();
        let serving = self.spawn_service();
        wait_for("the service runs jobs", || (runs() > before).then_some(()));
        serving
    }

    /// Starts `legible run`.
    pub fn spawn_service(&self) -> Serving {
        let log = std::fs::File::options().create(true).append(true).open(self.path("service.log")).unwrap();
        let mut command = self.command(["run"]);
        Serving { child: command.stdout(Stdio::null()).stderr(log).spawn().unwrap() }
    }

    /// All jobs in some states (all if none is named), the running first, then the newest.
    pub fn jobs(&self, states: &[&str]) -> Vec<Value> {
        let states = states.iter().flat_map(|state| ["--state", state]);
        let said = self.run(["jobs", "list", "--json", "--limit", "1000"].into_iter().chain(states)).with(0);
        said.json()["jobs"].as_array().unwrap().clone()
    }

    /// The job of this number.
    pub fn job(&self, id: &Value) -> Value {
        self.run(["jobs", "show", &id.to_string(), "--json"]).with(0).json()["job"].clone()
    }

    /// All schedules, the oldest first.
    pub fn schedules(&self) -> Vec<Value> {
        self.run(["schedules", "list", "--json"]).with(0).json().as_array().unwrap().clone()
    }

    /// The schedule of this number.
    pub fn schedule(&self, id: &str) -> Value {
        self.run(["schedules", "show", id, "--json"]).with(0).json()
    }

    /// Makes a schedule of these words and returns its number.
    pub fn add_schedule(&self, words: &[&str]) -> String {
        let said = self.run(["schedules", "add", "--json"].iter().chain(words)).with(0);
        said.json()["id"].to_string()
    }

    /// The runs of a schedule in some states (all if none is named), the newest first.
    pub fn runs(&self, schedule: &str, states: &[&str]) -> Vec<Value> {
        let list = ["jobs", "list", "--json", "--limit", "1000", "--schedule", schedule];
        let said = self.run(list.into_iter().chain(states.iter().flat_map(|state| ["--state", state]))).with(0);
        said.json()["jobs"].as_array().unwrap().clone()
    }

    /// The database, beside whoever else has it open.
    pub fn database(&self) -> rusqlite::Connection {
        let database = rusqlite::Connection::open(self.path("data/legible.db")).unwrap();
        database.busy_timeout(Duration::from_secs(20)).unwrap();
        database
    }

    /// Waits until no job waits or runs.
    pub fn settle(&self) {
        wait_for("all jobs end", || self.jobs(&["enqueued", "running"]).is_empty().then_some(()));
    }

    /// How many images a search finds.
    pub fn found(&self, query: &str) -> u64 {
        let said = self.run(["search", "--json", query]);
        assert!(said.code <= 1, "{}", said.err);
        said.json()["total"].as_u64().unwrap()
    }

    /// All files of the library folder, hidden ones too, relative to it and sorted.
    pub fn library(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("library")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => {
                        let relative = entry.path().strip_prefix(self.path("library")).unwrap().to_path_buf();
                        files.push(relative.to_str().unwrap().replace('\\', "/"));
                    }
                }
            }
        }
        files.sort();
        files
    }
}

/// A running `legible run`; killed when dropped.
pub struct Serving {
    child: Child,
}

impl Serving {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as the kernel does when there is no mercy (SIGKILL on Unix).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end and returns its exit code.
    #[cfg(unix)]
    pub fn stop(mut self) -> i32 {
        signal("TERM", self.child.id());
        let ended = wait_for("the service ends", || self.child.try_wait().unwrap());
        ended.code().unwrap_or(-1)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Fails only when it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
#[cfg(unix)]
pub fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([format!("-{name}"), pid.to_string()]).status().unwrap();
    assert!(sent.success(), "signal {name} to {pid}");
}

/// Runs a command to its end.
pub fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a command to its end with this standard input.
pub fn said_with_input(command: &mut Command, input: &[u8]) -> Said {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that does not read all of it closes the pipe, which is its right.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Waits until `look` finds something.
#[track_caller]
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "waited in vain until {what}");
        std::thread::sleep(LOOK);
    }
}

/// The `legible` program: named by LEGIBLE_CLI, or beside this test program.
pub fn program() -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().unwrap();
        let build = test.parent().and_then(Path::parent).unwrap();
        build.join(format!("legible{}", std::env::consts::EXE_SUFFIX))
    };
    let program = std::env::var_os("LEGIBLE_CLI").map_or_else(beside, PathBuf::from);
    assert!(program.is_file(), "{} is not built: `cargo build -p legible-cli`", program.display());
    program
}

/// The directory with the models.
pub fn models() -> PathBuf {
    let named = std::env::var_os("LEGIBLE_MODELS_DIR").expect("LEGIBLE_MODELS_DIR is set: `cargo xtask test` does");
    PathBuf::from(named)
}

/// A sample image.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name)
}
