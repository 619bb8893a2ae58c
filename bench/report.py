"""The bench's figures as Markdown."""

import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from score import Score

LEGIBLE, RAPIDOCR = "Legible", "RapidOCR"


def machine(root):
    """What the figures were measured on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = next(
        int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")
    )
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    commit = subprocess.run(
        ["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return dict(
        cpu=cpu,
        cores=os.cpu_count(),
        memory=f"{memory / 2**20:.0f} GiB",
        system=f"{release}, kernel {platform.release()}",
        python=platform.python_version(),
        commit=commit.stdout.strip() or "unknown",
    )


def table(head, rows):
    """A Markdown table; all columns but the first are right-aligned."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def scores(results, engine, group=None):
    """The summed score of an engine's first repeat, of one group or of all."""
    return sum(
        (
            Score(**{name: record[name] for name in Score.__dataclass_fields__})
            for record in results["records"]
            if record["engine"] == engine and record["repeat"] == 0 and group in (None, record["group"])
        ),
        Score(),
    )


def names(results):
    return [engine["name"] for engine in results["engines"]]


def accuracy(results):
    counts = {}
    for sample in results["samples"]:
        counts[sample["group"]] = counts.get(sample["group"], 0) + 1

    def row(title, group):
        cells = []
        for engine in names(results):
            got = scores(results, engine, group)
            cells.append(f"{got.cer:.2%} / {got.wer:.1%} / {got.bag:.1%}".replace("%", ""))
        return [title, *cells]

    rows = [row(f"{group} ({count})", group) for group, count in counts.items()]
    return table(["group (images)", *names(results)], [*rows, row(f"all ({len(results['samples'])})", None)])


@dataclass(frozen=True)
class Figure:
    """One line of the speed table: which rows it is made from, how, and how it is printed."""

    title: str
    rows: str
    value: Callable[[dict], float]
    form: str
    pick: Callable = median

    def of(self, results, engine):
        """For each repeat the picked value of the engine's rows, then the median over the repeats."""
        repeats = {}
        for row in results[self.rows]:
            if row["engine"] == engine:
                repeats.setdefault(row["repeat"], []).append(self.value(row))
        return median(map(self.pick, repeats.values()))

    def ratio(self, results, other):
        """Legible's figure over another engine's, pair by pair (same image, same repeat) where it is a median."""
        if self.pick is max:
            return self.of(results, LEGIBLE) / self.of(results, other)
        pairs = {}
        for row in results[self.rows]:
            pair = pairs.setdefault((row["repeat"], row.get("sample")), {})
            pair.setdefault(row["engine"], []).append(self.value(row))
        return median(median(pair[LEGIBLE]) / median(pair[other]) for pair in pairs.values())


MIB = 2**20
FIGURES = (
    Figure("seconds per image, one at a time", "records", lambda row: row["seconds"], "{:.2f}"),
    Figure("CPU seconds per image, one at a time", "records", lambda row: row["cpu"], "{:.2f}"),
    Figure("images per minute, many at once", "batches", lambda row: row["images"] * 60 / row["seconds"], "{:.1f}"),
    Figure("CPU seconds per image, many at once", "batches", lambda row: row["cpu"] / row["images"], "{:.2f}"),
    Figure("seconds from cold start to first text", "colds", lambda row: row["seconds"], "{:.2f}"),
    Figure("peak memory in MiB, one at a time", "records", lambda row: row["peak"] / MIB, "{:.0f}", max),
    Figure("peak memory in MiB, many at once", "batches", lambda row: row["peak"] / MIB, "{:.0f}", max),
)


def speed(results):
    engines = names(results)
    others = [engine for engine in engines if engine != LEGIBLE] if LEGIBLE in engines else []
    rows = []
    for figure in FIGURES:
        cells = [figure.form.format(figure.of(results, engine)) for engine in engines]
        rows.append([figure.title, *cells, *(f"{figure.ratio(results, other):.2f}" for other in others)])
    return table(["", *engines, *(f"{LEGIBLE} ÷ {other}" for other in others)], rows)


