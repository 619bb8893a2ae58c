#!/usr/bin/env python3
"""Writes what onnxruntime (and for faces, OpenCV's own FaceDetectorYN) makes of the test models: crates/vision/testdata/references.json.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python reference.py ../../../shared ../../crates/vision/testdata/references.json

The first argument is the folder with `models` and `images/photos`.
"""

import json
import pathlib
import sys

import cv2
import numpy
import onnxruntime
from PIL import Image

import prepare

PHOTOS = ["cat_720p.jpg", "pets.jpg", "hot_dog.jpg", "parrot.jpg", "owl.jpg", "face.jpg", "grace_hopper.bmp"]


def sample(values, count=64):
    flat = values.ravel()
    step = max(1, flat.size // count)
    return {"shape": list(values.shape), "step": step, "values": [float(f"{value:.6g}") for value in flat[::step]]}


def run(session, picture):
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {session.get_inputs()[0].name: picture})))


def load(shared, name):
    return onnxruntime.InferenceSession(shared / "models" / name, providers=["CPUExecutionProvider"])


def pixels(shared, name):
    return numpy.asarray(Image.open(shared / "images" / "photos" / name).convert("RGB"))


def labels(shared):
    session = load(shared, "mobilenet_v2_imagenet_emb.onnx")
    names = [line.split(",")[0].strip().lower() for line in (shared / "models" / "imagenet_labels_1001.txt").read_text().splitlines()]
    look = lambda image: run(session, prepare.batch(prepare.centre_crop(image) / 127.5 - 1))
    result = {"drawn": {name: sample(answer) for name, answer in look(prepare.drawn(256, 256)).items()}, "photos": {}}
    directions = {}
    for photo in PHOTOS:
        answers = look(pixels(shared, photo))
        chances = answers["output"][0].copy()
        chances[0] = 0
        best = chances.argsort()[::-1][:5]
        result["photos"][photo] = [[names[n], round(float(chances[n]), 4)] for n in best]
        directions[photo] = answers["embedding"][0] / numpy.linalg.norm(answers["embedding"][0])
    pairs = [(a, b) for n, a in enumerate(PHOTOS) for b in PHOTOS[n + 1 :]]
    result["similarities"] = [[a, b, round(float(directions[a] @ directions[b]), 4)] for a, b in pairs]
    return result


def objects(shared):
    session = load(shared, "yolox_nano.onnx")
    names = (shared / "models" / "coco_classes.txt").read_text().split("\n")

    def look(image):
        boxed, scale = prepare.letterbox(image, 416, 114)
        return run(session, prepare.batch(boxed[:, :, ::-1])), scale

    result = {"drawn": {name: sample(answer) for name, answer in look(prepare.drawn(416, 416))[0].items()}, "photos": {}}
    for photo in PHOTOS:
        answers, scale = look(pixels(shared, photo))
        found = prepare.yolox(answers["output"], scale)
        result["photos"][photo] = [[names[n], round(score, 4), [round(edge, 1) for edge in box]] for n, score, box in found]
    return result


def faces(shared):
    session = load(shared, "face_detection_yunet_2023mar.onnx")
    drawn = run(session, prepare.batch(prepare.drawn(640, 640)[:, :, ::-1]))
    result = {"drawn": {name: sample(answer, 24) for name, answer in drawn.items()}, "photos": {}}
    path = str(shared / "models" / "face_detection_yunet_2023mar.onnx")
    for photo in PHOTOS:
        boxed, scale = prepare.letterbox(pixels(shared, photo), 640, 0)
        detector = cv2.FaceDetectorYN.create(path, "", (640, 640), score_threshold=0.3, nms_threshold=0.3)
        found = detector.detect(numpy.ascontiguousarray(boxed[:, :, ::-1]))[1]
        rows = [] if found is None else found / numpy.append(numpy.full(14, scale), 1)
        face = lambda row: [round(float(row[14]), 4), [round(float(value), 1) for value in row[:14]]]
        result["photos"][photo] = sorted((face(row) for row in rows), reverse=True)
    return result


def main():
    shared, target = map(pathlib.Path, sys.argv[1:])
    by = {"onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__, "pillow": Image.__version__}
    result = {"by": by, "labels": labels(shared), "objects": objects(shared), "faces": faces(shared)}
    # One line for each picture keeps it readable and differences small.
    text = json.dumps(result, indent=1)
    target.write_text(compact(text))


def compact(text):
    """Joins the lines of lists."""
    joined, depth = [], 0
    for line in text.split("\n"):
        stripped = line.strip()
        if depth:
            joined[-1] += stripped + (" " if stripped.endswith(",") else "")
        else:
            joined.append(line)
        depth += stripped.count("[") - stripped.count("]")
    return "\n".join(line.rstrip() for line in joined) + "\n"


main()
