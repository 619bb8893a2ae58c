//! A surface to draw on: boxes, lines, curves and text.

use image::RgbImage;
use tiny_skia::{Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};
use ttf_parser::OutlineBuilder;

use super::chance::Chance;
use super::fonts::Font;

/// A colour, red, green and blue.
pub type Ink = [u8; 3];

/// What is drawn on. Lengths are pixels, x to the right, y down.
pub struct Canvas {
    pixmap: Pixmap,
}

/// How far the letters of a hand stray from where a font puts them, as shares of the size of the font.
#[derive(Debug, Default, Clone, Copy)]
pub struct Waver {
    /// Of every letter, up and down.
    pub letter: f32,
    /// Of the line, in waves.
    pub line: f32,
    /// Of the size of every letter.
    pub size: f32,
    /// Lean of all letters, as the tangent of the angle.
    pub lean: f32,
}

impl Canvas {
    /// A surface of one colour.
    pub fn new(width: u32, height: u32, colour: Ink) -> Self {
        let mut pixmap = Pixmap::new(width.max(1), height.max(1)).expect("drawings have sides of some thousand pixels");
        pixmap.fill(Color::from_rgba8(colour[0], colour[1], colour[2], 255));
        Canvas { pixmap }
    }

    pub fn width(&self) -> f32 {
        self.pixmap.width() as f32
    }

    pub fn height(&self) -> f32 {
        self.pixmap.height() as f32
    }

    /// The drawing as an image.
    pub fn image(&self) -> RgbImage {
        let pixels = self.pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
        RgbImage::from_raw(self.pixmap.width(), self.pixmap.height(), pixels).expect("three bytes for every pixel")
    }

    /// Puts an image at a place.
    pub fn picture(&mut self, image: &RgbImage, left: i32, top: i32) {
        let (width, height) = (self.pixmap.width() as i32, self.pixmap.height() as i32);
        let data = self.pixmap.data_mut();
        for (x, y, pixel) in image.enumerate_pixels() {
            let (x, y) = (x as i32 + left, y as i32 + top);
            if (0..width).contains(&x) && (0..height).contains(&y) {
                let at = 4 * (y * width + x) as usize;
                data[at..at + 3].copy_from_slice(&pixel.0);
            }
        }
    }

    /// A filled box; its edges lie between pixels.
    pub fn fill(&mut self, left: f32, top: f32, width: f32, height: f32, colour: Ink) {
        let rect = Rect::from_xywh(left.round(), top.round(), width.round().max(1.0), height.round().max(1.0));
        if let Some(rect) = rect {
            self.pixmap.fill_rect(rect, &Self::paint(colour, 255), Transform::identity(), None);
        }
    }

    /// A filled box with round corners.
    pub fn round(&mut self, left: f32, top: f32, width: f32, height: f32, radius: f32, colour: Ink) {
        let radius = radius.min(width / 2.0).min(height / 2.0);
        let (right, bottom) = (left + width, top + height);
        let mut path = PathBuilder::new();
        path.move_to(left + radius, top);
        path.line_to(right - radius, top);
        path.quad_to(right, top, right, top + radius);
        path.line_to(right, bottom - radius);
        path.quad_to(right, bottom, right - radius, bottom);
        path.line_to(left + radius, bottom);
        path.quad_to(left, bottom, left, bottom - radius);
        path.line_to(left, top + radius);
        path.quad_to(left, top, left + radius, top);
        path.close();
        self.shape(path, colour, 255);
    }

    /// The outline of a box, on whole pixels.
    pub fn frame(&mut self, left: f32, top: f32, width: f32, height: f32, thick: f32, colour: Ink) {
        self.fill(left, top, width, thick, colour);
        self.fill(left, top + height - thick, width, thick, colour);
        self.fill(left, top, thick, height, colour);
        self.fill(left + width - thick, top, thick, height, colour);
    }

    /// A line through points.
    pub fn line(&mut self, points: &[(f32, f32)], thick: f32, colour: Ink) {
        self.stroke(points, thick, colour, None);
    }

    /// A dashed line through points.
    pub fn dashes(&mut self, points: &[(f32, f32)], thick: f32, colour: Ink, dash: f32) {
        self.stroke(points, thick, colour, StrokeDash::new(vec![dash, dash], 0.0));
    }

    fn stroke(&mut self, points: &[(f32, f32)], thick: f32, colour: Ink, dash: Option<StrokeDash>) {
        let Some(((x, y), rest)) = points.split_first() else { return };
        let mut path = PathBuilder::new();
        path.move_to(*x, *y);
        rest.iter().for_each(|(x, y)| path.line_to(*x, *y));
        let Some(path) = path.finish() else { return };
        let line_cap = if dash.is_some() { LineCap::Butt } else { LineCap::Round };
        let stroke = Stroke { width: thick, dash, line_cap, ..Stroke::default() };
        self.pixmap.stroke_path(&path, &Self::paint(colour, 255), &stroke, Transform::identity(), None);
    }

