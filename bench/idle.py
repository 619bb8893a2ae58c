"""What Legible costs while it has nothing to do: the app in the tray without a window, or `legible run`.

    dbus-run-session -- xvfb-run python3 bench/idle.py PROGRAM [ARGUMENT ...]

Starts the program in a home of its own, lets it settle, and then reads from /proc what it and its children used:
CPU seconds, wake-ups (voluntary context switches of all threads) and resident memory. LEGIBLE_IDLE_SECONDS says how long
(600 by default). Prints one line of a table.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

SETTLE_SECONDS = 45


def family(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = [root]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wake_ups(pid: int) -> int:
    total = 0
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        for line in status.read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def memory_mib(pid: int) -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    program, seconds = sys.argv[1:], int(os.environ.get("LEGIBLE_IDLE_SECONDS", "600"))
    if not program:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LEGIBLE_HOME": home}
        running = subprocess.Popen(program, env=environment, stderr=subprocess.DEVNULL)
        try:
            time.sleep(SETTLE_SECONDS)
            processes = family(running.pid)
            before = [(cpu_seconds(pid), wake_ups(pid)) for pid in processes]
            time.sleep(seconds)
            after = [(cpu_seconds(pid), wake_ups(pid)) for pid in processes]
            cpu = sum(b[0] - a[0] for a, b in zip(before, after))
            wakes = sum(b[1] - a[1] for a, b in zip(before, after))
            memory = sum(memory_mib(pid) for pid in processes)
            name = " ".join([pathlib.Path(program[0]).name, *program[1:]])
            print(f"| {name} | {len(processes)} | {seconds} | {cpu:.2f} | {wakes / seconds:.2f} | {memory:.0f} |")
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


if __name__ == "__main__":
    main()
