#!/usr/bin/env python3
"""Models that see: Legible (rten) beside onnxruntime, the same models and photos, in turns in the same run.

    cargo build --release -p legible-vision --example model_speed
    python3 bench/recognition.py ../shared target/release/examples/model_speed [--threads 1] [--rounds 5]

For each model: the median of milliseconds to look at a decoded photo (made to fit, run; Legible also makes sense of the answers),
CPU milliseconds, and the peak memory of the process, the largest photo included. Needs numpy, onnxruntime and pillow.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from measure import cpu_seconds, peak_memory

HERE = Path(__file__).parent
CONTRACTS = HERE.parent / "crates" / "vision" / "testdata" / "contracts"
MODELS = {
    "labels": ("mobilenet_v2.toml", "mobilenet_v2_imagenet_emb.onnx", "imagenet_labels_1001.txt"),
    "objects": ("yolox_nano.toml", "yolox_nano.onnx", "coco_classes.txt"),
    "faces": ("yunet.toml", "face_detection_yunet_2023mar.onnx"),
}
PHOTOS = ["cat_720p.jpg", "pets.jpg", "hot_dog.jpg", "parrot.jpg", "owl.jpg", "face.jpg", "grace_hopper.bmp"]
LARGE = "exif_iphone6.jpg"


class Process:
    """A child that answers each line with a line of JSON."""

    def __init__(self, command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.child.pid

    def ask(self, line):
        self.child.stdin.write(f"{line}\n")
        self.child.stdin.flush()
        return self.answer()

    def answer(self):
        told = self.child.stdout.readline()
        if not told:
            sys.exit(f"{self.child.args[0]} ended: {self.child.wait()}")
        return json.loads(told)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def measure(part, options):
    models = options.shared / "models"
    contract, *files = MODELS[part]
    ours = Process([str(options.program), str(options.threads)])
    ours.ask("\t".join(map(str, [CONTRACTS / contract, *(models / file for file in files)])))
    theirs = Process([sys.executable, str(HERE / "recognition_worker.py"), str(options.shared), part, str(options.threads)])
    theirs.answer()
    photos = [options.shared / "images" / "photos" / name for name in PHOTOS]
    both = {"rten": ours, "onnxruntime": theirs}
    for process in both.values():
        process.ask(photos[0])
    times, cpu = {name: [] for name in both}, {name: -cpu_seconds(process.pid) for name, process in both.items()}
    for _ in range(options.rounds):
        for photo in photos:
            for name, process in both.items():
                times[name].append(process.ask(photo)["milliseconds"])
    large = {}
    for name, process in both.items():
        cpu[name] = (cpu[name] + cpu_seconds(process.pid)) * 1000 / (options.rounds * len(photos))
        large[name] = statistics.median(process.ask(photos[0].parent / LARGE)["milliseconds"] for _ in range(3))
    for name, process in both.items():
        line = f"{part:8} {name:12} {statistics.median(times[name]):7.1f} ms  CPU with decoding {cpu[name]:7.1f} ms"
        print(f"{line}  8 MP {large[name]:7.1f} ms  peak {peak_memory(process.pid) / 2**20:6.1f} MB")
        process.close()
    ratio = statistics.median(times["rten"]) / statistics.median(times["onnxruntime"])
    worked = cpu["rten"] / cpu["onnxruntime"]
    print(f"{part:8} rten takes {ratio:.2f} times as long, and {worked:.2f} times the CPU (with decoding)")
    return statistics.median(times["rten"])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("program", type=Path)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    total = sum(measure(part, options) for part in MODELS)
    print(f"all three with rten: {60_000 / total:.0f} images a minute in one process with {options.threads} thread(s)")


main()
