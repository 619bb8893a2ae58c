"""How the bench's pages look: articles, receipts, columns, windows, listings. Each returns an image and its text."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

import texts

DEJAVU, LIBERATION, NOTO, CJK = (
    "truetype/dejavu/DejaVu",
    "truetype/liberation/Liberation",
    "truetype/noto/Noto",
    "opentype/noto/Noto",
)
# Name: file below the font folder, index of the face in it, Debian package.
FONTS = {
    "sans": (DEJAVU + "Sans.ttf", 0, "fonts-dejavu-core"),
    "sans-bold": (DEJAVU + "Sans-Bold.ttf", 0, "fonts-dejavu-core"),
    "serif": (DEJAVU + "Serif.ttf", 0, "fonts-dejavu-core"),
    "mono": (DEJAVU + "SansMono.ttf", 0, "fonts-dejavu-core"),
    "arial": (LIBERATION + "Sans-Regular.ttf", 0, "fonts-liberation"),
    "arial-bold": (LIBERATION + "Sans-Bold.ttf", 0, "fonts-liberation"),
    "times": (LIBERATION + "Serif-Regular.ttf", 0, "fonts-liberation"),
    "times-italic": (LIBERATION + "Serif-Italic.ttf", 0, "fonts-liberation"),
    "courier": (LIBERATION + "Mono-Regular.ttf", 0, "fonts-liberation"),
    "noto": (NOTO + "Sans-Regular.ttf", 0, "fonts-noto-core"),
    "noto-serif": (NOTO + "Serif-Regular.ttf", 0, "fonts-noto-core"),
    "ja": (CJK + "SansCJK-Regular.ttc", 0, "fonts-noto-cjk"),
    "ja-bold": (CJK + "SansCJK-Bold.ttc", 0, "fonts-noto-cjk"),
    "ja-serif": (CJK + "SerifCJK-Regular.ttc", 0, "fonts-noto-cjk"),
    "zh": (CJK + "SansCJK-Regular.ttc", 2, "fonts-noto-cjk"),
    "zh-bold": (CJK + "SansCJK-Bold.ttc", 2, "fonts-noto-cjk"),
    "zh-serif": (CJK + "SerifCJK-Regular.ttc", 2, "fonts-noto-cjk"),
}
FONT_FOLDER = Path("/usr/share/fonts")
NO_LINE_START = "，。、！？：；」』）,.!?)ーぁぃぅぇぉっゃゅょァィゥェォッャュョ%"


def font(name, size):
    file, index, package = FONTS[name]
    if not (FONT_FOLDER / file).is_file():
        raise SystemExit(f"font {FONT_FOLDER / file} is missing: install the Debian package {package}")
    return ImageFont.truetype(str(FONT_FOLDER / file), size, index=index, layout_engine=ImageFont.Layout.BASIC)


def wrap(text, face, width, spaced):
    """Breaks text into lines of at most `width` pixels."""
    lines, line = [], ""
    for piece in text.split(" ") if spaced else text:
        longer = f"{line} {piece}" if spaced and line else line + piece
        if line and face.getlength(longer) > width and piece not in NO_LINE_START:
            lines.append(line)
            line = piece
        else:
            line = longer
    return lines + [line]


class Page:
    """A sheet that remembers, in reading order, what is written on it."""

    def __init__(self, width, height, paper="white", ink="black"):
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.width, self.ink, self.lines, self.y = width, ink, [], 0

    def write(self, x, y, text, face, ink=None, anchor="la", row=False):
        """Writes one line; `row` joins it to the line before, as the next cell of the same row."""
        self.draw.text((x, y), text, font=face, fill=ink or self.ink, anchor=anchor)
        if row:
            self.lines[-1] += " " + text
        else:
            self.lines.append(text)

    def flow(self, x, y, text, face, width, leading=1.45, ink=None, spaced=True):
        """Writes a wrapped paragraph and returns where the next may start."""
        for line in wrap(text, face, width, spaced):
            self.write(x, y, line, face, ink)
            y += round(face.size * leading)
        return y

    def cut(self, bottom):
        """The image down to `bottom` and its text."""
        return self.image.crop((0, 0, self.width, min(round(bottom), self.image.height))), "\n".join(self.lines)


def article(words, language, body, head, size, width=900, paragraphs=3, sentences=3, title=None, **colours):
    """A page of running text under a title."""
    page, spaced, margin = Page(width, 3000, **colours), language not in ("zh", "ja"), round(size * 2.5)
    y = page.flow(
        margin,
        margin,
        title or words.random.choice(texts.TITLES[language]),
        font(head, round(size * 1.6)),
        width - 2 * margin,
        spaced=spaced,
    )
    for _ in range(paragraphs):
        y = page.flow(
            margin,
            y + size // 2,
            words.paragraph(language, sentences),
            font(body, size),
            width - 2 * margin,
            spaced=spaced,
        )
    return page.cut(y + margin)


def receipt(words, i, face, size):
    """A till receipt: goods on the left, prices on the right, so that a row is a line of text."""
    width = round(size * 21)
    page, regular, large = (
        Page(width, 2400, paper=["white", "#f7f4ec", "#fbfbf8"][i % 3]),
        font(face, size),
        font("sans-bold", round(size * 1.4)),
    )
    left, right, y, step = size, width - size, size * 2, round(size * 1.6)

    draw = words.random.randrange

    def centred(text, with_font):
        nonlocal y
        page.write(width // 2, y, text, with_font, anchor="ma")
        y += round(with_font.size * 1.6)

    def row(label, amount):
        nonlocal y
        page.write(left, y, label, regular)
        page.write(right, y, amount, regular, anchor="ra", row=True)
        y += step

    centred(texts.SHOPS[i % len(texts.SHOPS)], large)
    centred(texts.STREETS[i % len(texts.STREETS)], regular)
    centred(
        f"Receipt {draw(1000, 9999)}  {draw(10, 28)}/03/2024 {draw(9, 19)}:{draw(10, 59)}",
        regular,
    )
    y += step // 2
    prices = []
    for item in words.random.sample(texts.GOODS, 7 + i):
        prices.append(words.price())
        row(item, f"{prices[-1]:.2f}")
    page.draw.line((left, y + step // 4, right, y + step // 4), fill="black")
    y += step // 2
    total = sum(prices)
    for label, amount in [
        ("Subtotal", total),
        ("Tax 8%", total * 0.08),
        ("TOTAL", total * 1.08),
        ("Cash", 400),
        ("Change", 400 - total * 1.08),
    ]:
        row(label, f"{amount:.2f}")
    centred("Thank you, come again!", regular)
    return page.cut(y + size)


def two_columns(words, i, body, size, gutter):
    """Two columns of running text, the left one read first; a title over both on every other page."""
    column, margin = round(size * 24), size * 3
    page, face = Page(2 * column + gutter + 2 * margin, 3000), font(body, size)
    top = margin
    if i % 2 == 0:
        page.write(margin, top, texts.TITLES["en"][i % 5], font("sans-bold", round(size * 1.7)))
        top += size * 3
    bottoms = []
    for x in (margin, margin + column + gutter):
        y = top
        for _ in range(4):
            y = page.flow(x, y, words.paragraph("en", 2), face, column) + size // 2
        bottoms.append(y)
    return page.cut(max(bottoms) + margin)


def settings(words, size, dark, face="noto"):
    """A settings window: labels on the left, values on the right."""
    ink, dim, paper = ("#e6e6e6", "#9a9a9a", "#1e1f22") if dark else ("#202124", "#6b6f76", "#f5f6f8")
    page, regular = Page(round(size * 44), 1400, paper=paper, ink=ink), font(face, size)
    page.write(size * 2, size * 2, "Settings", font("sans-bold", round(size * 1.5)))
    y = size * 6
    for label, value in words.random.sample(texts.SETTINGS, 9):
        page.draw.line(
            (size * 2, y - size * 0.7, page.width - size * 2, y - size * 0.7), fill="#3a3b3f" if dark else "#dcdfe4"
        )
        page.write(size * 2, y, label, regular)
        page.write(page.width - size * 2, y, value, regular, ink=dim, anchor="ra", row=True)
        y += round(size * 2.6)
    for i, (label, fill, on) in enumerate([("Cancel", None, ink), ("Save changes", "#2f6fed", "white")]):
        x = page.width - size * (24 - 10 * i)
        page.draw.rounded_rectangle(
            (x, y, x + size * (8 + 3 * i), y + size * 2.4), size // 2, fill=fill, outline="#8a8d93"
        )
        page.write(x + size * (4 + 1.5 * i), y + size * 1.2, label, regular, ink=on, anchor="mm", row=i > 0)
    return page.cut(y + size * 4.5)


def file_list(words, size, face="arial"):
    """A file window: a menu bar, column heads and rows of files."""
    page, regular = Page(round(size * 52), 1200, paper="white", ink="#1b1b1b"), font(face, size)
    page.draw.rectangle((0, 0, page.width, size * 2.6), fill="#e9eaec")
    x = size
    for i, label in enumerate(texts.MENUS):
        page.write(x, size * 0.8, label, regular, row=i > 0)
        x += regular.getlength(label) + size * 2
    columns, y = (size * 2, size * 24, size * 40), size * 4
    rows = [("Name", "Kind", "Size")] + [
        (name, kind, f"{words.random.randrange(2, 990)} KB")
        for name, kind in zip(texts.FILES, texts.FILE_KINDS, strict=True)
    ]
    for r, cells in enumerate(rows):
        if r == 4:
            page.draw.rectangle((0, y - size * 0.5, page.width, y + size * 1.5), fill="#d6e6ff")
        for c, cell in enumerate(cells):
            page.write(
                columns[c],
                y,
                cell,
                font("arial-bold", size) if r == 0 else regular,
                ink="#55585e" if c else None,
                row=c > 0,
            )
        y += round(size * 2.1)
    return page.cut(y + size)


def dialog(words, size):
    """A question with two buttons."""
    page = Page(round(size * 34), 900, paper="#fafafa", ink="#222222")
    page.write(size * 2, size * 2, "Replace the existing file?", font("sans-bold", round(size * 1.2)))
    y = page.flow(size * 2, size * 5, words.paragraph("en", 3), font("sans", size), size * 30)
    for i, label in enumerate(("Keep both", "Replace")):
        x = size * (13 + 10 * i)
        page.draw.rounded_rectangle(
            (x, y + size, x + size * 8.5, y + size * 3.4), size // 3, fill=("#ffffff", "#b3261e")[i], outline="#9aa0a6"
        )
        page.write(
            x + size * 4.25,
            y + size * 2.2,
            label,
            font("sans", size),
            ink=("#222222", "white")[i],
            anchor="mm",
            row=i > 0,
        )
    return page.cut(y + size * 5)


def listing(lines, size, face, paper, colours, width):
    """Lines of fixed-pitch text on a dark ground, in changing colours."""
    page, regular, y = Page(width, 1600, paper=paper), font(face, size), size * 1.5
    for i, line in enumerate(lines):
        if line:
            text = line.lstrip(" ")
            page.write(
                size * 1.5 + regular.getlength(" ") * (len(line) - len(text)),
                y,
                text,
                regular,
                ink=colours[i % len(colours)],
            )
        y += round(size * 1.55)
    return page.cut(y + size)


def chat(size):
    """A dark chat: bubbles on the left and on the right, one below the other."""
    page, face, y = Page(size * 40, 1400, paper="#17181c"), font("noto", size), size * 1.5
    for left, right in texts.CHAT:
        for text, fill, mine in ((left, "#2b2d33", False), (right, "#24508f", True)):
            length = face.getlength(text) + size * 2
            x = page.width - size * 1.5 - length if mine else size * 1.5
            page.draw.rounded_rectangle((x, y, x + length, y + size * 2.3), size, fill=fill)
            page.write(x + size, y + size * 1.1, text, face, ink="#f0f0f0", anchor="lm")
            y += round(size * 3)
    return page.cut(y + size)


def dense_columns(words, body, size, count, gutter, per_column=2, ems=17):
    """Justified columns so close that a line's end nearly touches the line beside it, as magazines print them."""
    face, margin, column = font(body, size), size * 2, size * ems
    page, leading = Page(count * column + (count - 1) * gutter + 2 * margin, 3000), round(size * 1.3)
    bottom = 0
    for c in range(count):
        x, y = margin + c * (column + gutter), margin
        for _ in range(per_column):
            lines = wrap(words.paragraph("en", 4), face, column, True)
            for i, line in enumerate(lines):
                pieces = line.split(" ")
                blank = face.getlength(" ")
                if i < len(lines) - 1 and len(pieces) > 1:
                    blank = (column - sum(face.getlength(piece) for piece in pieces)) / (len(pieces) - 1)
                at = x
                for piece in pieces:
                    page.draw.text((at, y), piece, font=face, fill=page.ink)
                    at += face.getlength(piece) + blank
                page.lines.append(line)
                y += leading
        bottom = max(bottom, y)
    return page.cut(bottom + margin)


