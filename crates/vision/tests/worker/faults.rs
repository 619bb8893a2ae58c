//! Workers that die, hang, eat memory or talk nonsense, and a parent that is gone.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use legible_vision::worker::{CancelToken, Pool, PoolConfig, ServeArgs, TaskError, frame};
use sysinfo::{Pid, ProcessStatus, ProcessesToUpdate, System};

use crate::images;
use crate::pools::{SMALL, config, is_running, run, run_with, wait_until};

pub const TESTS: &[(&str, fn())] = &[
    ("a_killed_worker_costs_one_try", a_killed_worker_costs_one_try),
    ("a_worker_that_died_idle_costs_nothing", a_worker_that_died_idle_costs_nothing),
    ("a_worker_whose_idle_death_shows_late_costs_nothing", a_worker_whose_idle_death_shows_late_costs_nothing),
    ("an_image_over_the_memory_limit_fails_alone", an_image_over_the_memory_limit_fails_alone),
    ("a_worker_ends_with_its_parent", a_worker_ends_with_its_parent),
    ("a_worker_refuses_what_is_not_a_frame", a_worker_refuses_what_is_not_a_frame),
    ("a_program_that_is_not_there_is_told", a_program_that_is_not_there_is_told),
    #[cfg(unix)]
    ("programs_that_are_no_workers_are_told", programs_that_are_no_workers_are_told),
    #[cfg(unix)]
    ("memory_is_watched_from_outside", memory_is_watched_from_outside),
];

/// Ends a process as `kill -9` does, and waits until it is dead (its parent may not have looked yet).
pub fn kill(pid: u32) {
    let status = |kill: bool| {
        let mut system = System::new();
        system.refresh_processes(ProcessesToUpdate::Some(&[Pid::from_u32(pid)]), true);
        system.process(Pid::from_u32(pid)).map(|process| {
            assert!(!kill || process.kill());
            process.status()
        })
    };
    assert!(status(true).is_some(), "there is no process {pid}");
    wait_until("the killed process dies", || {
        matches!(status(false), None | Some(ProcessStatus::Zombie | ProcessStatus::Dead))
    });
}

fn a_killed_worker_costs_one_try() {
    let pool = Pool::new(config());
    let error = run_with(&pool, &CancelToken::new(), || kill(pool.pids()[0])).unwrap_err();
    assert!(matches!(&error, TaskError::Crashed { .. }), "{error}");
    assert!(error.retryable());
    run(&pool, &SMALL, &images::small()).unwrap();
}

fn a_worker_that_died_idle_costs_nothing() {
    let pool = Pool::new(config());
    run(&pool, &SMALL, &images::small()).unwrap();
    let pid = pool.pids()[0];
    kill(pid);
    run(&pool, &SMALL, &images::small()).unwrap();
    assert_ne!(pool.pids(), [pid]);
}

/// A worker that refuses one image as it should, and is gone as soon as the next is sent.
pub fn do_one_task() {
    let (mut stdin, mut stdout) = (std::io::stdin(), std::io::stdout());
    let (request, _) = frame::read::<serde_json::Value>(&mut stdin).unwrap().unwrap();
    let failure = serde_json::json!({ "why": "image", "code": "image-empty", "message": "The file is empty." });
    let answer = serde_json::json!({ "say": "failed", "id": request["id"], "failure": failure });
    frame::write(&mut stdout, &answer, &[]).unwrap();
    frame::read::<serde_json::Value>(&mut stdin).unwrap();
}

fn a_worker_whose_idle_death_shows_late_costs_nothing() {
    let command = std::env::current_exe().unwrap();
    let pool = Pool::new(PoolConfig { command, args: vec!["one-task-worker".into()], ..config() });
    for _ in 0..3 {
        assert_eq!(run(&pool, &SMALL, b"").unwrap_err().code(), "image-empty");
    }
}

fn an_image_over_the_memory_limit_fails_alone() {
    let pool = Pool::new(PoolConfig { memory_limit_mb: 200, ..config() });
    run(&pool, &SMALL, &images::small()).unwrap();
    let error = run(&pool, &SMALL, &images::black(12_000, 12_000)).unwrap_err();
    assert_eq!(error, TaskError::MemoryLimit { limit_mb: 200 });
    assert!(!error.retryable() && error.to_string().contains("200 MB"), "{error}");
    run(&pool, &SMALL, &images::small()).unwrap();
}

