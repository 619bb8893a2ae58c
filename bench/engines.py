"""The engines side by side: Legible, RapidOCR and Tesseract, behind one small interface.

`read` reads one image (in a warm process where the engine has one), `read_all` many with all cores from a cold start,
`cold` one image in a new process. Each is measured by the caller's `Meter` or measures itself.
"""

import json
import os
import queue
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from measure import Meter, Usage, peak_memory, run

CORES = os.cpu_count() or 1
TESSERACT_LANGUAGES = {"en": "eng", "de": "deu", "fr": "fra", "ru": "rus", "zh": "chi_sim", "ja": "jpn"}
# What Tesseract is told besides the language, where that helps it: data for columns, and that a page may be turned.
TESSERACT_VERTICAL = "_vert"
TESSERACT_TURNED = ["--psm", "1"]


class EngineError(Exception):
    """An engine that cannot run at all, and what to do about it."""


class Legible:
    """The `legible` binary; a new process for every call."""

    name = "Legible"

    def __init__(self, binary, models):
        self.binary = str(binary)
        self.env = {"LEGIBLE_MODELS_DIR": str(models)} if models else {}
        if not os.access(self.binary, os.X_OK):
            raise EngineError(f"{self.binary} is not there: build it with `cargo build --release -p legible-cli`")
        self.failures = {}

    def version(self):
        return run([self.binary, "--version"]).stdout.strip()

    def pids(self):
        return []

    def close(self):
        pass

    def _texts(self, paths):
        ended = run([self.binary, "read", *paths, "--format", "json"], self.env)
        answers = {}
        for line in ended.stdout.splitlines():
            answer = json.loads(line)
            if "reading" in answer:
                answers[answer["file"]] = "\n".join(line["text"] for line in answer["reading"]["lines"])
            else:
                self.failures[answer["file"]] = answer["error"]["message"]
                answers[answer["file"]] = ""
        lost = [path for path in paths if path not in answers]
        if lost:
            reason = ended.stderr.strip()[-400:]
            raise EngineError(f"legible read gave no answer for {lost[0]} (exit {ended.code}): {reason}")
        return answers

    def read(self, sample, ignore):
        with Meter(ignore) as meter:
            text = self._texts([sample.path])[sample.path]
        return text, meter.usage

    def read_all(self, samples):
        answers = self._texts([sample.path for sample in samples])
        return [answers[sample.path] for sample in samples]

    def cold(self, sample):
        return run([self.binary, "read", sample.path, "--format", "text"], self.env)


class RapidWorker:
    """One process of `rapid_worker.py`."""

    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("rapid_worker.py")), *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ready = False

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise EngineError("RapidOCR's process ended, see its message above; is bench/requirements.txt installed?")
        return json.loads(line)

    def read(self, path):
        self.ready = self.ready or self._answer()["ready"]
        self.process.stdin.write(path + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class RapidOcr:
    """RapidOCR on onnxruntime with its default parameters, warm in one process.

    As shipped it classifies each line as upright or upside down and reads many images in one process with its own
    threads; otherwise it does without the classifier and many images go to one process of one thread for each core.
    """

    def __init__(self, as_shipped):
        self.name = "RapidOCR as shipped" if as_shipped else "RapidOCR"
        self.flags = [] if as_shipped else ["--no-cls"]
        self.bulk = [[]] if as_shipped else [["--threads", "1"]] * CORES
        self.worker = None
        self.failures = {}

    def version(self):
        return f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}"

    def pids(self):
        return [self.worker.process.pid] if self.worker else []

    def close(self):
        if self.worker:
            self.worker.close()
            self.worker = None

    def read(self, sample, ignore):
        if not self.worker:
            self.worker = RapidWorker(*self.flags)
            self.worker.read(sample.path)
        start = time.perf_counter()
        answer = self.worker.read(sample.path)
        wall = time.perf_counter() - start
        if answer["failure"]:
            self.failures[sample.path] = answer["failure"]
        return answer["text"], Usage(wall, answer["cpu"], peak_memory(self.worker.process.pid))

    def read_all(self, samples):
        waiting, texts = queue.SimpleQueue(), [""] * len(samples)
        for place in enumerate(samples):
            waiting.put(place)

        def drain(worker):
            try:
                while True:
                    i, sample = waiting.get_nowait()
                    texts[i] = worker.read(sample.path)["text"]
            except queue.Empty:
                return
            finally:
                worker.close()

        workers = [RapidWorker(*self.flags, *threads) for threads in self.bulk]
        with ThreadPoolExecutor(len(workers)) as pool:
            list(pool.map(drain, workers))
        return texts

    def cold(self, sample):
        return run(
            [sys.executable, str(Path(__file__).with_name("rapid_worker.py")), *self.flags, "--once", sample.path]
        )


class Tesseract:
    """Tesseract with the right language for each image; a new process for every image."""

    name = "Tesseract"

    def __init__(self):
        try:
            known = run(["tesseract", "--list-langs"]).stdout.split()
        except FileNotFoundError:
            raise EngineError("tesseract is not there: apt-get install tesseract-ocr") from None
        wanted = [*TESSERACT_LANGUAGES.values(), "jpn_vert", "chi_sim_vert", "osd"]
        lost = [language.replace("_", "-") for language in wanted if language not in known]
        if lost:
            raise EngineError(
                "languages are missing: apt-get install " + " ".join(f"tesseract-ocr-{name}" for name in lost)
            )
        self.failures = {}

    def version(self):
        return run(["tesseract", "--version"]).stdout.splitlines()[0]

    def pids(self):
        return []

    def close(self):
        pass

    def _read(self, sample, env=None):
        language = TESSERACT_LANGUAGES[sample.language] + (TESSERACT_VERTICAL if sample.group == "vertical" else "")
        more = TESSERACT_TURNED if sample.group == "turned" else []
        ended = run(["tesseract", sample.path, "stdout", "-l", language, *more], env)
        if ended.code:
            self.failures[sample.path] = ended.stderr.strip()[-200:]
        return ended

    def read(self, sample, ignore):
        with Meter(ignore) as meter:
            text = self._read(sample).stdout
        return text, meter.usage

    def read_all(self, samples):
        """One process for each core with one thread each."""
        with ThreadPoolExecutor(CORES) as pool:
            ended = pool.map(lambda sample: self._read(sample, {"OMP_THREAD_LIMIT": "1"}), samples)
            return [one.stdout for one in ended]

    def cold(self, sample):
        return self._read(sample)
