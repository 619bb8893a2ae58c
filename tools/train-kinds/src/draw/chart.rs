//! Charts of numbers: bars, lines, points, areas, slices, cells, boxes; one or several panels.

use std::f32::consts::TAU;

use image::{RgbImage, imageops};

use super::camera;
use super::canvas::{Canvas, Ink, text_width};
use super::chance::Chance;
use super::fonts::{Font, Fonts, Style};
use super::paper::{Way, taken};
use super::words;

/// One chart, or several on one sheet.
pub fn draw(fonts: &Fonts, chance: &mut Chance) -> RgbImage {
    let (width, height) = (chance.between(260.0, 1300.0), chance.between(220.0, 950.0));
    let dark = chance.is(0.1);
    let paper = if dark {
        chance.colour(10, 50)
    } else {
        chance.of(&[[255; 3], [255; 3], [255; 3], [250, 250, 248], [240, 240, 240]])
    };
    let mut canvas = Canvas::new(width as u32, height as u32, paper);
    let style = chance.of(&[Style::Sans, Style::Sans, Style::Sans, Style::Serif]);
    let font = chance.of(&fonts.of(style));
    let size = (width.min(height) * chance.between(0.022, 0.04)).clamp(8.0, 26.0);
    let look = Look::of(font, size, dark, paper, chance);
    let (across, down) = if chance.is(0.2) { (chance.whole(1, 3), chance.whole(1, 3)) } else { (1, 1) };
    let top = if chance.is(0.5) {
        canvas.text_around(font, size * 1.4, width / 2.0, size * 2.2, look.ink, &words::line(chance, 32));
        size * 3.0
    } else {
        0.0
    };
    let (cell_width, cell_height) = (width / across as f32, (height - top) / down as f32);
    for n in 0..across * down {
        let place = Place {
            left: (n % across) as f32 * cell_width,
            top: top + (n / across) as f32 * cell_height,
            width: cell_width,
            height: cell_height,
        };
        if place.width > 110.0 && place.height > 100.0 {
            panel(&mut canvas, &look, place, chance);
        }
    }
    stored(canvas.image(), chance)
}

/// As a program saves it, as a page is compressed, or off paper.
pub fn stored(image: RgbImage, chance: &mut Chance) -> RgbImage {
    match chance.whole(0, 11) {
        0 | 1 => camera::jpeg(&image, chance.whole(60, 95) as u8),
        2 => taken(image, Way::Scanner, chance),
        3 => camera::resized(&image, (image.width().max(image.height()) as f32 * chance.between(0.6, 1.6)) as u32),
        4 => {
            let half = imageops::thumbnail(&image, image.width() * 2 / 3 + 1, image.height() * 2 / 3 + 1);
            camera::jpeg(&half, chance.whole(60, 95) as u8)
        }
        _ => image,
    }
}

struct Look<'a> {
    font: &'a Font,
    size: f32,
    ink: Ink,
    grid: Ink,
    field: Option<Ink>,
    colours: Vec<Ink>,
    gridded: bool,
    framed: bool,
    thick: f32,
}

impl<'a> Look<'a> {
    fn of(font: &'a Font, size: f32, dark: bool, paper: Ink, chance: &mut Chance) -> Self {
        let (saturation, value) = (chance.between(0.2, 0.95), chance.between(0.4, 0.95));
        let count = chance.whole(1, 7);
        let colours = if chance.is(0.12) {
            (0..count).map(|n| [(60 + n * 25) as u8; 3]).collect()
        } else {
            (0..count).map(|_| chance.vivid(saturation, value)).collect()
        };
        let ink = if dark { [220; 3] } else { [chance.whole(0, 90) as u8; 3] };
        let shift = |by: i32| paper.map(|c| (i32::from(c) + if dark { by } else { -by }).clamp(0, 255) as u8);
        Look {
            font,
            size,
            ink,
            grid: shift(chance.whole(12, 50)),
            field: chance.is(0.2).then(|| shift(20)),
            colours,
            gridded: chance.is(0.65),
            framed: chance.is(0.4),
            thick: chance.between(1.0, 3.5),
        }
    }

    fn colour(&self, n: usize) -> Ink {
        self.colours[n % self.colours.len()]
    }
}

