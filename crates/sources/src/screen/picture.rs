//! A picture of the screen: its pixels, where they come from, and what is to be said about them.

use super::limits::MOST_PIXELS;
use super::region::clipped;
use super::warning::{Cause, Look};
use super::{Display, Error, Point, Rect, Result, Warning};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// A picture of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// How many pixels it is wide.
    pub width: u32,
    /// How many pixels it is high.
    pub height: u32,
    /// Red, green, blue and opacity of each pixel, row by row from the top. Where no display is, nothing is opaque.
    pub rgba: Vec<u8>,
    /// Where it lies on the desktop; `None` where a person chose that and the system does not tell.
    pub bounds: Option<Rect>,
    /// Physical pixels for each logical one: the largest of the displays that it shows.
    pub scale: f64,
    /// The displays that it shows a part of, where they lie in the same count as `bounds`; empty where the system does not
    /// tell.
    pub displays: Vec<Display>,
    /// What the person should know of it.
    pub warnings: Vec<Warning>,
}

impl Picture {
    /// A transparent picture of this part of the desktop, of these displays.
    pub(super) fn empty(bounds: Rect, displays: &[Display]) -> Result<Self> {
        let Rect { width, height, .. } = bounds;
        if bounds.pixels() > MOST_PIXELS {
            return Err(Error::TooLarge { width, height });
        }
        let shown = || displays.iter().filter(|display| display.bounds.intersection(bounds).is_some());
        Ok(Picture {
            width,
            height,
            rgba: vec![0; width as usize * height as usize * 4],
            bounds: Some(bounds),
            scale: shown().map(|display| display.scale).reduce(f64::max).unwrap_or(1.0),
            displays: shown().cloned().collect(),
            warnings: Vec::new(),
        })
    }

    /// Puts pixels in RGBA into it, with their upper left corner at `at`; what lies outside is left out.
    ///
    /// `rows` must hold whole rows of `width` pixels.
    pub(super) fn put(&mut self, at: Point, width: u32, rows: &[u8]) {
        let row_bytes = width as usize * 4;
        if row_bytes == 0 {
            return;
        }
        let height = u32::try_from(rows.len() / row_bytes).unwrap_or(u32::MAX);
        let whole = Rect::new(0, 0, self.width, self.height);
        let Some(inside) = Rect::new(at.x, at.y, width, height).intersection(whole) else { return };
        let skipped = (inside.x.abs_diff(at.x) as usize, inside.y.abs_diff(at.y) as usize);
        let bytes = inside.width as usize * 4;
        for row in 0..inside.height as usize {
            let from = (skipped.1 + row) * row_bytes + skipped.0 * 4;
            let to =
                ((inside.y.unsigned_abs() as usize + row) * self.width as usize + inside.x.unsigned_abs() as usize) * 4;
            self.rgba[to..to + bytes].copy_from_slice(&rows[from..from + bytes]);
        }
    }

    /// Makes all transparent that lies on none of these displays.
    #[cfg(any(test, all(unix, not(target_os = "macos"))))]
    pub(super) fn clear_gaps(&mut self, displays: &[Display]) {
        let Some(bounds) = self.bounds else { return };
        if displays.iter().any(|display| display.bounds.intersection(bounds) == Some(bounds)) {
            return;
        }
        let all = std::mem::replace(&mut self.rgba, vec![0; self.width as usize * self.height as usize * 4]);
        for part in displays.iter().filter_map(|display| display.bounds.intersection(bounds)) {
            let part = part.seen_from(bounds.corner());
            let row_bytes = self.width as usize * 4;
            for y in part.y.unsigned_abs() as usize..(part.y.unsigned_abs() + part.height) as usize {
                let from = y * row_bytes + part.x.unsigned_abs() as usize * 4;
                let to = from + part.width as usize * 4;
                self.rgba[from..to].copy_from_slice(&all[from..to]);
            }
        }
    }