    /// A curve through points, rounded at each.
    pub fn curve(&mut self, points: &[(f32, f32)], thick: f32, colour: Ink) {
        let Some(((x, y), rest)) = points.split_first() else { return };
        let mut path = PathBuilder::new();
        path.move_to(*x, *y);
        for pair in rest.windows(2) {
            let middle = ((pair[0].0 + pair[1].0) / 2.0, (pair[0].1 + pair[1].1) / 2.0);
            path.quad_to(pair[0].0, pair[0].1, middle.0, middle.1);
        }
        let Some(path) = path.finish() else { return };
        let stroke = Stroke { width: thick, line_cap: LineCap::Round, ..Stroke::default() };
        self.pixmap.stroke_path(&path, &Self::paint(colour, 255), &stroke, Transform::identity(), None);
    }

    /// A filled polygon; `alpha` 255 covers.
    pub fn polygon(&mut self, points: &[(f32, f32)], colour: Ink, alpha: u8) {
        let Some(((x, y), rest)) = points.split_first() else { return };
        let mut path = PathBuilder::new();
        path.move_to(*x, *y);
        rest.iter().for_each(|(x, y)| path.line_to(*x, *y));
        path.close();
        self.shape(path, colour, alpha);
    }

    /// A filled circle.
    pub fn disc(&mut self, x: f32, y: f32, radius: f32, colour: Ink) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius.max(0.3)) {
            let paint = Self::paint(colour, 255);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    fn shape(&mut self, path: PathBuilder, colour: Ink, alpha: u8) {
        if let Some(path) = path.finish() {
            let paint = Self::paint(colour, alpha);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    fn paint([r, g, b]: Ink, alpha: u8) -> Paint<'static> {
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color_rgba8(r, g, b, alpha);
        paint
    }

    /// Text with its foot at `y`; returns where it ends.
    pub fn text(&mut self, font: &Font, size: f32, x: f32, y: f32, colour: Ink, text: &str) -> f32 {
        let (path, end) = outlines(font, size, (x, y), text, Waver::default(), None);
        if let Some(path) = path {
            let paint = Self::paint(colour, 255);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
        end
    }

    /// Text that ends at `right`.
    pub fn text_to(&mut self, font: &Font, size: f32, right: f32, y: f32, colour: Ink, text: &str) {
        self.text(font, size, right - text_width(font, size, text), y, colour, text);
    }

    /// Text around `middle`.
    pub fn text_around(&mut self, font: &Font, size: f32, middle: f32, y: f32, colour: Ink, text: &str) {
        self.text(font, size, middle - text_width(font, size, text) / 2.0, y, colour, text);
    }

    /// Text that goes up, as at the axis of a chart; begins at (`x`, `y`).
    pub fn text_up(&mut self, font: &Font, size: f32, x: f32, y: f32, colour: Ink, text: &str) {
        let (path, _) = outlines(font, size, (0.0, 0.0), text, Waver::default(), None);
        if let Some(path) = path {
            let paint = Self::paint(colour, 255);
            let turned = Transform::from_row(0.0, -1.0, 1.0, 0.0, x, y);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, turned, None);
        }
    }

    /// Text as a hand writes it; returns where it ends.
    #[expect(clippy::too_many_arguments, reason = "what, where, how: the same as `text`, and how it wavers")]
    pub fn written(
        &mut self,
        font: &Font,
        size: f32,
        (x, y): (f32, f32),
        colour: Ink,
        text: &str,
        waver: Waver,
        thick: f32,
        chance: &mut Chance,
    ) -> f32 {
        let (path, end) = outlines(font, size, (x, y), text, waver, Some(chance));
        if let Some(path) = path {
            let paint = Self::paint(colour, 255);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
            if thick > 0.0 {
                let stroke = Stroke { width: thick, line_cap: LineCap::Round, ..Stroke::default() };
                self.pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
            }
        }
        end
    }
}

/// How wide text is.
pub fn text_width(font: &Font, size: f32, text: &str) -> f32 {
    let scale = size / f32::from(font.face.units_per_em());
    text.chars().map(|letter| advance(font, letter) * scale).sum()
}

fn advance(font: &Font, letter: char) -> f32 {
    let glyph = font.face.glyph_index(letter);
    f32::from(glyph.and_then(|glyph| font.face.glyph_hor_advance(glyph)).unwrap_or(font.face.units_per_em() / 3))
}

/// The outlines of a text that begins at a point, and where it ends.
fn outlines(
    font: &Font,
    size: f32,
    (mut x, y): (f32, f32),
    text: &str,
    waver: Waver,
    mut chance: Option<&mut Chance>,
) -> (Option<Path>, f32) {
    let scale = size / f32::from(font.face.units_per_em());
    let mut path = PathBuilder::new();
    let phase = chance.as_mut().map_or(0.0, |chance| chance.between(0.0, 6.0));
    for letter in text.chars() {
        let (mut up, mut grown) = (0.0, 1.0);
        if let Some(chance) = chance.as_mut() {
            up = size * (waver.letter * chance.normal() + waver.line * (phase + x / size / 4.0).sin());
            grown = 1.0 + waver.size * chance.normal();
        }
        if let Some(glyph) = font.face.glyph_index(letter) {
            let mut pen = Pen { path: &mut path, x, y: y + up, scale: scale * grown, lean: waver.lean };
            font.face.outline_glyph(glyph, &mut pen);
        }
        x += advance(font, letter) * scale * grown;
    }
    (path.finish(), x)
}

/// Puts the outline of a letter into a path.
struct Pen<'a> {
    path: &'a mut PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
    lean: f32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + (x + self.lean * y) * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
