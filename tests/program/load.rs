//! How much a process and its children work, as the kernel counts it. Linux only.
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Work of no more than this in a look is that of a program at rest: answering, housekeeping. In clock ticks of 10 ms.
const REST: u64 = 1;

/// CPU time so far of a process and all below it, in clock ticks, by process.
pub fn cpu_ticks(root: u32) -> HashMap<u32, u64> {
    let mut processes = HashMap::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // The fields after the name, which may hold anything, from the state on (proc_pid_stat(5)).
        let fields: Vec<&str> = stat.rsplit_once(") ").map_or_else(Vec::new, |(_, rest)| rest.split(' ').collect());
        let [parent, user, system] = [1, 11, 12].map(|index| fields[index].parse::<u64>().unwrap());
        processes.insert(pid, (parent as u32, user + system));
    }
    let is_below = |mut pid: u32| {
        while let Some((parent, _)) = processes.get(&pid) {
            if pid == root {
                return true;
            }
            pid = *parent;
        }
        false
    };
    processes.iter().filter(|(pid, _)| is_below(**pid)).map(|(pid, (_, ticks))| (*pid, *ticks)).collect()
}

/// CPU time that was used between two looks, in clock ticks. What a process used that has ended since is not known.
pub fn used(before: &HashMap<u32, u64>, after: &HashMap<u32, u64>) -> u64 {
    after.iter().map(|(pid, ticks)| ticks - before.get(pid).unwrap_or(&0).min(ticks)).sum()
}

/// When the process and all below it came to rest, counted from `since`: after that they worked no more for `quiet`.
pub fn rests_after(root: u32, since: Instant, quiet: Duration) -> Duration {
    let until = since + super::DEADLINE;
    let (mut before, mut last_work) = (cpu_ticks(root), since);
    while last_work.elapsed() < quiet {
        std::thread::sleep(LOOK);
        let after = cpu_ticks(root);
        if used(&before, &after) > REST {
            last_work = Instant::now();
        }
        before = after;
        assert!(Instant::now() < until, "it never came to rest");
    }
    last_work - since
}