    /// The part of it that shows this region of the desktop, or as much of that as it shows.
    ///
    /// This is how a person chooses a region where no window can be laid over the screen: from a picture of all of it.
    pub fn part(&self, region: Rect) -> Result<Picture> {
        let bounds = self.bounds.unwrap_or(Rect::new(0, 0, self.width, self.height));
        let shown = region.intersection(bounds);
        let shown = if self.displays.is_empty() { shown } else { shown.and_then(|part| clipped(&self.displays, part)) };
        let inside = shown.ok_or(Error::Outside(region))?;
        let rgba = self.cut(inside.seen_from(bounds.corner())).ok_or(Error::Outside(region))?;
        let mut part = Picture { rgba, bounds: self.bounds.map(|_| inside), ..Picture::empty(inside, &self.displays)? };
        if part.displays.is_empty() {
            part.scale = self.scale;
        }
        let whole = |warning: &&Warning| !matches!(warning, Warning::Blank { .. } | Warning::OffScreen);
        part.warnings = self.warnings.iter().filter(whole).cloned().collect();
        if inside != region {
            part.warnings.push(Warning::OffScreen);
        }
        let cause = self.warnings.iter().find_map(|warning| match warning {
            Warning::Blank { cause, .. } => Some(*cause),
            _ => None,
        });
        Ok(part.doubt(|| cause.unwrap_or(Cause::Unknown)))
    }

    /// The pixels that lie at `part`, counted from its upper left corner.
    fn cut(&self, part: Rect) -> Option<Vec<u8>> {
        let whole = Rect::new(0, 0, self.width, self.height);
        if part.is_empty() || part.intersection(whole) != Some(part) {
            return None;
        }
        let mut rgba = Vec::with_capacity(part.width as usize * part.height as usize * 4);
        for row in 0..part.height as usize {
            let from =
                ((part.y.unsigned_abs() as usize + row) * self.width as usize + part.x.unsigned_abs() as usize) * 4;
            rgba.extend_from_slice(&self.rgba[from..from + part.width as usize * 4]);
        }
        Some(rgba)
    }

    /// How it looks when there is nothing in it, `None` when there is.
    pub fn blank(&self) -> Option<Look> {
        let mut opaque = self.rgba.chunks_exact(4).filter(|pixel| pixel[3] != 0);
        let Some(first) = opaque.next() else { return Some(Look::Transparent) };
        // Displays that are off, and films, are not always black to the last bit.
        let black = |pixel: &[u8]| pixel[..3].iter().all(|channel| *channel <= 2);
        if black(first) {
            return opaque.all(black).then_some(Look::Black);
        }
        opaque.all(|pixel| pixel[..3] == first[..3]).then(|| Look::OneColour([first[0], first[1], first[2]]))
    }

    /// Says so when there is nothing in it; `cause` is asked only then.
    pub(super) fn doubt(mut self, cause: impl FnOnce() -> Cause) -> Self {
        if let Some(look) = self.blank() {
            self.warnings.insert(0, Warning::Blank { look, cause: cause() });
        }
        self
    }