/// A worker without a pool.
fn worker() -> Child {
    let args = ServeArgs { models_dirs: vec![], memory_limit_mb: 2_000 }.to_args();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("vision-worker").args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn a_worker_ends_with_its_parent() {
    let mut idle = worker();
    drop(idle.stdin.take());
    assert!(idle.wait().unwrap().success());

    let mut busy = worker();
    let request = serde_json::json!({
        "say": "run", "id": 1, "task": { "kind": "preview", "max_side": 5_000 }
    });
    let (mut stdin, mut stdout) = (busy.stdin.take().unwrap(), busy.stdout.take().unwrap());
    frame::write(&mut stdin, &request, &images::slow()).unwrap();
    let (progress, _) = frame::read::<serde_json::Value>(&mut stdout).unwrap().unwrap();
    assert_eq!(progress["say"], "progress");
    drop(stdin);
    assert!(busy.wait().unwrap().success());
    assert!(frame::read::<serde_json::Value>(&mut stdout).unwrap().is_none(), "it ended before its answer");
}

fn a_worker_refuses_what_is_not_a_frame() {
    let mut child = worker();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(said.contains("not a frame"), "{said}");
}

fn a_program_that_is_not_there_is_told() {
    let pool = Pool::new(PoolConfig { command: PathBuf::from("/nowhere/legible"), ..config() });
    for _ in 0..2 {
        let error = run(&pool, &SMALL, &images::small()).unwrap_err();
        assert_eq!((error.code(), error.retryable()), ("worker-not-started", true), "a fork may work another time");
        assert!(error.to_string().contains("legible") && error.hint().is_some(), "{error}");
    }
}

/// A pool whose workers are a shell script.
#[cfg(unix)]
fn shell(script: &str, timeout: Duration) -> Pool {
    let args = vec!["-c".into(), script.into()];
    Pool::new(PoolConfig { command: "/bin/sh".into(), args, timeout, memory_limit_mb: 100, ..config() })
}

#[cfg(unix)]
fn programs_that_are_no_workers_are_told() {
    let check = |script: &str, expected: &str| {
        let pool = shell(script, Duration::from_millis(500));
        for bytes in [images::small(), vec![7; 2_000_000]] {
            let mut pids = Vec::new();
            let error = std::thread::scope(|scope| {
                let task = scope.spawn(|| run(&pool, &SMALL, &bytes).unwrap_err());
                while !task.is_finished() {
                    pids.extend(pool.pids());
                    std::thread::sleep(Duration::from_millis(5));
                }
                task.join().unwrap()
            });
            let seen = format!("{} {}: {error}", error.code(), error.retryable());
            assert!(seen.starts_with(expected.split('…').next().unwrap()), "{script}: {seen}");
            assert!(expected.split('…').all(|part| seen.contains(part)), "{script}: {seen}");
            wait_until("the process is gone", || pids.iter().all(|&pid| !is_running(pid)));
        }
    };
    check("exec sleep 1000", "timeout true: this image was not done within 0 seconds");
    check("echo Hello; exec sleep 1000", "worker-crashed true: …not a frame: they begin with [48, 65, 6c, 6c]");
    check("exec cat /dev/urandom", "worker-crashed true: …not a frame");
    check(r"printf 'LGV1\377\377\377\377\0\0\0\0'; exec sleep 1000", "worker-crashed true: …over the limit of 65536");
    check(r"printf 'LGV1\002\0\0\0\0\0\0\0{}'; exec sleep 1000", "worker-crashed true: …header cannot be understood");
    check(r"printf 'LGV1\002\0\0\0\0\0\0\0{'", "worker-crashed true: …the stream ended inside a frame");
    check("echo oh no >&2; exit 3", "worker-crashed true: …exit status: 3; its last words: oh no");
    check("kill -9 $$", "worker-crashed true: …signal: 9");
    check("exit 0", "worker-crashed true: …exit status: 0");
}

#[cfg(unix)]
fn memory_is_watched_from_outside() {
    // It looks for the last lines of a file without line ends, and keeps all of it.
    let pool = shell("exec tail /dev/zero", Duration::from_secs(60));
    let error = run(&pool, &SMALL, &images::small()).unwrap_err();
    assert_eq!(error, TaskError::MemoryLimit { limit_mb: 100 });
}
