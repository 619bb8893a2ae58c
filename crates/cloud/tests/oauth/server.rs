//! The provider: `server.mjs` beside this file, run by Node.js with the packages that `cargo xtask test` installs.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// It runs until this is dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    /// It would end if nobody could hear it.
    _says: BufReader<ChildStdout>,
}

/// The folder with its packages, or why there is none.
pub fn packages() -> Result<PathBuf, String> {
    let wanted = "LEGIBLE_TEST_SERVERS names no folder with oidc-provider; `cargo xtask test` sets it up";
    let root = std::env::var_os("LEGIBLE_TEST_SERVERS").filter(|dir| !dir.is_empty()).ok_or(wanted)?;
    let packages = Path::new(&root).join("oauth");
    packages.join("node_modules/oidc-provider").is_dir().then_some(packages).ok_or_else(|| wanted.to_owned())
}

/// Node.js: the one that `cargo xtask test` found, or that of the system.
fn node() -> OsString {
    std::env::var_os("LEGIBLE_TEST_NODE").filter(|node| !node.is_empty()).unwrap_or_else(|| "node".into())
}

impl Server {
    pub fn start(packages: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oauth/server.mjs");
        let mut command = Command::new(node());
        command.arg(script).arg(packages).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut log = tempfile::tempfile().unwrap();
        command.stderr(log.try_clone().unwrap());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("port ").and_then(|port| port.parse().ok()).unwrap_or_else(|| {
            let mut said = String::new();
            log.rewind().and_then(|()| log.read_to_string(&mut said)).unwrap();
            panic!("{command:?} did not start: {line}{said}")
        });
        Self { child, port, _says: stdout }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
