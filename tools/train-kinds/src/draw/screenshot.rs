//! What screens show: dialogs, lists, editors, pages, chats, whole desktops, and parts cut out of them.

use image::{RgbImage, imageops};

use super::camera;
use super::canvas::{Canvas, Ink};
use super::chance::Chance;
use super::fonts::Fonts;
use super::widgets::{Area, Theme, frame};
use super::{photo, words};

/// One screenshot.
pub fn draw(fonts: &Fonts, chance: &mut Chance) -> RgbImage {
    let (width, height) = size(chance);
    let theme = Theme::of(fonts, chance);
    let mut canvas = Canvas::new(width as u32, height as u32, theme.back);
    let all = Area { left: 0.0, top: 0.0, width, height };
    match chance.whole(0, 11) {
        0 | 1 => dialog(&mut canvas, &theme, all, chance),
        2 => editor(&mut canvas, &theme, all, chance),
        3 => terminal(&mut canvas, &theme, all, chance),
        4 => table(&mut canvas, &theme, all, chance),
        5 => chat(&mut canvas, &theme, all, chance),
        6 | 7 => page(&mut canvas, &theme, all, chance),
        8 => settings(&mut canvas, &theme, all, chance),
        9 => desktop(&mut canvas, fonts, all, chance),
        _ => window(&mut canvas, &theme, all, chance),
    }
    if chance.is(0.12) {
        marked(&mut canvas, &theme, chance);
    }
    let mut image = canvas.image();
    if chance.is(0.25) {
        image = part(&image, chance);
    }
    if chance.is(0.3) {
        image = subpixel(&image);
    }
    match chance.whole(0, 9) {
        0 | 1 => camera::jpeg(&image, chance.whole(50, 95) as u8),
        2 => camera::resized(&image, (image.width().max(image.height()) as f32 * chance.between(0.5, 0.9)) as u32),
        3 => imageops::resize(&image, image.width() * 2, image.height() * 2, imageops::FilterType::Nearest),
        _ => image,
    }
}

fn size(chance: &mut Chance) -> (f32, f32) {
    match chance.whole(0, 9) {
        0 => chance.of(&[(1920.0, 1080.0), (1366.0, 768.0), (1280.0, 800.0), (1440.0, 900.0), (1600.0, 900.0)]),
        1 => chance.of(&[(540.0, 1170.0), (720.0, 1280.0), (585.0, 1266.0), (768.0, 1024.0)]),
        2..=5 => (chance.between(220.0, 620.0), chance.between(130.0, 520.0)),
        _ => (chance.between(500.0, 1300.0), chance.between(300.0, 900.0)),
    }
}

/// Colours change a third of a pixel to the left and right, as where letters are drawn for flat screens.
fn subpixel(image: &RgbImage) -> RgbImage {
    let last = image.width() - 1;
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let (before, here, after) = (
            image.get_pixel(x.saturating_sub(1), y).0,
            image.get_pixel(x, y).0,
            image.get_pixel((x + 1).min(last), y).0,
        );
        let mix = |a: u8, b: u8| ((2 * u16::from(a) + u16::from(b)) / 3) as u8;
        image::Rgb([mix(here[0], before[0]), here[1], mix(here[2], after[2])])
    })
}

fn part(image: &RgbImage, chance: &mut Chance) -> RgbImage {
    let mut share = |n: u32| ((n as f32 * chance.between(0.3, 0.9)) as u32).max(60).min(n);
    let (width, height) = (share(image.width()), share(image.height()));
    let left = chance.whole(0, (image.width() - width) as i32) as u32;
    let top = chance.whole(0, (image.height() - height) as i32) as u32;
    imageops::crop_imm(image, left, top, width, height).to_image()
}

fn dialog(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let inside = frame(canvas, theme, area, chance);
    let row = theme.size * chance.between(2.2, 3.0);
    let mut y = inside.top + theme.size * 1.5;
    let labels = theme.size * 9.0;
    while y < inside.bottom() - row * 2.2 {
        match chance.whole(0, 4) {
            0 => {
                theme.text(canvas, inside.left + theme.size, y + theme.size * 1.3, &words::line(chance, 44));
            }
            1 => {
                canvas.frame(inside.left + theme.size, y + theme.size * 0.3, theme.size, theme.size, 1.0, theme.faint);
                theme.text(canvas, inside.left + theme.size * 2.6, y + theme.size * 1.2, &words::label(chance));
            }
            _ => {
                theme.text(canvas, inside.left + theme.size, y + theme.size * 1.3, &words::label(chance));
                let width = (inside.width - labels - theme.size * 2.0) * chance.between(0.5, 1.0);
                theme.input(canvas, inside.left + labels, y, width.max(20.0), chance);
            }
        }
        y += row;
    }
    let mut x = inside.right() - theme.size * chance.of(&[9.0, 18.0, 26.0]);
    for _ in 0..chance.whole(1, 3) {
        x = theme.button(canvas, x, inside.bottom() - theme.size * 3.0, chance);
    }
}

