"""A large library recognised in the background: how long it takes, that a kill costs nothing, and how long an image that is
dropped meanwhile waits for its text.

    python3 bench/library.py LEGIBLE PHOTOS MODEL [MODEL ...] [--images 10000]

Makes small images of its own out of the photos in the folder PHOTOS, adds them to a library in a home of its own and has them read. Then
it adds the models, which makes all photos due, and runs the schedule that recognises them. Every few seconds another image is dropped
and timed until its text is there, before that schedule and during it; halfway through, the service is killed with SIGKILL and started
again. In the end each image must have been recognised, and none read twice. Needs Pillow and the text models: LEGIBLE_MODELS_DIR says where
those are.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from PIL import Image, ImageDraw, ImageFont

DROPS_BEFORE = 15
SECONDS_BETWEEN_DROPS = 6
LOOK_EVERY_SECONDS = 0.02
GIVE_UP_SECONDS = 7200


class Home:
    """A library in a folder that is removed in the end."""

    def __init__(self, program, folder):
        self.program, self.folder, self.service = program, folder, None
        self.environment = {**os.environ, "LEGIBLE_HOME": str(folder / "home")}

    def legible(self, *arguments):
        done = subprocess.run([self.program, *map(str, arguments)], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"legible {' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
        return done.stdout

    def start(self):
        self.service = subprocess.Popen([self.program, "run"], env=self.environment, stderr=subprocess.DEVNULL)

    def kill(self):
        self.service.send_signal(signal.SIGKILL)
        self.service.wait()

    def ask(self, sql):
        """One number out of the database, read beside the program."""
        file = next((self.folder / "home").rglob("legible.db"))
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(sql).fetchone()[0]
        finally:
            database.close()

    def wait(self, sql, wanted, what):
        """How many seconds it takes until the database says so."""
        start = time.monotonic()
        while self.ask(sql) != wanted:
            if time.monotonic() - start > GIVE_UP_SECONDS:
                sys.exit(f"{what} did not end")
            time.sleep(LOOK_EVERY_SECONDS)
        return time.monotonic() - start


def make_images(photos, folder, count):
    """Small pieces of photos, all different."""
    sources = [Image.open(path).convert("RGB") for path in sorted(photos.iterdir()) if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    for source in sources:
        source.thumbnail((1200, 1200))
    chance = random.Random(5)
    folder.mkdir()
    for number in range(count):
        source = sources[number % len(sources)]
        width = min(source.width, chance.randrange(300, 700))
        height = min(source.height, width * 3 // 4)
        left, top = chance.randrange(source.width - width + 1), chance.randrange(source.height - height + 1)
        piece = source.crop((left, top, left + width, top + height)).resize((240, 180))
        # Bars that spell its number make it another file than all others.
        for bit in range(16):
            ImageDraw.Draw(piece).rectangle((bit * 6, 0, bit * 6 + 5, 7), "white" if number >> bit & 1 else "black")
        piece.save(folder / f"{number:05}.jpg", quality=80)


def drop(home, number):
    """How many seconds an image with a word waits for its text."""
    word = "".join(chr(ord("A") + int(digit)) for digit in f"{number:04}") + "WORD"
    file = home.folder / f"drop-{number}.png"
    image = Image.new("RGB", (480, 160), "white")
    ImageDraw.Draw(image).text((40, 50), word, fill="black", font=ImageFont.load_default(48))
    image.save(file)
    start = time.monotonic()
    home.legible("add", file)
    home.wait(f"SELECT count(*) FROM item JOIN reading ON item_id = item.id WHERE name = '{file.name}'", 1, file.name)
    return time.monotonic() - start


def seconds(values):
    ordered = sorted(values)
    return f"{statistics.median(ordered):.2f} s, worst of {len(ordered)} {ordered[-1]:.2f} s"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--images", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(asked.program, pathlib.Path(folder))
        make_images(asked.photos, home.folder / "images", asked.images)
        home.start()
        start = time.monotonic()
        home.legible("add", home.folder / "images")
        home.wait("SELECT count(*) FROM reading", asked.images, "reading")
        print(f"{asked.images} images read in {time.monotonic() - start:.0f} s", flush=True)
        home.wait("SELECT count(*) FROM job WHERE state IN ('enqueued', 'running', 'blocked')", 0, "the first look")
        print(f"... and looked at without models after {time.monotonic() - start:.0f} s", flush=True)
        before = [drop(home, number) for number in range(DROPS_BEFORE)]
        for model in asked.models:
            home.legible("models", "add", model)
        home.legible("schedules", "run", home.ask("SELECT id FROM schedule WHERE kind = 'recognise-new'"))
        start, during, killed, number = time.monotonic(), [], False, DROPS_BEFORE
        due = "SELECT count(*) FROM job WHERE kind IN ('recognise', 'recognise-new') AND state IN ('enqueued', 'running')"
        while home.ask(due) == 0:
            time.sleep(LOOK_EVERY_SECONDS)
        most = home.ask(due)
        while (left := home.ask(due)) > 0:
            most = max(most, left)
            if not killed and left < most / 2:
                home.kill()
                home.start()
                killed = True
            during.append(drop(home, number))
            number += 1
            time.sleep(SECONDS_BETWEEN_DROPS)
        took = time.monotonic() - start
        photos = home.ask("SELECT count(DISTINCT item_id) FROM facet JOIN facet_name ON facet_name.id = facet_id WHERE name = 'kind' AND value = 'photo'")
        looked = home.ask("SELECT count(DISTINCT item_id) FROM facet JOIN facet_name ON facet_name.id = facet_id WHERE name = 'looked' AND value = 'objects'")
        twice = home.ask("SELECT count(*) FROM (SELECT subject FROM job WHERE kind = 'read' AND state = 'succeeded' GROUP BY subject HAVING count(*) > 1)")
        print(f"{most} photos looked at by {len(asked.models)} models in {took:.0f} s ({60 * most / took:.0f} a minute), killed in their midst: {killed}")
        print(f"text of a dropped image: idle {seconds(before)}; meanwhile {seconds(during)}")
        print(json.dumps({"photos": photos, "looked_at": looked, "read_twice": twice}))
        home.service.terminate()
        home.service.wait()
        if photos != looked or twice:
            sys.exit("not every photo was looked at, or one was read twice")


if __name__ == "__main__":
    main()