    /// The picture as a PNG file, written fast rather than small.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Up);
        let written = if self.rgba.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX) {
            let rgb: Vec<u8> = self.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
            encoder.write_image(&rgb, self.width, self.height, ExtendedColorType::Rgb8)
        } else {
            encoder.write_image(&self.rgba, self.width, self.height, ExtendedColorType::Rgba8)
        };
        written.map_err(|error| Error::Encode(error.to_string()))?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const NONE: [u8; 4] = [0; 4];

    fn picture(bounds: Rect, rgba: &[[u8; 4]]) -> Picture {
        let mut picture = Picture::empty(bounds, &[]).unwrap();
        picture.rgba = rgba.concat();
        picture
    }

    fn display(bounds: Rect) -> Display {
        Display { name: bounds.to_string(), bounds, scale: 1.0, primary: false }
    }

    #[test]
    fn what_is_put_in_is_clipped() {
        let check = |at: (i32, i32), expected: [[u8; 4]; 4]| {
            let mut picture = Picture::empty(Rect::new(0, 0, 2, 2), &[]).unwrap();
            picture.put(Point { x: at.0, y: at.1 }, 2, &[RED; 4].concat());
            assert_eq!(picture.rgba, expected.concat(), "{at:?}");
        };
        check((0, 0), [RED; 4]);
        check((1, 1), [NONE, NONE, NONE, RED]);
        check((-1, -1), [RED, NONE, NONE, NONE]);
        check((-1, 1), [NONE, NONE, RED, NONE]);
        check((2, 0), [NONE; 4]);
        check((i32::MIN, i32::MAX), [NONE; 4]);
    }

    #[test]
    fn what_lies_on_no_display_is_cleared() {
        let mut taken = picture(Rect::new(10, 10, 3, 1), &[RED; 3]);
        taken.clear_gaps(&[display(Rect::new(0, 0, 11, 20)), display(Rect::new(12, 0, 5, 20))]);
        assert_eq!(taken.rgba, [RED, NONE, RED].concat());
        taken.clear_gaps(&[display(Rect::new(0, 0, 99, 99))]);
        assert_eq!(taken.rgba, [RED, NONE, RED].concat());
    }

    #[test]
    fn a_part_is_cut_out_whole_or_not_at_all() {
        let blue = [0, 0, 255, 255];
        let taken = picture(Rect::new(5, 5, 2, 2), &[RED, blue, blue, RED]);
        assert_eq!(taken.cut(Rect::new(1, 0, 1, 2)), Some([blue, RED].concat()));
        assert_eq!(taken.cut(Rect::new(1, 0, 2, 2)), None);
        assert_eq!(taken.cut(Rect::new(0, 0, 0, 2)), None);
        assert_eq!(taken.cut(Rect::new(-1, 0, 1, 1)), None);
    }

    #[test]
    fn a_picture_without_anything_is_noticed() {
        let check = |pixels: &[[u8; 4]], expected: Option<Look>| {
            let width = u32::try_from(pixels.len()).unwrap();
            assert_eq!(picture(Rect::new(0, 0, width, 1), pixels).blank(), expected, "{pixels:?}");
        };
        check(&[NONE, NONE], Some(Look::Transparent));
        check(&[NONE, [0, 0, 0, 255], [2, 1, 0, 255]], Some(Look::Black));
        check(&[RED, NONE, RED], Some(Look::OneColour([255, 0, 0])));
        check(&[RED, [254, 0, 0, 255]], None);
        check(&[[0, 0, 0, 255], [3, 3, 3, 255]], None);
    }

    #[test]
    fn only_a_blank_picture_asks_for_the_cause() {
        let full = picture(Rect::new(0, 0, 2, 1), &[RED, [0, 0, 0, 255]]);
        assert_eq!(full.doubt(|| panic!("nobody should ask")).warnings, []);
        let black = picture(Rect::new(0, 0, 1, 1), &[[0, 0, 0, 255]]).doubt(|| Cause::Locked);
        assert_eq!(black.warnings[0].to_string(), "the picture is black: the screen is locked");
        assert_eq!(black.warnings[0].hint(), "Unlock the screen and try again.");
    }

    #[test]
    fn the_png_has_the_pixels() {
        for pixels in [[RED, [1, 2, 3, 255]], [RED, NONE]] {
            let file = picture(Rect::new(0, 0, 2, 1), &pixels).png().unwrap();
            assert_eq!(image::load_from_memory(&file).unwrap().to_rgba8().into_raw(), pixels.concat());
        }
    }

    #[test]
    fn too_much_is_refused_before_it_is_held() {
        let refused = Picture::empty(Rect::new(0, 0, u32::MAX, u32::MAX), &[]);
        assert_eq!(refused, Err(Error::TooLarge { width: u32::MAX, height: u32::MAX }));
    }
}
