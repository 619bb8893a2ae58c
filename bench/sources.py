"""How soon a file that comes into a watched folder is found by its text, and what watching costs.

    python3 bench/sources.py LEGIBLE SCAN [FILES]

LEGIBLE is the program, SCAN the example of `legible-sources` (`cargo build --release -p legible-sources --example scan`),
FILES how many files SCAN looks at (100,000 by default). Draws images with ImageMagick, starts `legible run` in a home of its
own and writes them into a watched folder one at a time, each after the one before was found. The time goes from the moment
at which the file is whole to the moment at which a search finds its text. Writes docs/benchmarks-sources.md with the date
and the load of the machine. The models have to be installed: LEGIBLE_MODELS_DIR says where.
"""

import datetime
import os
import pathlib
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

FILES = 30
LOOK_EVERY_SECONDS = 0.005
GIVE_UP_SECONDS = 60.0
# As a person gets it who says nothing, and as soon as it can be.
QUIET_MS = (2000, 0)
REPORT = pathlib.Path(__file__).parent.parent / "docs" / "benchmarks-sources.md"


def draw(path: pathlib.Path, number: int) -> None:
    """An image of three lines, one of which no other image has."""
    text = f"Corner Bakery\nInvoice {number}\nThank you and see you soon"
    command = ["convert", "-background", "white", "-fill", "black", "-font", "DejaVu-Sans", "-pointsize", "28", f"label:{text}"]
    subprocess.run([*command, str(path)], check=True)


def seconds_until_found(database: sqlite3.Connection, number: int) -> float:
    start = time.monotonic()
    while time.monotonic() - start < GIVE_UP_SECONDS:
        # The search knows it with the same transaction; asking itself needs a newer SQLite than Python has everywhere.
        if database.execute("SELECT 1 FROM reading WHERE text LIKE ?", (f"%{number}%",)).fetchone():
            return time.monotonic() - start
        time.sleep(LOOK_EVERY_SECONDS)
    sys.exit(f"{number} was not found within {GIVE_UP_SECONDS:.0f} s")


def until_it_hears(database: sqlite3.Connection) -> None:
    while not database.execute("SELECT 1 FROM source_state WHERE watching IS NOT NULL").fetchone():
        time.sleep(0.1)


def latencies(legible: str, quiet_ms: int) -> list[float]:
    """The seconds of each file, the slowest last."""
    with tempfile.TemporaryDirectory() as place:
        home = pathlib.Path(place)
        environment = {**os.environ, "LEGIBLE_HOME": place}
        (home / "in").mkdir()
        add = [legible, "sources", "add", "folder", str(home / "in"), "--quiet", str(quiet_ms)]
        subprocess.run(add, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = subprocess.DEVNULL
        running = subprocess.Popen([legible, "run"], env=environment, stdout=log, stderr=log)
        try:
            database = sqlite3.connect(home / "data" / "legible.db", timeout=20)
            until_it_hears(database)
            seconds = []
            # The first one warms the models up.
            for number in range(40_000, 40_001 + FILES):
                draw(home / "drawn.png", number)
                os.rename(home / "drawn.png", home / "in" / f"{number}.png")
                seconds.append(seconds_until_found(database, number))
            return sorted(seconds[1:])
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


def row(legible: str, quiet_ms: int) -> str:
    seconds = latencies(legible, quiet_ms)
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    return f"| {quiet_ms} ms | {p50:.2f} s | {p95:.2f} s | {seconds[-1]:.2f} s |"


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    legible, scan, files = sys.argv[1], sys.argv[2], sys.argv[3:4] or ["100000"]
    before = os.getloadavg()[1]
    rows = [row(legible, quiet) for quiet in QUIET_MS]
    scanned = subprocess.run([scan, *files], check=True, capture_output=True, text=True).stdout
    build = "release" if "/release/" in str(pathlib.Path(legible).resolve()) else "debug"
    scan_build = "release" if "/release/" in str(pathlib.Path(scan).resolve()) else "debug"
    lines = [
        "# What sources cost",
        "",
        f"Measured on {datetime.date.today()} by `bench/sources.py` on {os.cpu_count()} shared cores of a virtual machine, whose load was "
        f"{before:.1f} when it",
        f"began and {os.getloadavg()[1]:.1f} when it ended. Times are upper bounds.",
        "",
        "## From a written file to its text in the search",
        "",
        f"`legible run`, {build} build, warm models, {FILES} images of three lines, written one at a time. A file is taken once it was left alone "
        "for the",
        "quiet time and two looks half a second apart found it the same.",
        "",
        "| quiet time | median | 95 of 100 are faster | longest |",
        "| ---: | ---: | ---: | ---: |",
        *rows,
        "",
        "## Scans and storms",
        "",
        f"`cargo run -p legible-sources --example scan`, {scan_build} build: looks at a folder of {int(files[0]):,} files with a ledger on disk, then a "
        "storm of new files.",
        "",
        scanned.strip(),
        "",
    ]
    REPORT.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
