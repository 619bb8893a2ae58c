//! What screens are put together from: areas, themes, windows with a title, buttons, fields, icons.

use super::canvas::{Canvas, Ink};
use super::chance::Chance;
use super::fonts::{Font, Fonts, Style};
use super::words;

#[derive(Clone, Copy)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    pub fn inset(self, by: f32) -> Self {
        let (width, height) = ((self.width - 2.0 * by).max(10.0), (self.height - 2.0 * by).max(10.0));
        Area { left: self.left + by, top: self.top + by, width, height }
    }

    pub fn below(self, by: f32) -> Self {
        Area { top: self.top + by, height: (self.height - by).max(10.0), ..self }
    }

    pub fn right_of(self, by: f32) -> Self {
        Area { left: self.left + by, width: (self.width - by).max(10.0), ..self }
    }

    pub fn bottom(self) -> f32 {
        self.top + self.height
    }

    pub fn right(self) -> f32 {
        self.left + self.width
    }
}

pub struct Theme<'a> {
    pub font: &'a Font,
    pub mono: &'a Font,
    pub size: f32,
    pub back: Ink,
    pub panel: Ink,
    pub field: Ink,
    pub ink: Ink,
    pub faint: Ink,
    pub line: Ink,
    pub accent: Ink,
    pub title: Ink,
    pub round: f32,
}

impl<'a> Theme<'a> {
    pub fn of(fonts: &'a Fonts, chance: &mut Chance) -> Self {
        let dark = chance.is(0.35);
        let base = if dark { chance.whole(15, 55) } else { chance.whole(222, 255) };
        let tint = chance.whole(-4, 6);
        let grey = |by: i32| {
            let level = (base + if dark { by } else { -by }).clamp(0, 255);
            [level as u8, level as u8, (level + tint).clamp(0, 255) as u8]
        };
        let accent = chance.vivid(0.8, 0.8);
        Theme {
            font: chance.of(&fonts.of(Style::Sans)),
            mono: chance.of(&fonts.of(Style::Mono)),
            size: chance.between(10.0, 19.0).round(),
            back: grey(0),
            panel: grey(chance.whole(5, 22)),
            field: if dark { grey(10) } else { [255; 3] },
            ink: if dark { [chance.whole(195, 245) as u8; 3] } else { [chance.whole(0, 60) as u8; 3] },
            faint: [130; 3],
            line: grey(chance.whole(20, 80)),
            accent,
            title: match chance.whole(0, 3) {
                0 => accent,
                1 => grey(30),
                _ => grey(chance.whole(0, 15)),
            },
            round: chance.of(&[0.0, 0.0, 3.0, 6.0, 10.0]),
        }
    }

    pub fn text(&self, canvas: &mut Canvas, x: f32, y: f32, text: &str) -> f32 {
        canvas.text(self.font, self.size, x.round(), y.round(), self.ink, text)
    }

    pub fn button(&self, canvas: &mut Canvas, x: f32, y: f32, chance: &mut Chance) -> f32 {
        let label = words::label(chance);
        let width = self.size * chance.between(5.0, 8.0);
        let main = chance.is(0.4);
        let (fill, ink) = if main { (self.accent, [255; 3]) } else { (self.panel, self.ink) };
        canvas.round(x - 1.0, y - 1.0, width + 2.0, self.size * 2.0 + 2.0, self.round, self.line);
        canvas.round(x, y, width, self.size * 2.0, self.round, fill);
        canvas.text_around(self.font, self.size, x + width / 2.0, (y + self.size * 1.35).round(), ink, &label);
        x + width + self.size
    }

    pub fn input(&self, canvas: &mut Canvas, x: f32, y: f32, width: f32, chance: &mut Chance) {
        canvas.fill(x, y, width, self.size * 1.9, self.field);
        canvas.frame(x, y, width, self.size * 1.9, 1.0, self.line);
        if chance.is(0.6) {
            let ink = chance.of(&[self.ink, self.faint]);
            let letters = (width / self.size * 1.4) as usize;
            canvas.text(
                self.font,
                self.size,
                x + self.size * 0.5,
                (y + self.size * 1.3).round(),
                ink,
                &words::line(chance, letters.clamp(3, 22)),
            );
        }
    }

    pub fn icon(&self, canvas: &mut Canvas, x: f32, y: f32, size: f32, chance: &mut Chance) {
        let colour = if chance.is(0.5) { self.faint } else { chance.vivid(0.7, 0.8) };
        match chance.whole(0, 3) {
            0 => canvas.disc(x + size / 2.0, y + size / 2.0, size / 2.0, colour),
            1 => canvas.frame(x, y, size, size, 1.0, colour),
            2 => canvas.polygon(&[(x, y), (x + size, y + size / 2.0), (x, y + size)], colour, 255),
            _ => canvas.round(x, y, size, size, size / 5.0, colour),
        }
    }
}

/// The frame of a window: title, marks to close it, perhaps a menu; returns what is inside.
pub fn frame(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) -> Area {
    let tall = theme.size * 2.2;
    let edge = chance.of(&[0.0, 1.0, 1.0, 4.0]);
    canvas.fill(area.left, area.top, area.width, area.height, if edge > 2.0 { theme.title } else { theme.line });
    let inside = area.inset(edge);
    canvas.fill(inside.left, inside.top, inside.width, inside.height, theme.back);
    canvas.fill(inside.left, inside.top, inside.width, tall, theme.title);
    let bright = theme.title.iter().map(|c| u32::from(*c)).sum::<u32>() > 380;
    let ink = if bright { [20; 3] } else { [245; 3] };
    let middle = inside.top + tall * 0.65;
    theme.icon(canvas, inside.left + 6.0, inside.top + theme.size * 0.6, theme.size, chance);
    canvas.text(theme.font, theme.size, inside.left + theme.size * 2.0, middle.round(), ink, &words::label(chance));
    for n in 0..3 {
        let x = inside.right() - (3 - n) as f32 * theme.size * 2.4;
        let (y, size) = (inside.top + theme.size * 0.7, theme.size * 0.75);
        match n {
            0 => canvas.fill(x, y + size, size, 1.0, ink),
            1 => canvas.frame(x, y, size, size, 1.0, ink),
            _ => {
                canvas.line(&[(x, y), (x + size, y + size)], 1.2, ink);
                canvas.line(&[(x + size, y), (x, y + size)], 1.2, ink);
            }
        }
    }
    let mut inside = inside.below(tall);
    if chance.is(0.4) {
        canvas.fill(inside.left, inside.top, inside.width, theme.size * 1.9, theme.panel);
        let mut x = inside.left + theme.size;
        while x < inside.right() - theme.size * 6.0 {
            x = theme.text(canvas, x, inside.top + theme.size * 1.3, &words::label(chance)) + theme.size * 1.2;
        }
        inside = inside.below(theme.size * 1.9);
        canvas.fill(inside.left, inside.top, inside.width, 1.0, theme.line);
    }
    inside
}
