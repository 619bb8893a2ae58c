"""How long it takes from asking for a region of the screen to its text on the clipboard.

    python3 bench/capture.py LEGIBLE

LEGIBLE is the program. Starts an X server (Xvfb) of its own, shows images of a few lines with ImageMagick, and captures each
with `legible capture --region … --copy` while `legible run` serves; beside it, in turn, with what people string together
where no such program is: `import | tesseract | xclip`. A time goes from the start of the command to the moment at which xclip
reads the very text. Writes docs/benchmarks-capture.md. The models have to be installed: LEGIBLE_MODELS_DIR says where.
"""

import datetime
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 20
# The first ones load the models.
WARM_UP = 2
GIVE_UP_SECONDS = 60.0
REGION = (40, 40, 700, 220)
REPORT = pathlib.Path(__file__).parent.parent / "docs" / "benchmarks-capture.md"


def draw(path: pathlib.Path, number: int) -> None:
    """An image of three lines, one of which no other image has, as large as the region."""
    size = f"{REGION[2]}x{REGION[3]}"
    text = f"Corner Bakery\nInvoice {number}\nThank you and see you soon"
    command = ["convert", "-size", size, "-background", "white", "-fill", "black", "-gravity", "center"]
    subprocess.run([*command, "-font", "DejaVu-Sans", "-pointsize", "28", f"label:{text}", str(path)], check=True)


def clipboard(environment: dict[str, str]) -> str:
    said = subprocess.run(["xclip", "-selection", "clipboard", "-out"], env=environment, capture_output=True, text=True)
    return said.stdout


def seconds_to_clipboard(command: list[str], environment: dict[str, str], number: int) -> float | None:
    """None when what was read is something else."""
    start = time.monotonic()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while time.monotonic() - start < GIVE_UP_SECONDS:
        text = clipboard(environment)
        if text.strip():
            return time.monotonic() - start if str(number) in text else None
        time.sleep(0.005)
    sys.exit(f"nothing came onto the clipboard within {GIVE_UP_SECONDS:.0f} s")


def ways(legible: str) -> dict[str, list[str]]:
    x, y, width, height = REGION
    found = {"Legible": [legible, "capture", "--region", f"{x},{y},{width}x{height}", "--copy"]}
    if shutil.which("tesseract"):
        piped = f"import -silent -window root -crop {width}x{height}+{x}+{y} png:- | tesseract - - | xclip -selection clipboard"
        version = subprocess.run(["tesseract", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
        found[f"`import`, {version}, `xclip`"] = ["sh", "-c", piped]
    else:
        print("tesseract is not installed: Legible is measured alone")
    return found


def measure(legible: str) -> dict[str, list[float | None]]:
    seconds: dict[str, list[float | None]] = {}
    with tempfile.TemporaryDirectory() as place:
        home = pathlib.Path(place)
        server = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "800x300x24"]
        screen = subprocess.Popen(server, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert screen.stdout
        environment = {**os.environ, "LEGIBLE_HOME": place, "DISPLAY": f":{screen.stdout.readline().strip()}"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
        running = subprocess.Popen([legible, "run"], **quiet)
        try:
            for number in range(40_000, 40_000 + WARM_UP + ROUNDS):
                draw(home / "shown.png", number)
                at = f"+{REGION[0]}+{REGION[1]}"
                shown = subprocess.Popen(["display", "-geometry", at, "-borderwidth", "0", str(home / "shown.png")], **quiet)
                # An X server without a manager maps at once; the window still has to paint itself.
                time.sleep(1.5)
                for name, command in ways(legible).items():
                    subprocess.run(["xclip", "-selection", "clipboard", "/dev/null"], env=environment, check=True)
                    took = seconds_to_clipboard(command, environment, number)
                    if number >= 40_000 + WARM_UP:
                        seconds.setdefault(name, []).append(took)
                shown.kill()
                shown.wait()
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)
            screen.kill()
    return seconds


def row(name: str, seconds: list[float | None]) -> str:
    right = sorted(took for took in seconds if took is not None)
    if not right:
        return f"| {name} | | | 0 of {len(seconds)} |"
    p95 = statistics.quantiles(right, n=20)[-1] if len(right) > 1 else right[0]
    return f"| {name} | {statistics.median(right):.2f} s | {p95:.2f} s | {len(right)} of {len(seconds)} |"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    before = os.getloadavg()[1]
    seconds = measure(sys.argv[1])
    build = "release" if "/release/" in str(pathlib.Path(sys.argv[1]).resolve()) else "debug"
    lines = [
        "# From a region of the screen to its text on the clipboard",
        "",
        f"Measured on {datetime.date.today()} by `bench/capture.py` ({build} build, service running, models warm) on {os.cpu_count()} shared cores of a",
        f"virtual machine, whose load was {before:.1f} when it began and {os.getloadavg()[1]:.1f} when it ended. Each region of "
        f"{REGION[2]} × {REGION[3]} pixels holds three",
        "lines; all ways take it in turn. A time goes from the start of the command to the moment at which the text can be pasted.",
        "",
        "| by | median | 95 of 100 are faster | read right |",
        "| --- | ---: | ---: | ---: |",
        *(row(name, took) for name, took in seconds.items()),
        "",
    ]
    REPORT.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
