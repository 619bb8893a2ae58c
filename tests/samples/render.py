"""Draws the sample images and writes the exact text beside each.

    pip install pillow && python tests/samples/render.py

Fonts: fonts-dejavu-core and fonts-noto-cjk (Debian). The words are our own; images and texts are committed, so that
running this is only needed to change them.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVu"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED_CHINESE = 2  # the face's index in the collection


def font(name, size):
    if name == "Chinese":
        return ImageFont.truetype(CJK, size, index=SIMPLIFIED_CHINESE)
    return ImageFont.truetype(f"{DEJAVU}{name}.ttf", size)


class Page:
    """An image that remembers what was written on it."""

    def __init__(self, width, height, paper="white", ink="#202020"):
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.ink = ink
        self.text = []

    def line(self, x, y, text, face, ink=None, anchor="la"):
        self.draw.text((x, y), text, font=face, fill=ink or self.ink, anchor=anchor)
        self.text.append(text)

    def paragraph(self, x, y, width, text, face, leading):
        """Wraps at spaces, or anywhere in a text without them; returns where the next line would be."""
        units = text.split(" ") if " " in text else list(text)
        joint = " " if " " in text else ""
        row = ""
        for unit in units:
            longer = row + joint + unit if row else unit
            # A full stop may not begin a line.
            if row and face.getlength(longer) > width and unit not in "。，、":
                self.line(x, y, row, face)
                y, row = y + leading, unit
            else:
                row = longer
        self.line(x, y, row, face)
        return y + leading

    def save(self, name):
        self.image.quantize(32).save(HERE / f"{name}.png", optimize=True)
        (HERE / f"{name}.txt").write_text("\n".join(self.text) + "\n", encoding="utf-8")


def page():
    p = Page(860, 520)
    p.draw.rectangle((0, 0, 860, 46), fill="#eceff3")
    p.line(24, 13, "Field notes", font("Sans-Bold", 17), "#30343b")
    p.line(836, 14, "Tuesday, 4 March", font("Sans", 15), "#50545b", "ra")
    p.line(40, 76, "How the tide clock came back", font("Serif-Bold", 27))
    body = font("Serif", 18)
    y = p.paragraph(
        40, 130, 780,
        "The clock above the harbour office stopped in 1987, and for thirty-six years nobody climbed the ladder to ask "
        "why. When we opened the case we found two swallows' nests, a folded ticket and a spring as thin as a hair.",
        body, 28,
    )
    y = p.paragraph(
        40, y + 16, 780,
        "It took four evenings to clean the wheels. The moon dial needed 29.5 teeth, which no gear can have, so the "
        "builder gave it 59 and let it turn at half the speed. That is the kind of answer you only find by hand.",
        body, 28,
    )
    p.paragraph(
        40, y + 16, 780,
        "On Sunday at 6:42 the hand passed high water, and out on the quay the sea agreed with it to within a minute.",
        body, 28,
    )
    p.save("page")


def receipt():
    p = Page(380, 600, "#fdfcf8")
    mono, bold = font("SansMono", 16), font("SansMono-Bold", 20)
    p.line(190, 24, "CORNER BAKERY", bold, anchor="ma")
    p.line(190, 54, "12 Mill Lane, Ashford", mono, anchor="ma")
    p.line(190, 78, "Receipt 004817", mono, anchor="ma")
    y = 122
    for item, price in [
        ("Rye bread 750 g", "4.20"),
        ("Butter croissant x3", "6.60"),
        ("Apple tart", "3.85"),
        ("Filter coffee", "2.90"),
        ("Oat milk", "0.50"),
        ("Paper bag", "0.10"),
    ]:
        p.line(24, y, item, mono)
        p.line(356, y, price, mono, anchor="ra")
        y += 32
    p.draw.line((24, y + 6, 356, y + 6), fill="#404040")
    for label, amount, face in [
        ("Subtotal", "18.15", mono),
        ("VAT 7%", "1.27", mono),
        ("TOTAL", "19.42", bold),
        ("Cash", "20.00", mono),
        ("Change", "0.58", mono),
    ]:
        y += 32
        p.line(24, y, label, face)
        p.line(356, y, amount, face, anchor="ra")
    p.line(190, 552, "Thank you, come again", mono, anchor="ma")
    p.save("receipt")


def columns():
    p = Page(900, 560)
    p.line(450, 28, "Two ways to cross the river", font("Serif-Bold", 28), anchor="ma")
    body = font("Serif", 17)
    left = (
        "The old bridge is narrow and carries one cart at a time. Drivers ring a bell on the near bank, wait for an "
        "answer, and go. In sixty years there has been a single quarrel about it, and it ended in a wedding. People "
        "who use the bridge know each other by the sound of their bells, and they say that a fog makes no difference. "
        "What they fear is wind, because then nobody hears anything at all."
    )
    right = (
        "The ferry is wide and slow. It takes twelve carts, or forty sheep, or one very large piano. The ferryman "
        "keeps a list of everything that has crossed, with the hour and the weather, and his daughter draws the "
        "strange ones in the margin. When the town wanted to close the line, she brought the books to the council "
        "and read aloud until they changed their minds."
    )
    p.paragraph(50, 96, 370, left, body, 27)
    p.paragraph(480, 96, 370, right, body, 27)
    p.save("columns")


def german():
    p = Page(780, 400, "#fbfbfb")
    p.line(40, 32, "Öffnungszeiten der Stadtbücherei", font("Sans-Bold", 22))
    body = font("Sans", 17)
    y = p.paragraph(
        40, 86, 700,
        "Ab dem 1. März ist das Haus dienstags bis freitags von 10 bis 19 Uhr geöffnet, samstags von 9 bis 14 Uhr. "
        "Größere Gruppen melden sich bitte vorher an.",
        body, 28,
    )
    y = p.paragraph(
        40, y + 14, 700,
        "Für die Rückgabe außerhalb dieser Zeiten steht rechts neben dem Eingang ein Kasten. Gebühren für überzogene "
        "Bücher betragen 0,50 € je Woche, für Kinder ist die Ausleihe kostenlos.",
        body, 28,
    )
    p.line(40, y + 22, "Auskunft: Frau Jäger, Zimmer 3, Telefon 0341 5550172", body)
    p.save("german")


def chinese():
    p = Page(720, 400)
    p.line(40, 30, "山城图书馆通知", font("Chinese", 28))
    body = font("Chinese", 20)
    y = p.paragraph(
        40, 90, 640,
        "从三月一日起，图书馆每天上午九点开门，晚上八点关门。星期一休息。读者可以用手机预约座位，也可以在前台登记。",
        body, 36,
    )
    y = p.paragraph(
        40, y + 14, 640,
        "借书期限为三十天，到期以前可以续借一次。如果图书丢失或者损坏，请及时告诉工作人员。",
        body, 36,
    )
    p.line(40, y + 20, "咨询电话：5550172", body)
    p.save("chinese")


def dark():
    p = Page(820, 480, "#16181d", "#d7dae0")
    p.draw.rectangle((0, 0, 200, 480), fill="#1e2128")
    side, body, small = font("Sans", 15), font("Sans", 15), font("Sans", 13)
    p.line(24, 28, "Settings", font("Sans-Bold", 17), "#ffffff")
    for i, entry in enumerate(["General", "Appearance", "Shortcuts", "Storage", "About"]):
        p.line(24, 79 + 43 * i, entry, side, "#ffffff" if i == 1 else "#a3a9b5")
    p.line(236, 26, "Appearance", font("Sans-Bold", 21), "#ffffff")
    rows = [
        ("Follow the system theme", "Light by day and dark by night, as the desktop does."),
        ("Text size", "Applies to lists and menus, not to your documents."),
        ("Reduce motion", "Panels open at once instead of sliding in."),
        ("Accent colour", "Used for links, buttons and the current item."),
    ]
    for i, (label, note) in enumerate(rows):
        p.line(236, 84 + 82 * i, label, body, "#e8eaee")
        p.line(236, 110 + 82 * i, note, small, "#9aa0ab")
    p.draw.rounded_rectangle((236, 420, 376, 456), 8, fill="#2f6fde")
    p.line(306, 438, "Save changes", body, "#ffffff", "mm")
    p.save("dark")


for draw in (page, receipt, columns, german, chinese, dark):
    draw()
