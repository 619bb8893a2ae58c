//! A pool whose workers behave: reuse, idling, cancel, shutdown.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use legible_vision::worker::{Answer, CancelToken, Pool, PoolConfig, Task, TaskError};
use sysinfo::{Pid, ProcessesToUpdate, System};

use crate::images;

pub const TESTS: &[(&str, fn())] = &[
    ("an_answer_tells_of_the_original", an_answer_tells_of_the_original),
    ("a_bad_image_costs_one_error_and_no_worker", a_bad_image_costs_one_error_and_no_worker),
    ("tasks_wait_for_a_place", tasks_wait_for_a_place),
    ("an_idle_worker_goes_away", an_idle_worker_goes_away),
    ("a_cancel_ends_a_long_task", a_cancel_ends_a_long_task),
    ("a_cancel_ends_the_wait_for_a_place", a_cancel_ends_the_wait_for_a_place),
    ("a_shutdown_ends_all_at_once", a_shutdown_ends_all_at_once),
];

const LONG: Duration = Duration::from_secs(120);
pub const SMALL: Task = Task::Thumbnail { max_side: 20 };
/// Takes seconds with [`images::slow`].
pub const SLOW: Task = Task::Preview { max_side: 5_000 };

/// Workers of this program, one at a time, that stay.
pub fn config() -> PoolConfig {
    PoolConfig {
        command: std::env::current_exe().unwrap(),
        args: vec!["vision-worker".into()],
        models_dirs: vec![],
        size: 1,
        idle: LONG,
        timeout: LONG,
        look_timeout: LONG,
        memory_limit_mb: 2_000,
    }
}

/// Runs a task that nobody cancels.
pub fn run(pool: &Pool, task: &Task, bytes: &[u8]) -> Result<Answer, TaskError> {
    pool.run(task, bytes, &CancelToken::new(), &mut |_| {})
}

/// Runs a slow task and does `fault` as soon as the worker is in the midst of it.
pub fn run_with(pool: &Pool, cancel: &CancelToken, fault: impl FnOnce()) -> Result<Answer, TaskError> {
    let mut fault = Some(fault);
    pool.run(&SLOW, &images::slow(), cancel, &mut |_| {
        if let Some(fault) = fault.take() {
            fault();
        }
    })
}

pub fn is_running(pid: u32) -> bool {
    let mut system = System::new();
    system.refresh_processes(ProcessesToUpdate::Some(&[Pid::from_u32(pid)]), true);
    system.process(Pid::from_u32(pid)).is_some()
}

/// Waits until `condition` holds; fails after a long time.
pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "never happened: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn an_answer_tells_of_the_original() {
    let pool = Pool::new(config());
    let mut told = Vec::new();
    let check = |task: &Task, expected: (&str, u32, u32), told: &mut Vec<f32>| {
        let answer = pool.run(task, &images::small(), &CancelToken::new(), &mut |f| told.push(f)).unwrap();
        let Answer::Image { bytes, media_type, facts, format } = answer else { panic!("{answer:?}") };
        let seen = image::load_from_memory(&bytes).unwrap();
        assert_eq!((media_type.as_str(), seen.width(), seen.height()), expected);
        assert_eq!((facts.width, facts.height, format.as_str()), (40, 30, "png"));
    };
    check(&Task::Thumbnail { max_side: 20 }, ("image/jpeg", 20, 15), &mut told);
    check(&Task::Preview { max_side: 100 }, ("image/png", 40, 30), &mut told);
    assert_eq!(told, [0.0, 0.0]);
}

fn a_bad_image_costs_one_error_and_no_worker() {
    let pool = Pool::new(config());
    run(&pool, &SMALL, &images::small()).unwrap();
    let pids = pool.pids();
    let check = |bytes: &[u8], expected: &str| {
        let error = run(&pool, &SMALL, bytes).unwrap_err();
        assert_eq!((error.code(), error.retryable()), (expected, false), "{error}");
    };
    check(b"", "image-empty");
    check(b"no image at all", "image-not-an-image");
    check(&images::small()[..60], "image-truncated");
    check(&vec![0; 257 << 20], "image-too-many-bytes");
    run(&pool, &SMALL, &images::small()).unwrap();
    assert_eq!((pids.len(), pool.pids()), (1, pids));
}

fn tasks_wait_for_a_place() {
    let pool = Pool::new(PoolConfig { size: 2, ..config() });
    let (callers, image) = (8, images::small());
    let start = Barrier::new(callers);
    thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                start.wait();
                for _ in 0..5 {
                    run(&pool, &SMALL, &image).unwrap();
                    assert!(pool.pids().len() <= 2);
                }
            });
        }
    });
}

fn an_idle_worker_goes_away() {
    let pool = Pool::new(PoolConfig { idle: Duration::from_millis(50), ..config() });
    for _ in 0..2 {
        let mut pids = Vec::new();
        pool.run(&SMALL, &images::small(), &CancelToken::new(), &mut |_| pids = pool.pids()).unwrap();
        wait_until("the pool lets its worker go", || pool.pids().is_empty());
        wait_until("the worker's process ends", || !is_running(pids[0]));
    }
}

fn a_cancel_ends_a_long_task() {
    let pool = Pool::new(config());
    let cancel = CancelToken::new();
    let mut cancelled_at = None;
    let result = run_with(&pool, &cancel, || {
        cancel.cancel();
        cancelled_at = Some(Instant::now());
    });
    assert_eq!(result, Err(TaskError::Cancelled));
    let took = cancelled_at.unwrap().elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    run(&pool, &SMALL, &images::small()).unwrap();
}

fn a_cancel_ends_the_wait_for_a_place() {
    let pool = Pool::new(config());
    let (first, second) = (CancelToken::new(), CancelToken::new());
    let result = run_with(&pool, &first, || {
        thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.run(&SMALL, &images::small(), &second, &mut |_| {}));
            second.cancel();
            assert_eq!(waiting.join().unwrap(), Err(TaskError::Cancelled));
        });
        first.cancel();
    });
    assert_eq!(result, Err(TaskError::Cancelled));
}

fn a_shutdown_ends_all_at_once() {
    let pool = Pool::new(config());
    let mut pids = Vec::new();
    let result = run_with(&pool, &CancelToken::new(), || {
        pids = pool.pids();
        pool.shutdown();
    });
    assert_eq!(result, Err(TaskError::Stopped));
    assert_eq!(pids.len(), 1);
    assert!(pool.pids().is_empty() && !is_running(pids[0]));
    assert_eq!(run(&pool, &SMALL, &images::small()), Err(TaskError::Stopped));

    let pool = Pool::new(config());
    run(&pool, &SMALL, &images::small()).unwrap();
    let idle = pool.pids();
    drop(pool);
    assert!(!is_running(idle[0]));
}