fn editor(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let inside = if chance.is(0.6) { frame(canvas, theme, area, chance) } else { area };
    let side = if chance.is(0.6) { theme.size * 13.0 } else { 0.0 };
    if side > 0.0 {
        canvas.fill(inside.left, inside.top, side, inside.height, theme.panel);
        list(canvas, theme, Area { width: side, ..inside }, chance);
    }
    let text = inside.right_of(side + theme.size * 3.0);
    let colours: Vec<Ink> = (0..5).map(|_| chance.vivid(0.55, if theme.back[0] < 100 { 0.9 } else { 0.6 })).collect();
    let mut y = text.top + theme.size * 1.5;
    let mut indent = 0;
    let mut n = 1;
    while y < text.bottom() {
        canvas.text_to(theme.mono, theme.size, text.left - theme.size, y.round(), theme.faint, &n.to_string());
        indent = (indent + chance.whole(-1, 1)).clamp(0, 6);
        let mut x = text.left + indent as f32 * theme.size * 2.2;
        if chance.is(0.85) {
            for _ in 0..chance.whole(1, 7) {
                let ink = if chance.is(0.5) { theme.ink } else { chance.of(&colours) };
                let word = words::word(chance);
                let piece = chance.of(&["()", ";", " =", ".", ": ", "{", ""]);
                x = canvas.text(theme.mono, theme.size, x, y.round(), ink, &format!("{word}{piece}"))
                    + theme.size * 0.6;
                if x > text.right() - theme.size * 6.0 {
                    break;
                }
            }
        }
        y += (theme.size * 1.45).round();
        n += 1;
    }
}

fn terminal(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let inside = if chance.is(0.6) { frame(canvas, theme, area, chance) } else { area };
    let (back, ink): (Ink, Ink) =
        chance.of(&[([0, 0, 0], [220; 3]), ([12, 12, 12], [204; 3]), ([48, 10, 36], [238; 3]), ([255; 3], [0; 3])]);
    canvas.fill(inside.left, inside.top, inside.width, inside.height, back);
    let mut y = inside.top + theme.size * 1.4;
    let end = inside.top + inside.height * chance.between(0.3, 1.0);
    while y < end {
        let colour = if chance.is(0.25) { chance.vivid(0.7, 0.85) } else { ink };
        let letters = (inside.width / theme.size * chance.between(0.2, 1.5)).max(4.0) as usize;
        canvas.text(theme.mono, theme.size, inside.left + 4.0, y.round(), colour, &words::line(chance, letters));
        y += (theme.size * 1.3).round();
    }
}

fn list(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let row = (theme.size * chance.between(1.7, 3.2)).round();
    let chosen = chance.whole(0, 6);
    let icons = chance.is(0.6);
    let letters = ((area.width / theme.size * 1.5) as usize).clamp(4, 60);
    let mut y = area.top;
    let mut n = 0;
    while y + row < area.bottom() {
        if n == chosen {
            canvas.fill(area.left, y, area.width, row, theme.accent);
        }
        let mut x = area.left + theme.size * 0.7;
        if icons {
            theme.icon(canvas, x, y + row / 2.0 - theme.size / 2.0, theme.size, chance);
            x += theme.size * 1.8;
        }
        let ink = if n == chosen { [255; 3] } else { theme.ink };
        canvas.text(
            theme.font,
            theme.size,
            x.round(),
            (y + row / 2.0 + theme.size * 0.35).round(),
            ink,
            &words::line(chance, letters),
        );
        y += row;
        n += 1;
    }
}

fn table(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let inside = if chance.is(0.7) { frame(canvas, theme, area, chance) } else { area };
    let mut x = inside.left + theme.size;
    for _ in 0..chance.whole(0, 8) {
        theme.icon(canvas, x, inside.top + theme.size * 0.6, theme.size * 1.3, chance);
        x += theme.size * 2.4;
    }
    let inside = inside.below(theme.size * 2.6);
    let row = (theme.size * chance.between(1.5, 2.2)).round();
    let columns = (inside.width / theme.size / chance.between(5.0, 9.0)).max(2.0);
    let width = inside.width / columns;
    let striped = chance.is(0.5);
    let mut n = 0;
    while (n + 1) as f32 * row < inside.height {
        let top = inside.top + n as f32 * row;
        let fill = if n == 0 || (striped && n % 2 == 0) { theme.panel } else { theme.field };
        canvas.fill(inside.left, top, inside.width, row, fill);
        for column in 0..columns as usize {
            let left = inside.left + column as f32 * width;
            if chance.is(0.8) {
                let text = if column > 0 && chance.is(0.6) {
                    words::money(chance)
                } else {
                    words::line(chance, (width / theme.size * 1.4).max(3.0) as usize)
                };
                canvas.text(theme.font, theme.size, (left + 4.0).round(), (top + row * 0.7).round(), theme.ink, &text);
            }
            if !striped {
                canvas.fill(left, top, 1.0, row, theme.line);
            }
        }
        if !striped {
            canvas.fill(inside.left, top, inside.width, 1.0, theme.line);
        }
        n += 1;
    }
}

