//! A worker's memory: the limit it sets on itself, the pool's look at it from outside, and how its death tells.

use std::time::Instant;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::error::WorkerError;
use super::limits::TICK;

/// What Rust's allocator, a failed `Vec::try_reserve` and the C library say when memory runs out.
const OUT_OF_MEMORY: [&str; 3] = ["memory allocation of", "AllocError", "Cannot allocate memory"];

/// Limits this process's memory, and forbids core dumps, which would put image data on the disk.
///
/// `RLIMIT_DATA` counts private writable memory on Linux: heap, anonymous maps and thread stacks, but not the program and its
/// libraries nor address space that is only reserved, as `RLIMIT_AS` would. An allocation beyond it fails and ends the
/// process. Where a kernel does not enforce it for maps (macOS), the pool's [`Gauge`] does.
#[cfg(unix)]
pub(super) fn limit_own(limit_mb: u64) -> Result<(), WorkerError> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let set = |resource: Resource, most: u64| {
        let bound = Some(getrlimit(resource).maximum.map_or(most, |hard| hard.min(most)));
        setrlimit(resource, Rlimit { current: bound, maximum: bound }).map_err(|e| WorkerError::Limit(e.into()))
    };
    set(Resource::Data, limit_mb.saturating_mul(1 << 20))?;
    set(Resource::Core, 0)
}

/// Only the pool's [`Gauge`] limits memory here.
#[cfg(not(unix))]
pub(super) fn limit_own(_limit_mb: u64) -> Result<(), WorkerError> {
    Ok(())
}

/// Makes a panic for want of memory end this process, as a failed allocation does. Some decoders panic so, and who
/// catches that would blame the image.
pub(super) fn end_when_it_runs_out() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        if ran_out(&panic.to_string()) {
            std::process::abort();
        }
    }));
}

/// Whether a dead worker's last words say that memory ran out.
pub(super) fn ran_out(last_words: &str) -> bool {
    OUT_OF_MEMORY.iter().any(|words| last_words.contains(words))
}

/// Looks at a process's resident memory from outside, on every system, at most once a [`TICK`].
pub(super) struct Gauge {
    system: System,
    pid: Pid,
    looked_at: Option<Instant>,
}

impl Gauge {
    pub(super) fn new(pid: u32) -> Self {
        Gauge { system: System::new(), pid: Pid::from_u32(pid), looked_at: None }
    }

    /// Whether the process holds more than `limit_mb` MiB; no, while it is not time to look or when it is gone.
    pub(super) fn is_over(&mut self, limit_mb: u64, now: Instant) -> bool {
        if self.looked_at.is_some_and(|at| now.duration_since(at) < TICK) {
            return false;
        }
        self.looked_at = Some(now);
        let memory_only = ProcessRefreshKind::nothing().with_memory().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.pid]), true, memory_only);
        self.system.process(self.pid).is_some_and(|process| process.memory() > limit_mb.saturating_mul(1 << 20))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gauge_sees_this_process() {
        let start = Instant::now();
        let mut gauge = Gauge::new(std::process::id());
        assert!(gauge.is_over(1, start), "a test needs more than 1 MiB");
        assert!(!gauge.is_over(1, start), "not yet time to look again");
        assert!(!gauge.is_over(1 << 30, start + TICK), "a test needs less than a PiB");
    }
}
