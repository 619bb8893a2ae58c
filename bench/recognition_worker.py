"""onnxruntime with one model, as `model_speed` is with rten: reads image paths from stdin, one a line, and answers each with how
many milliseconds it took to prepare and run it, decoded already. `recognition_worker.py SHARED PART THREADS`."""

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tools" / "reference-outputs"))

import numpy
import onnxruntime
from PIL import Image

import prepare

FILES = {
    "labels": "mobilenet_v2_imagenet_emb.onnx",
    "objects": "yolox_nano.onnx",
    "faces": "face_detection_yunet_2023mar.onnx",
}


def picture(part, pixels):
    if part == "labels":
        return prepare.batch(prepare.centre_crop(pixels) / 127.5 - 1)
    side, pad = (416, 114) if part == "objects" else (640, 0)
    return prepare.batch(prepare.letterbox(pixels, side, pad)[0][:, :, ::-1])


def main():
    shared, part, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(shared / "models" / FILES[part], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        pixels = numpy.asarray(Image.open(line.rstrip("\n")).convert("RGB"))
        before = time.perf_counter()
        prepared = picture(part, pixels)
        middle = time.perf_counter()
        session.run(None, {name: prepared})
        after = time.perf_counter()
        print(json.dumps({"milliseconds": (after - before) * 1000, "run": (after - middle) * 1000}), flush=True)


main()