def groups_above_rapidocr(results):
    """The groups in which Legible makes more character errors than RapidOCR, with its images that lose most."""
    if not {LEGIBLE, RAPIDOCR} <= set(names(results)):
        return []
    found = []
    for group in dict.fromkeys(sample["group"] for sample in results["samples"]):
        ours, theirs = scores(results, LEGIBLE, group), scores(results, RAPIDOCR, group)
        if ours.char_edits > theirs.char_edits:
            edits = {}
            for record in results["records"]:
                if record["group"] == group and record["repeat"] == 0:
                    edits.setdefault(record["sample"], {})[record["engine"]] = record["char_edits"]
            lost = [
                f"{name} ({pair[LEGIBLE]} edits to {pair[RAPIDOCR]})"
                for name, pair in edits.items()
                if pair[LEGIBLE] > pair[RAPIDOCR]
            ]
            found.append((group, ours.cer, theirs.cer, lost))
    return found


def parity(results):
    if not {LEGIBLE, RAPIDOCR} <= set(names(results)):
        return "Legible and RapidOCR were not both in this run."
    worse = groups_above_rapidocr(results)
    if not worse:
        return "Legible's character error rate is at or below RapidOCR's in every group."
    return "Legible's character error rate is above RapidOCR's in:\n\n" + "\n".join(
        f"- {group}: {ours:.2%} to {theirs:.2%}; {', '.join(lost)}" for group, ours, theirs, lost in worse
    )


def failures(results):
    """Images that an engine refused; they count as read with no text."""
    lines = [
        f"- {engine['name']}: {Path(file).name}: {message}"
        for engine in results["engines"]
        for file, message in engine["failures"].items()
    ]
    return "\n\nImages refused (they count as read with no text):\n\n" + "\n".join(lines) if lines else ""


def steadiness(results):
    """Whether every repeat read the same text."""
    texts = {}
    for record in results["records"]:
        texts.setdefault((record["engine"], record["sample"]), set()).add(record["text"])
    unsteady = sorted({engine for (engine, _), read in texts.items() if len(read) > 1})
    if results["repeats"] == 1:
        return ""
    return (
        f" The text differed between repeats for: {', '.join(unsteady)}; the first repeat is scored."
        if unsteady
        else " Every repeat read the same text."
    )


def load(results):
    """How busy the machine was."""
    loads = [row["load"] for row in results["records"] + results["batches"]]
    before = results["load_before"][0]
    return f"{before:.1f} before the run and {min(loads):.1f} to {max(loads):.1f}, median {median(loads):.1f}"


def markdown(results):
    """The whole page."""
    on = results["machine"]
    versions = "\n".join(f"- {engine['name']}: {engine['version']}" for engine in results["engines"])
    return f"""# Benchmarks

Legible beside RapidOCR (onnxruntime) and Tesseract 5 on images that the bench renders itself, all in one run of
{results["date"]}{" (quick mode: one image a group, one repeat)" if results["quick"] else ""}.

## Text errors

Character error rate / word error rate / order-free word error, in per cent; lower is better.

{accuracy(results)}

{parity(results)}{failures(results)}

Texts are compared after NFKC, with one kind of quotes and dashes and white space collapsed (dropped for Chinese and
Japanese, where a character counts as a word). The order-free error is 1 - F1 of the two multisets of words: it shows
misread words apart from misplaced ones. Tesseract is told each image's language, that `vertical` is set in columns and
that `turned` may be turned; the others are told nothing. RapidOCR runs with its default parameters without the
classifier of upside-down lines, and once more as shipped.{steadiness(results)}

## Speed and memory

Medians over {results["repeats"]} repeat(s); the last columns divide Legible's figure by the other's, pair by pair.
Lower is better, except for images per minute.

{speed(results)}

- One at a time: each image goes through the engines in turn, in changing order. Legible and Tesseract start a new
  process for each image, RapidOCR is already loaded.
- Many at once: {results["batches"][0]["images"]} images from a cold start with all cores; Legible with its own pool of
  workers, RapidOCR and Tesseract with one process for each core and one thread in each, RapidOCR as shipped with one
  process and its own threads.
- Cold start: new process to the first byte of text of a small receipt.
- Memory: the peak resident memory summed over all processes of the engine.
- CPU seconds: user and system. Engines that spin while waiting show it here.

The machine's load (1 minute) was {load(results)} during it;
the run itself makes about {on["cores"]}. On a busy machine trust the ratios and the CPU seconds more than the seconds.

## Machine and versions

- {on["cpu"]}, {on["cores"]} cores, {on["memory"]} memory
- {on["system"]}; Python {on["python"]}
- Legible at commit {on["commit"]}
{versions}

## How to repeat

`cargo xtask bench` sets up what is missing and prints this page; `cargo xtask bench --write docs/benchmarks.md`
replaces it. The images, their text and every reading stay in `target/bench` (`results.json` beside the set).
"""