fn chat(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    canvas.fill(area.left, area.top, area.width, theme.size * 3.5, theme.title);
    canvas.disc(area.left + theme.size * 2.0, area.top + theme.size * 1.75, theme.size, chance.vivid(0.6, 0.8));
    let mut y = area.top + theme.size * 5.0;
    while y < area.bottom() - theme.size * 5.0 {
        let own = chance.is(0.5);
        let lines = chance.whole(1, 4);
        let width = area.width * chance.between(0.35, 0.75);
        let tall = theme.size * (1.4 * lines as f32 + 1.0);
        let left = if own { area.right() - width - theme.size } else { area.left + theme.size };
        let (fill, ink) = if own { (theme.accent, [255; 3]) } else { (theme.panel, theme.ink) };
        canvas.round(left, y, width, tall, theme.size, fill);
        for n in 0..lines {
            let letters = (width / theme.size * 1.6).max(6.0) as usize;
            let at = y + theme.size * (1.4 * n as f32 + 1.4);
            canvas.text(
                theme.font,
                theme.size,
                (left + theme.size * 0.8).round(),
                at.round(),
                ink,
                &words::line(chance, letters),
            );
        }
        y += tall + theme.size;
        if chance.is(0.08) {
            let picture = photo::draw(chance);
            let picture = imageops::thumbnail(&picture, (area.width * 0.5) as u32 + 1, (area.width * 0.35) as u32 + 1);
            canvas.picture(&picture, left as i32, y as i32);
            y += area.width * 0.35 + theme.size;
        }
    }
    theme.input(
        canvas,
        area.left + theme.size,
        area.bottom() - theme.size * 3.0,
        area.width - theme.size * 2.0,
        chance,
    );
}

/// A page in a browser, or only what it shows.
fn page(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let mut inside = area;
    if chance.is(0.6) {
        inside = frame(canvas, theme, area, chance);
        canvas.fill(inside.left, inside.top, inside.width, theme.size * 2.8, theme.panel);
        theme.input(
            canvas,
            inside.left + theme.size * 6.0,
            inside.top + theme.size * 0.5,
            inside.width - theme.size * 9.0,
            chance,
        );
        inside = inside.below(theme.size * 2.8);
    }
    if chance.is(0.5) {
        canvas.fill(inside.left, inside.top, inside.width, theme.size * 3.0, theme.accent);
        inside = inside.below(theme.size * 3.0);
    }
    if chance.is(0.4) {
        let side = inside.width * 0.22;
        list(canvas, theme, Area { width: side, ..inside }, chance);
        inside = inside.right_of(side);
    }
    let text = inside.inset(theme.size * chance.between(1.0, 4.0));
    let mut y = text.top + theme.size * 1.5;
    let mut wide = text.width;
    while y < inside.bottom() {
        match chance.whole(0, 7) {
            0 => {
                let size = theme.size * chance.between(1.3, 2.4);
                y += size * 0.5;
                canvas.text(theme.font, size, text.left, y.round(), theme.ink, &words::line(chance, 26));
                y += size * 1.2;
            }
            1 if wide == text.width && text.width > 300.0 => {
                let picture = photo::draw(chance);
                let (w, h) = (text.width * chance.between(0.25, 0.5), theme.size * chance.between(8.0, 16.0));
                canvas.picture(&imageops::thumbnail(&picture, w as u32 + 1, h as u32 + 1), text.left as i32, y as i32);
                y += h + theme.size * 2.0;
            }
            2 => {
                theme.button(canvas, text.left, y, chance);
                y += theme.size * 3.5;
            }
            _ => {
                wide = text.width;
                for _ in 0..chance.whole(1, 6) {
                    let letters = (wide / theme.size * 1.7).max(6.0) as usize;
                    let ink = if chance.is(0.1) { theme.accent } else { theme.ink };
                    canvas.text(theme.font, theme.size, text.left, y.round(), ink, &words::line(chance, letters));
                    y += (theme.size * 1.5).round();
                }
                y += theme.size;
            }
        }
    }
}

