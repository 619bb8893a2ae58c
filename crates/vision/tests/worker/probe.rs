//! The sandbox, seen by a process that applied it to itself and then tries what a hijacked worker would.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;

use legible_vision::worker::confine;
use rustix::process::{Resource, Rlimit, getppid, prlimit, test_kill_process};
use serde_json::{Value, json};

pub const TESTS: &[(&str, fn())] = &[("a_confined_process_can_do_what_it_needs_and_nothing_else", confined)];

/// Confines this process to reading `models`, tries many things, and tells what became of each: `done` or the error.
/// `outside` is a directory that it must not touch.
pub fn findings(models: &Path, outside: &Path) -> Value {
    let kept = File::open(outside.join("kept")).unwrap();
    let confinement = confine(&[models.to_path_buf()]);
    fn told<T>(result: std::io::Result<T>) -> String {
        result.map_or_else(|e| format!("{:?}", e.kind()), |_| "done".into())
    }
    let (parent, no_limit) = (getppid(), Rlimit { current: None, maximum: None });
    let program = std::env::current_exe().map(|path| Command::new(path).arg("--list").output());
    json!({
        "enforced files": confinement.files.is_ok(),
        "enforced system calls": confinement.system_calls.is_ok(),
        "read a model": told(fs::read(models.join("model"))),
        "read a linked model": told(fs::read(models.join("link"))),
        "start a thread": told(std::thread::Builder::new().spawn(|| 1).map(|t| t.join().unwrap())),
        "start a thread pool": told(rayon::ThreadPoolBuilder::new().num_threads(3).build().map(|pool| pool.install(|| 1)).map_err(std::io::Error::other)),
        "use an open file": told(kept.metadata()),
        "read a file": told(fs::read(outside.join("kept"))),
        "read passwords": told(fs::read("/etc/passwd")),
        "list a directory": told(fs::read_dir(outside)),
        "write a model": told(fs::write(models.join("model"), "worse")),
        "make a file": told(fs::write(outside.join("new"), "new")),
        "make a file beside the models": told(fs::write(models.join("new"), "new")),
        "remove a file": told(fs::remove_file(outside.join("kept"))),
        "rename a file": told(fs::rename(outside.join("kept"), outside.join("moved"))),
        "make a directory": told(fs::create_dir(outside.join("dir"))),
        "change permissions": told(fs::set_permissions(outside.join("kept"), kept.metadata().unwrap().permissions())),
        "look for the parent by a signal": told(parent.map_or(Ok(()), |p| test_kill_process(p).map_err(Into::into))),
        "limit the parent": told(parent.map_or(Ok(()), |_| prlimit(parent, Resource::Core, no_limit).map(drop).map_err(Into::into))),
        "run a program": told(program.and_then(|output| output)),
        "connect": told(TcpStream::connect("127.0.0.1:9")),
        "listen": told(TcpListener::bind("127.0.0.1:0")),
        "send": told(UdpSocket::bind("127.0.0.1:0")),
    })
}

fn confined() {
    let (models, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(models.path().join("model"), "good").unwrap();
    fs::write(elsewhere.path().join("target"), "good").unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("target"), models.path().join("link")).unwrap();
    fs::write(outside.path().join("kept"), "kept").unwrap();

    let output = Command::new(std::env::current_exe().unwrap())
        .arg("sandbox-probe")
        .args([models.path(), outside.path()])
        .output()
        .unwrap();
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    assert_eq!(seen["enforced system calls"], true, "{seen:#}");
    let no_landlock = seen["enforced files"] != true;
    if no_landlock {
        eprintln!("NOT TESTED: this kernel has no Landlock; reading files is not refused here");
    }
    for (what, result) in seen.as_object().unwrap() {
        let expected = match what.as_str() {
            "enforced files" | "enforced system calls" => continue,
            "read a file" | "read passwords" | "list a directory" if no_landlock => continue,
            "read a model" | "read a linked model" | "start a thread" | "start a thread pool" | "use an open file" => {
                "done"
            }
            _ => "PermissionDenied",
        };
        assert_eq!(result, expected, "{what}: {seen:#}");
    }
    assert_eq!(fs::read_to_string(models.path().join("model")).unwrap(), "good");
    assert_eq!(fs::read_to_string(outside.path().join("kept")).unwrap(), "kept");
}
