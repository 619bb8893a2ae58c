"""Reads rendered images with Legible, RapidOCR and Tesseract, interleaved, and prints the figures side by side.

    python bench/run.py --legible target/release/legible [--models DIR] [--quick] [--write docs/benchmarks.md]

Runs on Linux with the Python packages of `requirements.txt` and, from Debian: tesseract-ocr,
tesseract-ocr-{eng,deu,fra,rus,chi-sim,chi-sim-vert,jpn,jpn-vert,osd}, fonts-dejavu-core, fonts-liberation, fonts-noto-core, fonts-noto-cjk.
"""

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path

import report
from engines import EngineError, Legible, RapidOcr, Tesseract
from measure import Meter
from render import render
from score import score

ROOT = Path(__file__).resolve().parent.parent
COLD_SAMPLE = "receipt-1"
BATCH_PER_GROUP = 2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--legible",
        default=os.environ.get("LEGIBLE_CLI", ROOT / "target/release/legible"),
        help="the release binary (default: $LEGIBLE_CLI or target/release/legible)",
    )
    parser.add_argument("--models", default=os.environ.get("LEGIBLE_MODELS_DIR"), help="the folder of Legible's models")
    parser.add_argument("--cache", default=ROOT / "target/bench", type=Path, help="where images and raw results go")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one image a group, one repeat: checks the wiring")
    parser.add_argument("--engines", default="legible,rapidocr,rapidocr-shipped,tesseract")
    parser.add_argument("--groups", help="only these groups, separated by commas")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the report as Markdown")
    parser.add_argument("--date", default=date.today().isoformat(), help="the date that the report bears")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if Legible's character error rate is above RapidOCR's in any group"
    )
    return parser.parse_args()


def chosen_engines(options):
    makers = {
        "legible": lambda: Legible(options.legible, options.models),
        "rapidocr": lambda: RapidOcr(as_shipped=False),
        "rapidocr-shipped": lambda: RapidOcr(as_shipped=True),
        "tesseract": Tesseract,
    }
    names = options.engines.split(",")
    unknown = [name for name in names if name not in makers]
    if unknown:
        raise EngineError(f"no engine is called {unknown[0]}: choose from {', '.join(makers)}")
    return [makers[name]() for name in names]


def chosen_samples(options):
    samples = render(options.cache)
    if options.groups:
        wanted = options.groups.split(",")
        unknown = set(wanted) - {sample.group for sample in samples}
        if unknown:
            raise EngineError(f"no group is called {sorted(unknown)[0]}")
        samples = [sample for sample in samples if sample.group in wanted]
    return first_of_each_group(samples, 1) if options.quick else samples


def first_of_each_group(samples, count):
    taken = {}
    for sample in samples:
        taken.setdefault(sample.group, []).append(sample)
    return [sample for group in taken.values() for sample in group[:count]]


def rotated(engines, by):
    """The engines in an order that changes from turn to turn, so that none always runs after the same one."""
    return engines[by % len(engines) :] + engines[: by % len(engines)]


def read_one_by_one(engines, samples, repeat):
    """Each image through every engine in turn: text, time, CPU and memory."""
    records = []
    for i, sample in enumerate(samples):
        say(f"repeat {repeat + 1}: image {i + 1} of {len(samples)} ({sample.name})")
        for engine in rotated(engines, i + repeat):
            ignore = [pid for other in engines for pid in other.pids()]
            text, usage = engine.read(sample, ignore)
            records.append(
                dict(
                    engine=engine.name,
                    sample=sample.name,
                    group=sample.group,
                    repeat=repeat,
                    text=text,
                    **vars(score(sample.text, text, sample.language)),
                    load=os.getloadavg()[0],
                    seconds=usage.wall,
                    cpu=usage.cpu,
                    peak=usage.peak,
                )
            )
    return records


def read_in_bulk(engines, samples, repeat):
    """All images at once with all cores, and one image in a new process, engine by engine."""
    batches, colds = [], []
    cold = next((sample for sample in samples if sample.name == COLD_SAMPLE), samples[0])
    batch = first_of_each_group(samples, BATCH_PER_GROUP)
    for engine in rotated(engines, repeat):
        say(f"repeat {repeat + 1}: {len(batch)} images at once with {engine.name}")
        with Meter() as meter:
            engine.read_all(batch)
        used = meter.usage
        batches.append(
            dict(
                engine=engine.name,
                repeat=repeat,
                images=len(batch),
                load=os.getloadavg()[0],
                seconds=used.wall,
                cpu=used.cpu,
                peak=used.peak,
            )
        )
    for turn in range(3):
        for engine in rotated(engines, repeat + turn):
            ended = engine.cold(cold)
            if ended.first_output is None:
                raise EngineError(f"{engine.name} printed nothing for {cold.name}: {ended.stderr.strip()[-400:]}")
            colds.append(dict(engine=engine.name, repeat=repeat, sample=cold.name, seconds=ended.first_output))
    return batches, colds


def say(line):
    """Progress, on one line of a terminal or a line each in a log."""
    start, end = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
    print(start + line, end=end, file=sys.stderr, flush=True)


def main():
    options = arguments()
    engines = chosen_engines(options)
    samples = chosen_samples(options)
    repeats = 1 if options.quick else options.repeats
    load_before = os.getloadavg()
    records, batches, colds = [], [], []
    try:
        for repeat in range(repeats):
            records += read_one_by_one(engines, samples, repeat)
            # The warm processes end, so that only the engine being measured runs.
            for engine in engines:
                engine.close()
            more_batches, more_colds = read_in_bulk(engines, samples, repeat)
            batches, colds = batches + more_batches, colds + more_colds
    finally:
        for engine in engines:
            engine.close()
    say("")
    results = dict(
        date=options.date,
        quick=options.quick,
        repeats=repeats,
        load_before=load_before,
        machine=report.machine(ROOT),
        engines=[dict(name=engine.name, version=engine.version(), failures=engine.failures) for engine in engines],
        samples=[dict(name=sample.name, group=sample.group) for sample in samples],
        records=records,
        batches=batches,
        colds=colds,
    )
    (options.cache / "results.json").write_text(json.dumps(results, ensure_ascii=False, indent=1))
    page = report.markdown(results)
    print(page)
    if options.write:
        options.write.write_text(page)
    worse = report.groups_above_rapidocr(results)
    if options.check and worse:
        sys.exit("Legible's character error rate is above RapidOCR's in: " + ", ".join(group for group, *_ in worse))


if __name__ == "__main__":
    try:
        main()
    except EngineError as error:
        sys.exit(f"bench: {error}")