fn settings(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let mut y = area.top + theme.size * 2.5;
    canvas.text(theme.font, theme.size * 1.8, area.left + theme.size, y, theme.ink, &words::label(chance));
    y += theme.size * 2.0;
    while y < area.bottom() - theme.size {
        let tall = theme.size * chance.between(3.0, 4.5);
        canvas.round(area.left + theme.size, y, area.width - theme.size * 2.0, tall, theme.round, theme.panel);
        theme.text(canvas, area.left + theme.size * 2.0, y + tall * 0.45, &words::label(chance));
        canvas.text(
            theme.font,
            theme.size * 0.8,
            area.left + theme.size * 2.0,
            y + tall * 0.78,
            theme.faint,
            &words::line(chance, 30),
        );
        let (x, on) = (area.right() - theme.size * 5.0, chance.is(0.5));
        if chance.is(0.7) {
            canvas.round(
                x,
                y + tall / 2.0 - theme.size * 0.6,
                theme.size * 2.4,
                theme.size * 1.2,
                theme.size,
                if on { theme.accent } else { theme.faint },
            );
            canvas.disc(x + theme.size * if on { 1.8 } else { 0.6 }, y + tall / 2.0, theme.size * 0.45, [250; 3]);
        }
        y += tall + theme.size * 0.6;
    }
}

fn window(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    let inside = frame(canvas, theme, area, chance);
    let side = inside.width * chance.between(0.2, 0.45);
    canvas.fill(inside.left, inside.top, side, inside.height, theme.panel);
    list(canvas, theme, Area { width: side, ..inside }, chance);
    canvas.fill(inside.left + side, inside.top, 1.0, inside.height, theme.line);
    let rest = inside.right_of(side + 1.0);
    if chance.is(0.5) { list(canvas, theme, rest, chance) } else { dialog_in(canvas, theme, rest, chance) }
}

fn dialog_in(canvas: &mut Canvas, theme: &Theme<'_>, area: Area, chance: &mut Chance) {
    for n in 0..chance.whole(1, 5) {
        let y = area.top + theme.size * (1.5 + 3.2 * n as f32);
        if y + theme.size * 3.0 < area.bottom() {
            theme.text(canvas, area.left + theme.size, y, &words::label(chance));
            theme.input(canvas, area.left + theme.size, y + theme.size * 0.5, area.width * 0.7, chance);
        }
    }
    theme.button(canvas, area.left + theme.size, area.bottom() - theme.size * 3.0, chance);
}

/// Windows over a picture, a bar below.
fn desktop(canvas: &mut Canvas, fonts: &Fonts, area: Area, chance: &mut Chance) {
    let picture = photo::draw(chance);
    canvas.picture(
        &imageops::resize(&picture, area.width as u32, area.height as u32, imageops::FilterType::Triangle),
        0,
        0,
    );
    for _ in 0..chance.whole(1, 3) {
        let theme = Theme::of(fonts, chance);
        let (width, height) = (area.width * chance.between(0.35, 0.75), area.height * chance.between(0.35, 0.75));
        let place = Area {
            left: (area.width - width) * chance.between(0.05, 0.95),
            top: (area.height - height) * chance.between(0.05, 0.9),
            width,
            height,
        };
        match chance.whole(0, 4) {
            0 => editor(canvas, &theme, place, chance),
            1 => window(canvas, &theme, place, chance),
            2 => terminal(canvas, &theme, place, chance),
            _ => dialog(canvas, &theme, place, chance),
        }
    }
    let theme = Theme::of(fonts, chance);
    let tall = theme.size * 2.6;
    canvas.fill(0.0, area.height - tall, area.width, tall, theme.panel);
    for n in 0..chance.whole(3, 12) {
        theme.icon(canvas, theme.size * (1.0 + 2.6 * n as f32), area.height - tall * 0.75, theme.size * 1.3, chance);
    }
    canvas.text_to(theme.font, theme.size, area.width - theme.size, area.height - tall * 0.35, theme.ink, "10:42");
}

/// Frames and numbers drawn over it, as in manuals.
fn marked(canvas: &mut Canvas, theme: &Theme<'_>, chance: &mut Chance) {
    for n in 1..chance.whole(2, 6) {
        let (x, y) = (canvas.width() * chance.between(0.05, 0.8), canvas.height() * chance.between(0.05, 0.8));
        if chance.is(0.5) {
            canvas.frame(x, y, theme.size * chance.between(4.0, 12.0), theme.size * 2.2, 3.0, [220, 30, 30]);
        } else {
            canvas.disc(x, y, theme.size, [220, 30, 30]);
            canvas.text_around(theme.font, theme.size, x, y + theme.size * 0.35, [255; 3], &n.to_string());
        }
    }
}
