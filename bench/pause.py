"""How soon the load stops after `legible pause`.

    python3 bench/pause.py LEGIBLE IMAGE [IMAGE ...]

Starts `legible run` in a home of its own, adds the images, and pauses again and again in the middle of reading. Each time
it reads from /proc when the service and its workers last used the processor, counted from the start of the command.
LEGIBLE_PAUSES says how often (20 by default). Prints one line of a table. The models have to be installed: LEGIBLE_MODELS_DIR
says where.
"""

import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from idle import cpu_seconds, family

# The processor time of a process is counted in steps of 10 ms; one step is what looking at a clock may cost.
STEP_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
LOOK_EVERY_SECONDS = 0.02
QUIET_SECONDS = 1.5
GIVE_UP_SECONDS = 10.0


def load(root: int) -> dict[int, float]:
    """The processor time of each process of a family, as far as it still lives."""
    seconds = {}
    for pid in family(root):
        try:
            seconds[pid] = cpu_seconds(pid)
        except OSError:
            continue
    return seconds


def works(before: dict[int, float], after: dict[int, float]) -> bool:
    return any(after[pid] - before.get(pid, after[pid]) > STEP_SECONDS for pid in after)


def until_load(root: int) -> None:
    """Waits until something is being read."""
    before = load(root)
    while True:
        time.sleep(0.5)
        after = load(root)
        if sum(after.values()) - sum(before.values()) > 0.3:
            return
        before = after


def seconds_of_load(root: int, command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """How long the command took, and when the load that it is to stop was last seen."""
    start = time.monotonic()
    asked = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    ended, last, before = None, 0.0, load(root)
    while (now := time.monotonic() - start) < GIVE_UP_SECONDS:
        time.sleep(LOOK_EVERY_SECONDS)
        after = load(root)
        if works(before, after):
            last = time.monotonic() - start
        before = after
        if ended is None and asked.poll() is not None:
            ended = now
        if ended is not None and now - max(ended, last) > QUIET_SECONDS:
            break
    return ended or GIVE_UP_SECONDS, last


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    legible, images, times = sys.argv[1], sys.argv[2:], int(os.environ.get("LEGIBLE_PAUSES", "20"))
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LEGIBLE_HOME": home}
        running = subprocess.Popen([legible, "run"], env=environment, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            subprocess.run([legible, "add", *images], env=environment, stdout=subprocess.DEVNULL, check=True)
            commands, loads = [], []
            for _ in range(times):
                until_load(running.pid)
                command, last = seconds_of_load(running.pid, [legible, "pause"], environment)
                commands.append(command)
                loads.append(last)
                subprocess.run([legible, "resume"], env=environment, stdout=subprocess.DEVNULL, check=True)
            command, median = statistics.median(commands), statistics.median(loads)
            print(f"| {times} | {command:.2f} s | {median:.2f} s | {max(loads):.2f} s |")
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


if __name__ == "__main__":
    main()
