"""Ways to spoil an image as scanners, cameras and messengers do. Each takes an image and a seed and returns one."""

import io

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter


def turn(image, angle):
    """Turned by some degrees, counter-clockwise, on a sheet of its own colour."""
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=image.getpixel((0, 0)))


def _from_array(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def grain(image, seed):
    noise = np.random.default_rng(seed).normal(0, 34, (image.height, image.width, 1))
    return _from_array(np.asarray(image, float) + noise)


def specks(image, seed):
    pixels, source = np.array(image), np.random.default_rng(seed)
    where = source.random(pixels.shape[:2])
    pixels[where < 0.015], pixels[where > 0.985] = 0, 255
    return Image.fromarray(pixels)


def blur(image, seed):
    return image.filter(ImageFilter.GaussianBlur(1.5))


def low_quality(image, seed):
    return _jpeg(image, 9)


def shrunk(image, seed):
    """Made small, saved as JPEG and made large again."""
    small = image.resize((round(image.width * 0.6), round(image.height * 0.6)), Image.Resampling.BILINEAR)
    return _jpeg(small, 40).resize(image.size, Image.Resampling.BILINEAR)


def faded(image, seed):
    """Little contrast and some grain."""
    pale = ImageEnhance.Contrast(image).enhance(0.22)
    return _from_array(
        np.asarray(pale, float) + np.random.default_rng(seed).normal(0, 5, (image.height, image.width, 1))
    )


def shaded(image, seed):
    """A photo's uneven light: bright at one corner, dark at the other."""
    across = np.linspace(0, 1, image.width)[None, :] + np.linspace(0, 1, image.height)[:, None]
    light = 1.05 - 0.38 * across
    return _jpeg(_from_array(np.asarray(image, float) * light[..., None]), 45)


def photographed(image, seed):
    """Slightly turned, soft, grainy and compressed, all at once."""
    return _jpeg(grain(turn(image, 1.2).filter(ImageFilter.GaussianBlur(0.8)), seed), 35)


KINDS = (grain, specks, blur, low_quality, shrunk, faded, shaded, photographed)
