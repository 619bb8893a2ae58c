//! What tills and shops print: narrow slips with a head, goods with prices at the right, a total and thanks.

use image::RgbImage;

use super::canvas::{Canvas, Ink, text_width};
use super::chance::Chance;
use super::fonts::{Font, Fonts, Style};
use super::handwriting;
use super::paper::{Way, taken};
use super::words;

/// One receipt.
pub fn draw(fonts: &Fonts, chance: &mut Chance) -> RgbImage {
    let way = chance.of(&[Way::File, Way::Scanner, Way::Scanner, Way::Camera, Way::Camera]);
    let style = chance.of(&[Style::Mono, Style::Mono, Style::Sans]);
    let font = chance.of(&fonts.of(style));
    let columns = chance.between(26.0, 52.0);
    let width = chance.between(330.0, 680.0);
    let margin = width * chance.between(0.02, 0.1);
    let size = (width - 2.0 * margin) / columns / (text_width(font, 100.0, "TOTAL amount 12.50") / 18.0) * 100.0;
    // Long enough for any slip; what stays empty is cut off.
    let mut canvas = Canvas::new(width as u32, (size * 130.0) as u32, [255; 3]);
    let ink = match chance.whole(0, 5) {
        0 => [chance.whole(70, 130) as u8; 3],
        1 => [60, 50, 110],
        _ => [chance.whole(0, 60) as u8; 3],
    };
    let leading = size * chance.between(1.05, 1.5);
    let mut slip =
        Slip { font, size, leading, ink, left: margin, right: width - margin, y: size * chance.between(1.5, 5.0) };
    slip.head(&mut canvas, chance);
    slip.facts(&mut canvas, chance);
    slip.goods(&mut canvas, chance);
    slip.total(&mut canvas, chance);
    slip.foot(&mut canvas, chance);
    if chance.is(0.15) {
        let at = (slip.left + width * chance.between(0.0, 0.5), size * chance.between(2.0, 4.0));
        handwriting::signature(fonts, &mut canvas, at, size * 2.2, chance);
    }
    let mut sheet = canvas.image();
    let end = ((slip.y + size * chance.between(0.5, 6.0)) as u32).min(sheet.height());
    sheet = image::imageops::crop_imm(&sheet, 0, 0, sheet.width(), end).to_image();
    if way != Way::File && chance.is(0.2) {
        sheet = on_a_page(&sheet, chance);
    }
    taken(sheet, way, chance)
}

/// A slip that was laid on a scanner with room around it.
fn on_a_page(sheet: &RgbImage, chance: &mut Chance) -> RgbImage {
    let (width, height) = (sheet.width() as f32, sheet.height() as f32);
    let (full_width, full_height) = (width * chance.between(1.1, 2.2), height * chance.between(1.05, 1.7));
    let mut canvas = Canvas::new(full_width as u32, full_height as u32, [255; 3]);
    let left = (full_width - width) * chance.between(0.2, 0.8);
    canvas.picture(sheet, left as i32, ((full_height - height) * chance.between(0.0, 0.7)) as i32);
    canvas.image()
}

struct Slip<'a> {
    font: &'a Font,
    size: f32,
    leading: f32,
    ink: Ink,
    left: f32,
    right: f32,
    y: f32,
}

