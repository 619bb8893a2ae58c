"""What the bench's child processes cost: wall time, CPU seconds and peak memory of whole process trees (Linux, /proc).

Peak memory is the largest sum, at any sample, of the peak resident sets (VmHWM) of all live processes of the tree.
Shared pages count once per process, so the figure is an upper bound. CPU is what the kernel accounts to ended children,
or what was sampled from live ones if that is more (a grandchild that nobody waited for).
"""

import os
import resource
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.03
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """Seconds of wall clock, seconds of CPU (user and system), bytes of memory."""

    wall: float
    cpu: float
    peak: int


def children(pid):
    """The direct children of a process."""
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def descendants(pid):
    """All processes below a process, without itself."""
    found, waiting = [], [pid]
    while waiting:
        below = children(waiting.pop())
        found += below
        waiting += below
    return found


def peak_memory(pid):
    """The process's peak resident set in bytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def cpu_seconds(pid):
    """CPU seconds of a process, without its children; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _ended_children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Meter:
    """Measures all that runs below this process during the block, except the trees of the processes in `ignore`."""

    def __init__(self, ignore=()):
        self._ignored = set(ignore).union(*(descendants(pid) for pid in ignore))
        self._done = threading.Event()
        self._cpu = {}
        self._peak = 0
        self.usage = None

    def __enter__(self):
        self._ended_before = _ended_children_cpu()
        self._start = time.perf_counter()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        wall = time.perf_counter() - self._start
        self._done.set()
        self._thread.join()
        cpu = max(_ended_children_cpu() - self._ended_before, sum(self._cpu.values()))
        self.usage = Usage(wall, cpu, self._peak)

    def _sample(self):
        while not self._done.wait(SAMPLE_SECONDS):
            total = 0
            for pid in descendants(os.getpid()):
                if pid not in self._ignored:
                    total += peak_memory(pid)
                    self._cpu[pid] = max(self._cpu.get(pid, 0.0), cpu_seconds(pid))
            self._peak = max(self._peak, total)


@dataclass
class Ended:
    """A command that ran to its end; `first_output` is the seconds until its first byte on stdout, None without any."""

    stdout: str
    stderr: str
    code: int
    first_output: float | None


def run(command, env=None):
    """Runs a command to its end."""
    with tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, env=os.environ | (env or {})
        )
        first = process.stdout.read(1)
        first_output = time.perf_counter() - start if first else None
        output = first + process.stdout.read()
        process.stdout.close()
        code = process.wait()
        complaints.seek(0)
        return Ended(
            output.decode("utf-8", "replace"), complaints.read().decode("utf-8", "replace"), code, first_output
        )
