//! An rclone of our own: it listens on this machine only, and wants a user and a password that nobody else knows.
//!
//! It must not outlive us, also not when we are killed. On Unix a shell stands between: it reads from a pipe that the system closes when
//! we end, however we end, and then ends rclone. On Windows it is ended when the storage is closed; a kill leaves it behind until
//! the person signs out, with a password that nobody knows any more.

use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::RCLONE_STARTS_WITHIN;
use crate::remote::storage::Secret;
use rustls::crypto::SecureRandom;
use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use tokio::sync::oneshot;

/// Settings of rclone's environment that would have it listen elsewhere, say less than is read here, only pretend, or leave out files.
const NOT_INHERITED: &[&str] = &[
    "RCLONE_RC_",
    "RCLONE_LOG_",
    "RCLONE_USE_JSON_LOG",
    "RCLONE_SYSLOG",
    "RCLONE_QUIET",
    "RCLONE_VERBOSE",
    "RCLONE_DRY_RUN",
    "RCLONE_INTERACTIVE",
    "RCLONE_FILTER",
    "RCLONE_EXCLUDE",
    "RCLONE_INCLUDE",
    "RCLONE_FILES_FROM",
    "RCLONE_MIN_",
    "RCLONE_MAX_",
    "RCLONE_IGNORE_",
    "RCLONE_METADATA_",
    "RCLONE_HASH_FILTER",
    "RCLONE_UPDATE",
    "RCLONE_IMMUTABLE",
];
/// What stands before its address where it tells that.
const TELLS: &str = "Serving remote control on ";
/// Ends what it starts when its input ends. What that says is heard to its end, and not to the end of the shell.
#[cfg(unix)]
const UNTIL_END_OF_INPUT: &str = "\"$@\" & child=$!; exec 2>/dev/null; read -r end; kill \"$child\"; wait \"$child\"";
/// How much is kept of what it says before it gives up, in bytes.
const MOST_SAID: u64 = 16 << 10;

/// Where an rclone is reached, and how to sign in.
pub(super) struct Address {
    /// Without `/` at its end.
    pub url: String,
    pub user: String,
    pub password: Secret,
}

/// An rclone that runs until this is dropped.
pub(super) struct Process(Option<Child>);

impl Process {
    /// Starts one, and waits until it tells its address. The secret is the password of its configuration, or empty.
    pub async fn start(program: Option<&Path>, config: Option<&Path>, secret: &Secret) -> Result<(Address, Self)> {
        let program = program.map_or_else(on_search_path, |program| Some(program.to_owned()));
        let program = program.filter(|program| program.is_file()).ok_or_else(missing)?;
        let (user, password) = (random()?, random()?);
        let mut command = command(&program);
        for (name, _) in env::vars_os().filter(|(name, _)| !is_inherited(name)) {
            command.env_remove(name);
        }
        // By the environment, which only its owner can read: others see the command line.
        command.env("RCLONE_RC_ADDR", "127.0.0.1:0").env("RCLONE_RC_SERVE", "true").env("RCLONE_ASK_PASSWORD", "false");
        command.env("RCLONE_RC_USER", &user).env("RCLONE_RC_PASS", &password);
        if let Some(config) = config {
            command.env("RCLONE_CONFIG", config);
        }
        if !secret.reveal().is_empty() {
            command.env("RCLONE_CONFIG_PASS", secret.reveal());
        }
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let failed = |error: std::io::Error| {
            needs_you(&format!("rclone could not be started: {error}"), "Look whether it runs in a terminal.")
        };
        let mut child = spawned.map_err(failed)?;
        let (tell, told) = oneshot::channel();
        if let Some(said) = child.stderr.take() {
            thread::spawn(move || listen(said, tell));
        }
        let process = Process(Some(child));
        match tokio::time::timeout(RCLONE_STARTS_WITHIN, told).await {
            Ok(Ok(Told::Address(url))) => Ok((Address { url, user, password: Secret::new(password) }, process)),
            Ok(Ok(Told::Ended(words))) => Err(needs_you(
                &format!("rclone did not start: {}", crate::words::short(&words)),
                "Look whether `rclone rcd` runs in a terminal.",
            )),
            _ => Err(Error::may_pass("rclone does not start")),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        // The shell sees the end of its input and ends rclone: if it were killed itself, it could not.
        drop(child.stdin.take());
        if cfg!(not(unix)) {
            let _ = child.kill();
        }
        thread::spawn(move || child.wait());
    }
}

enum Told {
    Address(String),
    Ended(String),
}

/// Reads what rclone says to its end, so that it never waits for a reader. Nothing of it is kept once the address is known: it
/// names files.
fn listen(said: impl Read, tell: oneshot::Sender<Told>) {
    let mut said = BufReader::new(said);
    let mut words = String::new();
    let mut line = Vec::new();
    while (&mut said).take(MOST_SAID).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        if let Some((_, url)) = text.split_once(TELLS) {
            let _ = tell.send(Told::Address(url.trim().trim_end_matches('/').to_owned()));
            let _ = std::io::copy(&mut said, &mut std::io::sink());
            return;
        }
        if (words.len() as u64) < MOST_SAID {
            words.push_str(&text);
        }
        line.clear();
    }
    let _ = tell.send(Told::Ended(words));
}

