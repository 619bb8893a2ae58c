"""Renders the bench's images with their exact text into a cache folder: same seed, fonts and Pillow, same pixels."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import PIL

import degrade
import layouts
import texts

SEED = 20240611
SOURCES = ("render.py", "layouts.py", "texts.py", "degrade.py")


@dataclass(frozen=True)
class Sample:
    """One image of the bench: what it is called, its group and language, its file and the text it shows."""

    name: str
    group: str
    language: str
    path: str
    text: str


def drawings(words):
    """Every image of the set: group, language, image, text."""
    for i, (body, head, size) in enumerate(
        [
            ("sans", "sans-bold", 18),
            ("times", "arial-bold", 20),
            ("noto", "noto", 16),
            ("serif", "serif", 18),
            ("courier", "courier", 17),
            ("times-italic", "times", 22),
        ]
    ):
        yield (
            "en-page",
            "en",
            *layouts.article(words, "en", body, head, size, paragraphs=5, title=texts.TITLES["en"][i % 5]),
        )
    for body, size in [("sans", 9), ("arial", 10), ("times", 11), ("noto", 9), ("arial", 8)]:
        yield "en-tiny", "en", *layouts.article(words, "en", body, body, size, width=520)
    for image, shown in [
        layouts.settings(words, 15, False),
        layouts.file_list(words, 14),
        layouts.dialog(words, 16),
        layouts.settings(words, 12, False, "arial"),
        layouts.file_list(words, 12, "noto"),
    ]:
        yield "en-ui", "en", image, shown
    dark = dict(paper="#121212", ink="#d0d0d0")
    for image, shown in [
        layouts.settings(words, 15, True),
        layouts.listing(texts.CODE, 15, "mono", "#1e1e2e", ["#cdd6f4", "#89b4fa", "#a6e3a1", "#f9e2af"], 720),
        layouts.listing(texts.TERMINAL, 14, "mono", "black", ["#33dd55", "#cccccc"], 640),
        layouts.chat(15),
        layouts.article(words, "en", "noto", "noto", 17, **dark),
        layouts.article(words, "en", "serif", "sans-bold", 14, width=700, paper="#20242c", ink="#8f97a3"),
    ]:
        yield "en-dark", "en", image, shown
    for i, (face, size) in enumerate([("mono", 15), ("courier", 17), ("arial", 16), ("mono", 12), ("courier", 20)]):
        yield "receipt", "en", *layouts.receipt(words, i, face, size)
    for i, (body, size, gutter) in enumerate(
        [("times", 17, 50), ("sans", 14, 60), ("serif", 15, 40), ("arial", 16, 34)]
    ):
        yield "twocol", "en", *layouts.two_columns(words, i, body, size, gutter)
    for angle, body in [(1.5, "sans"), (-2.5, "times"), (4, "noto"), (-5.5, "arial"), (7, "serif")]:
        image, shown = layouts.article(words, "en", body, "sans-bold", 18, paragraphs=2)
        yield "rotated", "en", degrade.turn(image, angle), shown
    for spoil in degrade.KINDS:
        image, shown = layouts.article(
            words, "en", "times" if spoil.__name__ < "m" else "arial", "sans-bold", 18, paragraphs=2
        )
        yield "degraded", "en", spoil(image, words.random.randrange(2**31)), shown
    for language, faces in [
        ("de", ["sans", "times", "noto", "courier"]),
        ("fr", ["serif", "arial", "noto-serif", "times-italic"]),
        ("ru", ["sans", "times", "noto", "serif"]),
    ]:
        for i, body in enumerate(faces):
            yield (
                {"de": "german", "fr": "french", "ru": "russian"}[language],
                language,
                *layouts.article(words, language, body, body, 18, title=texts.TITLES[language][i]),
            )
    for language, group in [("zh", "chinese"), ("ja", "japanese")]:
        for i, (body, size) in enumerate(
            [
                (language, 20),
                (language + "-serif", 22),
                (language, 14),
                (language + "-bold", 18),
                (language + "-serif", 16),
            ]
        ):
            colours = dict(paper="#1b1b1f", ink="#dddddd") if i == 3 else {}
            yield (
                group,
                language,
                *layouts.article(
                    words, language, body, body, size, width=800, title=texts.TITLES[language][i], **colours
                ),
            )
    turned = [
        ("en", layouts.article(words, "en", "times", "sans-bold", 18, paragraphs=2)),
        ("en", layouts.receipt(words, 1, "mono", 15)),
        ("en", layouts.settings(words, 15, True)),
        ("zh", layouts.article(words, "zh", "zh", "zh-bold", 20, width=800)),
    ]
    for i, (language, (image, shown)) in enumerate(turned):
        for quarters in (1 + i % 2, 2 + i % 2):
            yield "turned", language, image.rotate(90 * quarters, expand=True), shown
    for body, size, count, gutter in [
        ("times", 17, 2, 14),
        ("times", 15, 3, 12),
        ("serif", 14, 2, 12),
        ("arial", 16, 2, 18),
        ("times", 20, 3, 14),
        ("noto", 13, 4, 10),
    ]:
        yield "dense", "en", *layouts.dense_columns(words, body, size, count, gutter)
    for language, body, size, rows in [
        ("ja", "ja-serif", 24, 20),
        ("ja", "ja", 18, 25),
        ("ja", "ja-serif", 16, 30),
        ("zh", "zh-serif", 22, 22),
        ("zh", "zh", 28, 16),
    ]:
        yield "vertical", language, *layouts.vertical(words, language, body, size, rows)
    for ink, body in [("#f4f4f4", "noto"), ("#ffd75e", "sans-bold"), ("#202124", "arial")]:
        page = layouts.article(words, "en", body, body, 18, width=700, paragraphs=2)
        yield "see-through", "en", *layouts.on_nothing(page, ink)
    yield "long", "en", *layouts.ticker(words, "noto", 22, 12)
    yield "long", "en", *layouts.ticker(words, "mono", 16, 9)
    yield "long", "en", *layouts.stacked([layouts.article(words, "en", "arial", "arial-bold", 15, 420) for _ in range(8)])


def stamp():
    """Changes whenever the pixels could: the code, the seed, Pillow or a font's size."""
    here = Path(__file__).parent
    facts = [SEED, PIL.__version__, *((here / name).read_text() for name in SOURCES)]
    facts += [
        (layouts.FONT_FOLDER / file).stat().st_size if (layouts.FONT_FOLDER / file).is_file() else 0
        for file, _, _ in layouts.FONTS.values()
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def render(cache):
    """The samples, drawn into `cache` unless they are there already."""
    folder = Path(cache) / f"set-{stamp()}"
    index = folder / "index.json"
    if not index.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        samples, counts, words = [], {}, texts.Words(SEED)
        for group, language, image, shown in drawings(words):
            counts[group] = counts.get(group, 0) + 1
            name = f"{group}-{counts[group]}"
            image.save(folder / f"{name}.png")
            samples.append(
                dict(name=name, group=group, language=language, path=str(folder / f"{name}.png"), text=shown)
            )
        # The index comes last, so that a set cut short is drawn again.
        index.write_text(json.dumps(samples, ensure_ascii=False, indent=1))
    return [Sample(**sample) for sample in json.loads(index.read_text())]
