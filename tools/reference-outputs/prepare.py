"""What goes into each model and what comes out means, written a second time from the models' own papers and samples, so that the
program is compared with something that it is not."""

import numpy
from PIL import Image


def drawn(width, height):
    """The picture that the Rust tests draw too: every number in it follows from column and row."""
    x, y = numpy.meshgrid(numpy.arange(width, dtype=numpy.uint32), numpy.arange(height, dtype=numpy.uint32))
    noise = ((x * numpy.uint32(2654435769)) ^ (y * numpy.uint32(2246822507))) * numpy.uint32(739982445) >> numpy.uint32(27)
    disc = ((x.astype(int) - width // 2) ** 2 + (y.astype(int) - height // 2) ** 2 < (height // 3) ** 2) * 90
    red = x.astype(int) * 160 // width + disc
    green = y.astype(int) * 220 // height + noise.astype(int)
    blue = 200 - (x.astype(int) * 100 // width) - disc // 2 + noise.astype(int)
    return numpy.stack([red, green, blue], axis=2).astype(numpy.uint8)


def resized(pixels, width, height):
    return numpy.asarray(Image.fromarray(pixels).resize((width, height), Image.BILINEAR))


def batch(pixels):
    return numpy.ascontiguousarray(pixels.astype(numpy.float32).transpose(2, 0, 1)[None])


def centre_crop(pixels, short=256, side=224):
    height, width, _ = pixels.shape
    scale = short / min(width, height)
    pixels = resized(pixels, round(width * scale), round(height * scale))
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side, left : left + side]


def letterbox(pixels, side, pad):
    height, width, _ = pixels.shape
    scale = min(side / width, side / height)
    small = resized(pixels, int(width * scale), int(height * scale))
    filled = numpy.full((side, side, 3), pad, dtype=numpy.uint8)
    filled[: small.shape[0], : small.shape[1]] = small
    return filled, scale


def overlap(one, others):
    """Intersection over union of a box with others, each left, top, right, bottom."""
    corner = numpy.maximum(one[:2], others[:, :2]), numpy.minimum(one[2:], others[:, 2:])
    shared = numpy.prod(numpy.clip(corner[1] - corner[0], 0, None), axis=1)
    area = lambda box: numpy.prod(box[..., 2:] - box[..., :2], axis=-1)
    return shared / (area(one) + area(others) - shared)


def without_doubles(boxes, scores, most):
    """Places of the boxes that stay, the surest first."""
    left, kept = scores.argsort()[::-1], []
    while len(left):
        kept.append(left[0])
        left = left[1:][overlap(boxes[left[0]], boxes[left[1:]]) <= most]
    return kept


def yolox(output, scale, side=416, threshold=0.1, nms=0.65):
    """Things as (class, score, box), from 1 x cells x 85."""
    grids, sizes = [], []
    for stride in (8, 16, 32):
        cells = side // stride
        x, y = numpy.meshgrid(numpy.arange(cells), numpy.arange(cells))
        grids.append(numpy.stack([x, y], 2).reshape(-1, 2))
        sizes.append(numpy.full((cells * cells, 1), stride))
    grid, stride = numpy.concatenate(grids), numpy.concatenate(sizes)
    centre = (output[0, :, :2] + grid) * stride
    half = numpy.exp(output[0, :, 2:4]) * stride / 2
    boxes = numpy.concatenate([centre - half, centre + half], 1) / scale
    scores = output[0, :, 4:5] * output[0, :, 5:]
    found = []
    for number in range(scores.shape[1]):
        sure = scores[:, number] > threshold
        own = sure & (scores.argmax(1) == number)
        kept = without_doubles(boxes[own], scores[own, number], nms) if own.any() else []
        found += [(number, float(scores[own, number][place]), boxes[own][place].tolist()) for place in kept]
    return sorted(found, key=lambda thing: -thing[1])
