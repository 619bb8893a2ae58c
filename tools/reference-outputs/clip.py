"""Both towers of CLIP ViT-B/32 with random weights, in the form in which they are exported (8 bits, quantised dynamically), and whether
this program makes of descriptions what onnxruntime makes of them. The real files cannot be fetched everywhere; their operators and sizes
are these.

    python3 clip.py FOLDER [DESCRIBE]

writes text.onnx and image.onnx into FOLDER. DESCRIBE is the built example `describe` of crates/vision: with it the directions of some
descriptions are compared, and the time that both take (on one thread, the median of nine runs of each)."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

LAYERS, EMBED, VOCABULARY, CONTEXT = 12, 512, 49408, 77
DESCRIPTIONS = {
    "a photo of a dog": [49406, 320, 1125, 539, 320, 1929, 49407],
    "the dog's 3 bones, 2024": [49406, 518, 1929, 568, 274, 9476, 267, 273, 271, 273, 275, 49407],
    "犬と猫": [49406, 163, 232, 105, 34671, 163, 234, 360, 49407],
}


class Graph:
    """A graph that grows; every weight is drawn from one seeded source."""

    def __init__(self):
        self.nodes, self.weights, self.random, self.count = [], [], numpy.random.default_rng(7), 0

    def constant(self, value, kind=numpy.float32):
        self.count += 1
        self.weights.append(numpy_helper.from_array(numpy.asarray(value, dtype=kind), f"c{self.count}"))
        return f"c{self.count}"

    def draw(self, *shape, scale=0.02):
        return self.constant(self.random.normal(0, scale, shape))

    def node(self, operator, *inputs, **attributes):
        self.count += 1
        self.nodes.append(helper.make_node(operator, list(inputs), [f"n{self.count}"], **attributes))
        return f"n{self.count}"

    def linear(self, value, takes, gives):
        return self.node("Add", self.node("MatMul", value, self.draw(takes, gives, scale=takes**-0.5)), self.draw(gives))

    def norm(self, value, width):
        ones = self.constant(1 + self.random.normal(0, 0.1, width))
        return self.node("LayerNormalization", value, ones, self.draw(width), axis=-1, epsilon=1e-5)

    def block(self, value, width, mask):
        heads = width // 64
        normed = self.norm(value, width)
        split = self.constant([0, 0, heads, 64], numpy.int64)
        parts = [self.node("Reshape", self.linear(normed, width, width), split) for _ in range(3)]
        query, keys, values = (self.node("Transpose", part, perm=perm) for part, perm in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])))
        scores = self.node("Mul", self.node("MatMul", query, keys), self.constant(64**-0.5))
        scores = self.node("Add", scores, mask) if mask else scores
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), values)
        mixed = self.node("Reshape", self.node("Transpose", mixed, perm=[0, 2, 1, 3]), self.constant([0, 0, width], numpy.int64))
        value = self.node("Add", value, self.linear(mixed, width, width))
        inner = self.linear(self.norm(value, width), width, 4 * width)
        inner = self.node("Mul", inner, self.node("Sigmoid", self.node("Mul", inner, self.constant(1.702))))
        return self.node("Add", value, self.linear(inner, 4 * width, width))

    def write(self, path, inputs, output):
        self.nodes[-1].output[0] = output
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", EMBED])]
        graph = helper.make_graph(self.nodes, "clip", inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        large = path.with_suffix(".float.onnx")
        onnx.save(model, large)
        quantize_dynamic(large, path, weight_type=QuantType.QUInt8)
        large.unlink()


def text_tower(path):
    graph, width = Graph(), 512
    length = graph.node("Shape", "input_ids", start=1, end=2)
    positions = graph.node("Slice", graph.draw(1, CONTEXT, width, scale=0.01), graph.constant([0], numpy.int64), length, graph.constant([1], numpy.int64))
    value = graph.node("Add", graph.node("Gather", graph.draw(VOCABULARY, width), "input_ids"), positions)
    causal = graph.constant(numpy.triu(numpy.full((1, 1, CONTEXT, CONTEXT), -1e9), 1))
    ends = graph.node("Concat", length, length, axis=0)
    mask = graph.node("Slice", causal, graph.constant([0, 0], numpy.int64), ends, graph.constant([2, 3], numpy.int64))
    for _ in range(LAYERS):
        value = graph.block(value, width, mask)
    value = graph.norm(value, width)
    last = graph.node("ArgMax", "input_ids", axis=1, keepdims=0)
    picked = graph.node("Gather", value, last, axis=1)
    picked = graph.node("Reshape", picked, graph.constant([-1, width], numpy.int64))
    graph.node("MatMul", picked, graph.draw(width, EMBED, scale=width**-0.5))
    graph.write(path, [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])], "text_embeds")


def image_tower(path):
    graph, width = Graph(), 768
    patches = graph.node("Conv", "pixel_values", graph.draw(width, 3, 32, 32), kernel_shape=[32, 32], strides=[32, 32])
    patches = graph.node("Transpose", graph.node("Reshape", patches, graph.constant([0, width, 49], numpy.int64)), perm=[0, 2, 1])
    value = graph.node("Add", graph.node("Concat", graph.draw(1, 1, width), patches, axis=1), graph.draw(1, 50, width))
    value = graph.norm(value, width)
    for _ in range(LAYERS):
        value = graph.block(value, width, None)
    first = graph.node("Reshape", graph.node("Slice", value, graph.constant([0], numpy.int64), graph.constant([1], numpy.int64), graph.constant([1], numpy.int64)), graph.constant([-1, width], numpy.int64))
    graph.node("MatMul", graph.norm(first, width), graph.draw(width, EMBED, scale=width**-0.5))
    graph.write(path, [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, [1, 3, 224, 224])], "image_embeds")


def compare(folder, describe):
    model = folder / "text.onnx"
    told = [json.loads(line) for line in subprocess.run([describe, model, *DESCRIPTIONS], check=True, capture_output=True, text=True).stdout.splitlines()]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options)
    for (text, tokens), ours in zip(DESCRIPTIONS.items(), told):
        times = []
        for _ in range(9):
            start = time.perf_counter()
            (theirs,) = session.run(["text_embeds"], {"input_ids": numpy.array([tokens])})
            times.append(1000 * (time.perf_counter() - start))
        a, b = numpy.array(ours["direction"]), theirs[0]
        cosine = a @ b / numpy.linalg.norm(a) / numpy.linalg.norm(b)
        print(f"{text!r}: cosine {cosine:.5f}, {ours['milliseconds']:.1f} ms here, {statistics.median(times):.1f} ms with onnxruntime")
        assert cosine > 0.99, text


if __name__ == "__main__":
    to = Path(sys.argv[1])
    to.mkdir(parents=True, exist_ok=True)
    text_tower(to / "text.onnx")
    image_tower(to / "image.onnx")
    if len(sys.argv) > 2:
        compare(to, sys.argv[2])
