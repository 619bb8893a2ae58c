//! Pages of printed and typed text: letters, articles, lists, forms, tables, title pages.

use image::RgbImage;

use super::canvas::{Canvas, Ink, text_width};
use super::chance::Chance;
use super::fonts::{Font, Fonts, Style};
use super::handwriting;
use super::paper::{Way, taken};
use super::words;

/// One page.
pub fn draw(fonts: &Fonts, chance: &mut Chance) -> RgbImage {
    let way = chance.of(&[Way::File, Way::Scanner, Way::Scanner, Way::Scanner, Way::Camera]);
    let height = chance.between(850.0, 1450.0);
    let aspect = match chance.whole(0, 9) {
        0 => chance.between(1.2, 1.5),
        1 => chance.between(0.5, 1.1),
        _ => chance.between(0.64, 0.78),
    };
    let mut canvas = Canvas::new((height * aspect) as u32, height as u32, [255; 3]);
    let style = chance.of(&[Style::Serif, Style::Serif, Style::Sans, Style::Mono]);
    let font = chance.of(&fonts.of(style));
    let ink = match chance.whole(0, 9) {
        0 => chance.colour(0, 110),
        1 => [40, 40, 110],
        _ => [chance.whole(0, 60) as u8; 3],
    };
    let margin = canvas.width() * chance.between(0.05, 0.16);
    let letters = chance.between(45.0, 105.0);
    let sample = text_width(font, 100.0, "the information of the following results") / 40.0;
    let size = (canvas.width() - 2.0 * margin) / letters / sample * 100.0;
    let spacing = if style == Style::Mono { chance.between(1.1, 2.1) } else { chance.between(1.15, 1.7) };
    let mut page =
        Page { fonts, font, size, leading: size * spacing, ink, margin, y: margin * chance.between(0.6, 1.6) };
    match chance.whole(0, 9) {
        0 => page.title_page(&mut canvas, chance),
        1 => page.columns(&mut canvas, chance),
        2 => page.table(&mut canvas, chance),
        3 => page.form(&mut canvas, chance),
        4 => page.letter(&mut canvas, chance),
        _ => page.article(&mut canvas, chance),
    }
    taken(canvas.image(), way, chance)
}

struct Page<'a> {
    fonts: &'a Fonts,
    font: &'a Font,
    size: f32,
    leading: f32,
    ink: Ink,
    margin: f32,
    y: f32,
}