#[cfg(unix)]
fn command(program: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", UNTIL_END_OF_INPUT, "sh"]).arg(program).arg("rcd");
    command
}

#[cfg(not(unix))]
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("rcd");
    command
}

fn is_inherited(name: &OsString) -> bool {
    name.to_str().is_none_or(|name| !NOT_INHERITED.iter().any(|prefix| name.starts_with(prefix)))
}

fn on_search_path() -> Option<PathBuf> {
    let name = format!("rclone{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&name)).find(|file| file.is_file())
}

fn missing() -> Error {
    needs_you("rclone is not installed", "Install rclone (rclone.org), or name where its program lies.")
}

/// Letters that nobody can guess: 256 bits.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    let random: &dyn SecureRandom = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Error::may_pass("the system gives no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_heard_among_other_words() {
        let check = |said: &str, expected: std::result::Result<&str, &str>| {
            let (tell, told) = oneshot::channel();
            listen(said.as_bytes(), tell);
            match (told.blocking_recv().unwrap(), expected) {
                (Told::Address(url), Ok(expected)) => assert_eq!(url, expected),
                (Told::Ended(words), Err(expected)) => assert_eq!(words, expected),
                _ => panic!("{said:?}"),
            }
        };
        let line = "2026/11/22 10:21:21 NOTICE: Serving remote control on http://127.0.0.1:44401/\n";
        check(line, Ok("http://127.0.0.1:44401"));
        check(&format!("NOTICE: something\n{line}more"), Ok("http://127.0.0.1:44401"));
        check("Fatal error: no\n", Err("Fatal error: no\n"));
        check("", Err(""));
    }

    #[test]
    fn settings_of_the_person_stay_but_those_that_mislead() {
        let check = |name: &str, expected: bool| assert_eq!(is_inherited(&name.into()), expected, "{name}");
        check("RCLONE_CONFIG", true);
        check("RCLONE_DRIVE_CLIENT_ID", true);
        check("PATH", true);
        check("RCLONE_RC_NO_AUTH", false);
        check("RCLONE_LOG_FILE", false);
        check("RCLONE_DRY_RUN", false);
        for filter in ["EXCLUDE", "INCLUDE_FROM", "FILTER", "FILES_FROM_RAW", "MIN_AGE", "MAX_DEPTH", "IGNORE_EXISTING"]
        {
            check(&format!("RCLONE_{filter}"), false);
        }
    }

    #[test]
    fn no_two_passwords_are_alike() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert!(one.len() == 64 && one != other);
    }
}