#[derive(Clone, Copy)]
struct Place {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

fn panel(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    if chance.is(0.1) {
        return slices(canvas, look, place, chance);
    }
    let legend = if chance.is(0.4) { look.size * 7.0 } else { look.size };
    let inner = Place {
        left: place.left + look.size * chance.between(3.0, 6.0),
        top: place.top + look.size * 1.5,
        width: 0.0,
        height: place.height - look.size * chance.between(4.0, 7.0),
    };
    let inner = Place { width: place.left + place.width - inner.left - legend, ..inner };
    if inner.width < 40.0 || inner.height < 40.0 {
        return;
    }
    axes(canvas, look, inner, chance);
    match chance.whole(0, 9) {
        0..=2 => bars(canvas, look, inner, chance),
        3 => level_bars(canvas, look, inner, chance),
        4 | 5 => curves(canvas, look, inner, chance),
        6 => areas(canvas, look, inner, chance),
        7 | 8 => points(canvas, look, inner, chance),
        _ => cells(canvas, look, inner, chance),
    }
    if legend > look.size * 2.0 {
        let left = inner.left + inner.width + look.size;
        for n in 0..look.colours.len().max(2) {
            let y = inner.top + n as f32 * look.size * 1.6;
            canvas.fill(left, y, look.size, look.size, look.colour(n));
            canvas.text(
                look.font,
                look.size * 0.9,
                left + look.size * 1.4,
                y + look.size * 0.85,
                look.ink,
                words::word(chance),
            );
        }
    }
}

fn axes(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let Place { left, top, width, height } = place;
    if let Some(field) = look.field {
        canvas.fill(left, top, width, height, field);
    }
    let (down, across) = (chance.whole(3, 11) as usize, chance.whole(3, 11) as usize);
    let step = chance.of(&[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 200.0, 1000.0]);
    let upright_grid = look.gridded && chance.is(0.6);
    for n in 0..=down {
        let y = top + height - height * n as f32 / down as f32;
        if look.gridded {
            canvas.fill(left, y, width, 1.0, look.grid);
        }
        canvas.fill(left - look.size * 0.3, y, look.size * 0.3, 1.0, look.ink);
        canvas.text_to(
            look.font,
            look.size * 0.85,
            left - look.size * 0.5,
            y + look.size * 0.3,
            look.ink,
            &words::tick(step, n),
        );
    }
    let turned = chance.is(0.15);
    let named = chance.is(0.4);
    for n in 0..=across {
        let x = left + width * n as f32 / across as f32;
        if upright_grid {
            canvas.fill(x, top, 1.0, height, look.grid);
        }
        canvas.fill(x, top + height, 1.0, look.size * 0.3, look.ink);
        let text = if named { words::word(chance).to_owned() } else { words::tick(step * 2.0, n) };
        let y = top + height + look.size * 1.3;
        if turned {
            let length = text_width(look.font, look.size * 0.85, &text);
            canvas.text_up(look.font, look.size * 0.85, x + look.size * 0.3, y + length, look.ink, &text);
        } else if text_width(look.font, look.size, &text) < width / across as f32 * 1.1 {
            canvas.text_around(look.font, look.size * 0.85, x, y, look.ink, &text);
        }
    }
    if chance.is(0.6) {
        let label = words::label(chance);
        let bottom = top + height + look.size * 2.9;
        canvas.text_around(look.font, look.size, left + width / 2.0, bottom, look.ink, &label);
        let label = words::label(chance);
        canvas.text_up(look.font, look.size, left - look.size * 2.8, top + height * 0.6, look.ink, &label);
    }
    if look.framed {
        canvas.frame(left, top, width, height, 1.0, look.ink);
    } else {
        canvas.fill(left, top + height, width, 1.0, look.ink);
        canvas.fill(left, top, 1.0, height, look.ink);
    }
}

fn bars(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let count = chance.whole(2, 30) as usize;
    let series = if chance.is(0.3) { look.colours.len() } else { 1 };
    let stacked = chance.is(0.4);
    let slot = place.width / count as f32;
    let thick = slot * chance.between(0.5, 1.0);
    let shape = chance.between(0.0, 6.0);
    for n in 0..count {
        let left = place.left + slot * n as f32 + (slot - thick) / 2.0;
        let tall = 0.35 + 0.3 * (shape + n as f32 * 0.5).sin();
        let mut foot = place.top + place.height;
        for s in 0..series {
            let high = place.height * (tall + chance.between(-0.25, 0.3)).clamp(0.02, 0.98);
            let colour = if series == 1 && chance.is(0.05) { look.colour(1) } else { look.colour(s) };
            if stacked {
                let high = high / series as f32;
                canvas.fill(left, foot - high, thick, high, colour);
                foot -= high;
            } else {
                let own = thick / series as f32;
                canvas.fill(left + own * s as f32, foot - high, own, high, colour);
            }
        }
    }
    if chance.is(0.15) {
        let line: Vec<(f32, f32)> = (0..count)
            .map(|n| (place.left + slot * (n as f32 + 0.5), place.top + place.height * chance.between(0.2, 0.7)))
            .collect();
        canvas.line(&line, look.thick, look.ink);
    }
}

fn level_bars(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let count = chance.whole(3, 16) as usize;
    let slot = place.height / count as f32;
    for n in 0..count {
        let mut left = place.left;
        for s in 0..if chance.is(0.5) { 1 } else { look.colours.len() } {
            let long = (place.width * chance.between(0.05, 0.9)).min(place.left + place.width - left);
            canvas.fill(left, place.top + slot * n as f32 + slot * 0.15, long, slot * 0.7, look.colour(s));
            left += long;
        }
    }
}

fn path(place: Place, count: usize, rough: f32, chance: &mut Chance) -> Vec<(f32, f32)> {
    let mut level = chance.between(0.2, 0.8);
    let (wave, phase, drift) = (chance.between(0.0, 0.25), chance.between(0.0, 6.0), chance.between(-0.5, 0.5));
    let turns = chance.between(0.5, 3.0);
    (0..count)
        .map(|n| {
            let t = n as f32 / (count - 1).max(1) as f32;
            level = (level + chance.normal() * rough).clamp(0.05, 0.95);
            let high = (level + wave * (phase + turns * TAU * t).sin() + drift * (t - 0.5)).clamp(0.01, 0.99);
            (place.left + place.width * t, place.top + place.height * (1.0 - high))
        })
        .collect()
}

fn curves(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let count = chance.of(&[4, 8, 15, 40, 120, 300]);
    let rough = chance.between(0.0, 0.3) / (count as f32).sqrt();
    let dotted = count < 50 && chance.is(0.4);
    for n in 0..chance.whole(1, look.colours.len() as i32) as usize {
        let line = path(place, count, rough, chance);
        if chance.is(0.15) {
            canvas.dashes(&line, look.thick, look.colour(n), look.size * 0.5);
        } else {
            canvas.line(&line, look.thick, look.colour(n));
        }
        if dotted {
            line.iter().for_each(|(x, y)| canvas.disc(*x, *y, look.thick * 1.6, look.colour(n)));
        }
    }
}

fn areas(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let rough = chance.between(0.005, 0.04);
    for n in 0..chance.whole(1, 4) as usize {
        let mut outline = path(place, 80, rough, chance);
        outline.push((place.left + place.width, place.top + place.height));
        outline.push((place.left, place.top + place.height));
        canvas.polygon(&outline, look.colour(n), chance.of(&[255, 255, 150]));
    }
}

fn points(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let groups = look.colours.len().min(4);
    let varied = chance.is(0.3);
    let base = look.thick * chance.between(0.8, 2.2);
    for n in 0..groups {
        let (cx, cy) = (chance.between(0.2, 0.8), chance.between(0.2, 0.8));
        let (spread, lean) = (chance.between(0.05, 0.25), chance.between(-1.0, 1.0));
        for _ in 0..chance.whole(8, 150) {
            let along = chance.normal() * spread;
            let (x, y) = (cx + along, cy + lean * along + chance.normal() * spread * 0.4);
            if (0.01..0.99).contains(&x) && (0.01..0.99).contains(&y) {
                let radius = if varied { base * chance.between(0.5, 5.0) } else { base };
                canvas.disc(place.left + x * place.width, place.top + y * place.height, radius, look.colour(n));
            }
        }
    }
    if chance.is(0.2) {
        let line = path(place, 2, 0.2, chance);
        canvas.line(&line, look.thick, look.ink);
    }
}

fn cells(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let (across, down) = (chance.whole(3, 20) as usize, chance.whole(3, 16) as usize);
    let (low, high): (Ink, Ink) = (look.colour(0), [245; 3]);
    let (width, height) = (place.width / across as f32, place.height / down as f32);
    let told = width > look.size * 2.4 && chance.is(0.4);
    for n in 0..across * down {
        let t = chance.between(0.0, 1.0);
        let colour = std::array::from_fn(|c| (f32::from(low[c]) + (f32::from(high[c]) - f32::from(low[c])) * t) as u8);
        let (left, top) = (place.left + (n % across) as f32 * width, place.top + (n / across) as f32 * height);
        canvas.fill(left, top, width + 1.0, height + 1.0, colour);
        if told {
            canvas.text_around(
                look.font,
                look.size * 0.8,
                left + width / 2.0,
                top + height * 0.6,
                look.ink,
                &words::tick(0.1, n % 10),
            );
        }
    }
}

fn slices(canvas: &mut Canvas, look: &Look<'_>, place: Place, chance: &mut Chance) {
    let radius = place.width.min(place.height) * chance.between(0.28, 0.42);
    let (x, y) = (place.left + place.width * 0.45, place.top + place.height * 0.5);
    let mut from = chance.between(0.0, TAU);
    let end = from + TAU;
    let mut n = 0;
    while from < end - 0.05 {
        let to = (from + chance.between(0.2, 1.8)).min(end);
        let mut outline = vec![(x, y)];
        outline.extend(
            (0..=24)
                .map(|s| from + (to - from) * s as f32 / 24.0)
                .map(|a| (x + radius * a.cos(), y + radius * a.sin())),
        );
        let colour = if look.colours.len() > 2 { look.colour(n) } else { chance.vivid(0.6, 0.8) };
        canvas.polygon(&outline, colour, 255);
        let middle = (from + to) / 2.0;
        canvas.text_around(
            look.font,
            look.size * 0.9,
            x + radius * 1.2 * middle.cos(),
            y + radius * 1.15 * middle.sin(),
            look.ink,
            words::word(chance),
        );
        from = to;
        n += 1;
    }
    if chance.is(0.3) {
        canvas.disc(x, y, radius * 0.55, [255; 3]);
    }
}