impl Slip<'_> {
    fn centred(&mut self, canvas: &mut Canvas, grown: f32, text: &str) {
        canvas.text_around(self.font, self.size * grown, (self.left + self.right) / 2.0, self.y, self.ink, text);
        self.y += self.leading * grown;
    }

    fn pair(&mut self, canvas: &mut Canvas, grown: f32, name: &str, value: &str) {
        let size = self.size * grown;
        canvas.text(self.font, size, self.left, self.y, self.ink, name);
        canvas.text_to(self.font, size, self.right, self.y, self.ink, value);
        self.y += self.leading * grown;
    }

    fn rule(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        let letter = text_width(self.font, self.size, "-");
        let count = ((self.right - self.left) / letter) as usize;
        match chance.whole(0, 4) {
            0 => canvas.line(
                &[(self.left, self.y - self.size * 0.3), (self.right, self.y - self.size * 0.3)],
                1.5,
                self.ink,
            ),
            1 => {
                canvas.text(self.font, self.size, self.left, self.y, self.ink, &"=".repeat(count * 8 / 10));
            }
            2 => self.y += self.leading * 0.5,
            _ => {
                canvas.text(self.font, self.size, self.left, self.y, self.ink, &"-".repeat(count));
            }
        }
        self.y += self.leading;
    }

    fn head(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        if chance.is(0.25) {
            let size = self.size * 3.0;
            canvas.round(
                (self.left + self.right) / 2.0 - size,
                self.y - self.size,
                size * 2.0,
                size,
                size / 4.0,
                self.ink,
            );
            self.y += size + self.leading;
        }
        let grown = chance.between(1.0, 1.9);
        let name = words::line(chance, 20).to_uppercase();
        self.centred(canvas, grown, &name);
        let centred = chance.is(0.8);
        for _ in 0..chance.whole(2, 7) {
            let length = chance.whole(10, 30) as usize;
            let text = words::line(chance, length).to_uppercase();
            if centred {
                self.centred(canvas, 1.0, &text);
            } else {
                self.pair(canvas, 1.0, &text, "");
            }
        }
        self.y += self.leading * chance.between(0.0, 1.5);
    }

    fn facts(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        for _ in 0..chance.whole(1, 6) {
            let value = chance.whole(1000, 9_999_999).to_string();
            let name = words::label(chance);
            if chance.is(0.5) {
                self.pair(canvas, 1.0, &format!("{name}: {value}"), "");
            } else {
                self.pair(canvas, 1.0, &name, &value);
            }
        }
        self.rule(canvas, chance);
    }

    fn goods(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        let detailed = chance.is(0.4);
        for _ in 0..chance.whole(1, 22) {
            let (goods, price) = (words::goods(chance), words::money(chance));
            self.pair(canvas, 1.0, &goods, &price);
            if detailed {
                let text = format!("   {} x {}", chance.whole(1, 9), words::money(chance));
                self.pair(canvas, 1.0, &text, "");
            }
        }
        self.rule(canvas, chance);
    }

    fn total(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        for name in ["Subtotal", "Discount", "Rounding", "VAT 19%", "GST 6%"] {
            if chance.is(0.5) {
                let amount = words::money(chance);
                self.pair(canvas, 1.0, name, &amount);
            }
        }
        let (grown, amount) = (chance.between(1.0, 1.7), words::money(chance));
        self.pair(canvas, grown, "TOTAL", &amount);
        for name in ["CASH", "CHANGE", "CARD", "Points"] {
            if chance.is(0.5) {
                let amount = words::money(chance);
                self.pair(canvas, 1.0, name, &amount);
            }
        }
        self.rule(canvas, chance);
    }

    fn foot(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        for _ in 0..chance.whole(0, 6) {
            let length = chance.whole(12, 34) as usize;
            let text = words::line(chance, length).to_uppercase();
            self.centred(canvas, 1.0, &text);
        }
        self.centred(canvas, 1.0, "*** THANK YOU ***");
        match chance.whole(0, 4) {
            0 => self.bars(canvas, chance),
            1 => self.squares(canvas, chance),
            _ => {}
        }
    }

    fn bars(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        let mut x = self.left + (self.right - self.left) * 0.15;
        let end = self.right - (self.right - self.left) * 0.15;
        while x < end {
            let thick = chance.whole(1, 4) as f32;
            canvas.fill(x, self.y, thick, self.size * 3.5, self.ink);
            x += thick + chance.whole(1, 5) as f32;
        }
        self.y += self.size * 4.5;
    }

    fn squares(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        let cells = 27;
        let cell = ((self.right - self.left) * 0.35 / cells as f32).max(2.0).round();
        let left = (self.left + self.right - cell * cells as f32) / 2.0;
        for n in 0..cells * cells {
            if chance.is(0.5) {
                canvas.fill(left + (n % cells) as f32 * cell, self.y + (n / cells) as f32 * cell, cell, cell, self.ink);
            }
        }
        self.y += cell * (cells + 2) as f32;
    }
}