impl Page<'_> {
    fn width(&self, canvas: &Canvas) -> f32 {
        canvas.width() - 2.0 * self.margin
    }

    fn is_full(&self, canvas: &Canvas) -> bool {
        self.y > canvas.height() - self.margin
    }

    fn put(&mut self, canvas: &mut Canvas, x: f32, text: &str) {
        canvas.text(self.font, self.size, x, self.y, self.ink, text);
        self.y += self.leading;
    }

    /// Lines of text between two edges, the last one shorter.
    fn paragraph(&mut self, canvas: &mut Canvas, left: f32, width: f32, lines: i32, even: bool, chance: &mut Chance) {
        let letters = (width / (text_width(self.font, self.size, "the information of all") / 22.0)).max(4.0) as usize;
        let indent = if chance.is(0.4) { self.size * 2.0 } else { 0.0 };
        for n in 0..lines {
            if self.is_full(canvas) {
                return;
            }
            let start = if n == 0 { left + indent } else { left };
            let last = n == lines - 1;
            let length = if last { (letters as f32 * chance.between(0.2, 0.95)) as usize } else { letters };
            let text = words::line(chance, length.max(3));
            if even && !last {
                self.justified(canvas, start, left + width, &text);
            } else {
                self.put(canvas, start, &text);
            }
        }
    }

    fn justified(&mut self, canvas: &mut Canvas, left: f32, right: f32, text: &str) {
        let parts: Vec<&str> = text.split(' ').collect();
        let set: f32 = parts.iter().map(|part| text_width(self.font, self.size, part)).sum();
        let gap = ((right - left - set) / (parts.len().max(2) - 1) as f32).clamp(self.size * 0.15, self.size * 1.2);
        let mut x = left;
        for part in parts {
            x = canvas.text(self.font, self.size, x, self.y, self.ink, part) + gap;
        }
        self.y += self.leading;
    }

    fn heading(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        let size = self.size * chance.between(1.0, 2.2);
        let text = words::line(chance, 38);
        if chance.is(0.5) {
            canvas.text_around(self.font, size, canvas.width() / 2.0, self.y, self.ink, &text);
        } else {
            canvas.text(self.font, size, self.margin, self.y, self.ink, &text);
        }
        self.y += self.leading * chance.between(1.2, 2.5);
    }

    fn article(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        let even = chance.is(0.5);
        let until = canvas.height() * chance.of(&[0.35, 0.7, 1.0, 1.0, 1.0]);
        if chance.is(0.4) {
            canvas.text_around(self.font, self.size, canvas.width() / 2.0, self.margin * 0.5, self.ink, "- 12 -");
        }
        while !self.is_full(canvas) && self.y < until {
            if chance.is(0.25) {
                self.heading(canvas, chance);
            }
            let lines = chance.whole(1, 12);
            let (left, width) = (self.margin, self.width(canvas));
            self.paragraph(canvas, left, width, lines, even, chance);
            self.y += self.leading * chance.between(0.0, 1.2);
            if chance.is(0.1) {
                self.list(canvas, chance);
            }
        }
    }

    fn list(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        for n in 1..chance.whole(3, 8) {
            if self.is_full(canvas) {
                return;
            }
            let item = words::line(chance, 15 + 9 * (n as usize % 5));
            let text = format!("{n}. {item}");
            let x = self.margin + self.size * 2.0;
            self.put(canvas, x, &text);
        }
    }

    fn columns(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        self.size *= 0.8;
        self.leading = self.size * chance.between(1.15, 1.4);
        self.heading(canvas, chance);
        let count = chance.whole(2, 3) as f32;
        let gap = self.size * 2.0;
        let width = (self.width(canvas) - gap * (count - 1.0)) / count;
        let top = self.y;
        for n in 0..count as usize {
            self.y = top;
            let left = self.margin + n as f32 * (width + gap);
            while !self.is_full(canvas) {
                let lines = chance.whole(3, 14);
                self.paragraph(canvas, left, width, lines, true, chance);
                self.y += self.leading * 0.5;
            }
        }
    }

    fn title_page(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        for _ in 0..chance.whole(2, 7) {
            self.y += canvas.height() * chance.between(0.02, 0.14);
            let size = self.size * chance.between(0.9, 2.4);
            let length = chance.whole(10, 44) as usize;
            let text = words::line(chance, length);
            canvas.text_around(self.font, size, canvas.width() / 2.0, self.y, self.ink, &text);
        }
    }

    fn table(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        self.heading(canvas, chance);
        let columns = chance.whole(3, 7) as usize;
        let width = self.width(canvas) / columns as f32;
        let ruled = chance.is(0.6);
        let row = self.leading * chance.between(1.1, 1.6);
        let size = self.size * 0.9;
        for _ in 0..chance.whole(8, 40) {
            if self.is_full(canvas) {
                break;
            }
            for column in 0..columns {
                let left = self.margin + column as f32 * width;
                if column == 0 {
                    let letters = (width / size * 1.6) as usize;
                    canvas.text(
                        self.font,
                        size,
                        left + size * 0.4,
                        self.y,
                        self.ink,
                        &words::line(chance, letters.max(4)),
                    );
                } else {
                    let amount = words::money(chance);
                    canvas.text_to(self.font, size, left + width - size * 0.4, self.y, self.ink, &amount);
                }
                if ruled {
                    canvas.frame(left, self.y - row * 0.7, width, row, 1.5, self.ink);
                }
            }
            self.y += row;
        }
        let (left, whole) = (self.margin, self.width(canvas));
        self.y += self.leading;
        self.paragraph(canvas, left, whole, 5, false, chance);
    }

    fn form(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        self.heading(canvas, chance);
        while !self.is_full(canvas) {
            let label = words::label(chance);
            let (left, width) = (self.margin, self.width(canvas));
            let end = canvas.text(self.font, self.size, left, self.y, self.ink, &format!("{label}:"));
            let from = end + self.size * 0.5;
            let to = left + width * chance.between(0.6, 1.0);
            if chance.is(0.5) {
                canvas.line(&[(from, self.y + 2.0), (to, self.y + 2.0)], 1.0, self.ink);
            } else {
                canvas.frame(from, self.y - self.size, (to - from).max(20.0), self.size * 1.4, 1.0, self.ink);
            }
            if chance.is(0.6) {
                canvas.text(self.font, self.size, from + 6.0, self.y, self.ink, &words::line(chance, 18));
            }
            self.y += self.leading * chance.between(1.2, 2.0);
            if chance.is(0.15) {
                self.paragraph(canvas, left, width, 3, false, chance);
            }
        }
    }

    fn letter(&mut self, canvas: &mut Canvas, chance: &mut Chance) {
        if chance.is(0.5) {
            let colour = chance.vivid(0.7, 0.6);
            canvas.round(self.margin, self.y, self.size * 4.0, self.size * 3.0, 6.0, colour);
        }
        let right = canvas.width() - self.margin - self.size * 14.0;
        for _ in 0..chance.whole(3, 5) {
            let text = words::line(chance, 24);
            self.put(canvas, right, &text);
        }
        self.y += self.leading * 2.0;
        for _ in 0..chance.whole(2, 5) {
            let (left, width) = (self.margin, self.width(canvas));
            let lines = chance.whole(2, 8);
            self.paragraph(canvas, left, width, lines, false, chance);
            self.y += self.leading * 0.8;
        }
        let at = (self.margin, self.y + self.leading * 2.0);
        handwriting::signature(self.fonts, canvas, at, self.size * 2.5, chance);
    }
}