def vertical(words, language, body, size, rows, sentences=4, paper="white", ink="black"):
    """Running text in columns from top to bottom, the first one at the right, as books of East Asia are set."""
    file, index, _ = FONTS[body]
    face = ImageFont.truetype(str(FONT_FOLDER / file), size, index=index, layout_engine=ImageFont.Layout.RAQM)
    columns = [""]
    for character in words.paragraph(language, sentences):
        if len(columns[-1]) >= rows and character not in NO_LINE_START:
            columns.append("")
        columns[-1] += character
    step = round(size * 1.7)
    image = Image.new("RGB", (step * len(columns) + 3 * size, size * (rows + 5)), paper)
    draw = ImageDraw.Draw(image)
    for i, column in enumerate(columns):
        x = image.width - round(size * 1.5) - step * i - size
        draw.text((x, size * 2), column, font=face, fill=ink, direction="ttb", language=language)
    return image, "\n".join(columns)


def ticker(words, body, size, sentences):
    """One line of text that runs on and on."""
    face, text = font(body, size), " ".join(words.paragraph("en", 1) for _ in range(sentences))
    page = Page(round(face.getlength(text)) + 2 * size, size * 3)
    page.write(size, size, text, face)
    return page.cut(size * 3)


def stacked(pages):
    """Pages of one width below each other, as a screenshot of a long page shows them."""
    width, height = max(image.width for image, _ in pages), sum(image.height for image, _ in pages)
    whole, y = Image.new("RGB", (width, height), "white"), 0
    for image, _ in pages:
        whole.paste(image, (0, y))
        y += image.height
    return whole, "\n".join(text for _, text in pages)


def on_nothing(page, ink):
    """The same text in another colour on a transparent ground; `page` is black on white."""
    image, text = page
    clear = Image.new("RGBA", image.size, ink)
    clear.putalpha(ImageOps.invert(image.convert("L")))
    return clear, text
