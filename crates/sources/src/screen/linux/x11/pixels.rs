//! How an X server writes pixels, and what colours they are.

/// How pixels lie in an answer of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// 8, 16, 24 or 32.
    pub bits_per_pixel: u8,
    /// Rows begin at multiples of so many bits.
    pub row_pad: u8,
    /// Whether the most significant byte of a pixel comes first.
    pub big_endian: bool,
    /// What a pixel's number means.
    pub colours: Colours,
}

/// What the number of a pixel means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Colours {
    /// Its bits are red, green and blue, as these masks say.
    Masks([u32; 3]),
    /// It is a place in this list of red, green and blue.
    Palette(Vec<[u8; 3]>),
}

impl Format {
    /// How many bytes a row of pixels takes; `None` for a format that is not read here.
    pub fn row_bytes(&self, width: u32) -> Option<usize> {
        if !matches!(self.bits_per_pixel, 8 | 16 | 24 | 32) || !matches!(self.row_pad, 8 | 16 | 32) {
            return None;
        }
        let bits = u64::from(width) * u64::from(self.bits_per_pixel);
        usize::try_from(bits.next_multiple_of(u64::from(self.row_pad)) / 8).ok()
    }

    /// Rows of pixels as RGBA, all opaque; `None` when they are too few bytes, or in a format that is not read here.
    ///
    /// The fourth byte of a pixel counts for nothing: where it is a window's opacity, colours were multiplied by it
    /// already, and elsewhere it is anything.
    pub fn rgba(&self, width: u32, height: u32, rows: &[u8]) -> Option<Vec<u8>> {
        let row_bytes = self.row_bytes(width)?;
        let pixel_bytes = usize::from(self.bits_per_pixel / 8);
        let places = self.whole_bytes();
        let colour = self.reader()?;
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        if row_bytes == 0 {
            return Some(rgba);
        }
        let mut whole = rows.chunks_exact(row_bytes);
        for _ in 0..height {
            let row = whole.next()?;
            if let Some([red, green, blue]) = places {
                let pixels = row.chunks_exact(4).take(width as usize);
                rgba.extend(pixels.flat_map(|pixel| [pixel[red], pixel[green], pixel[blue], u8::MAX]));
                continue;
            }
            for pixel in row.chunks_exact(pixel_bytes).take(width as usize) {
                let [red, green, blue] = colour(self.number(pixel));
                rgba.extend_from_slice(&[red, green, blue, u8::MAX]);
            }
        }
        Some(rgba)
    }

    /// Which byte of a pixel is red, green and blue, where each is one of four: as on nearly all screens, and much faster
    /// to read.
    fn whole_bytes(&self) -> Option<[usize; 3]> {
        let Colours::Masks(masks) = &self.colours else { return None };
        let place = |mask: u32| (0..4).find(|byte| mask == 0xff << (byte * 8));
        let [Some(red), Some(green), Some(blue)] = masks.map(place) else { return None };
        let in_order = |byte: usize| if self.big_endian { 3 - byte } else { byte };
        (self.bits_per_pixel == 32).then(|| [red, green, blue].map(in_order))
    }

    fn number(&self, bytes: &[u8]) -> u32 {
        let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        if self.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    }

    fn reader(&self) -> Option<Box<dyn Fn(u32) -> [u8; 3] + '_>> {
        match &self.colours {
            Colours::Palette(palette) => {
                Some(Box::new(|pixel| palette.get(pixel as usize).copied().unwrap_or_default()))
            }
            Colours::Masks(masks) => {
                let [red, green, blue] = masks.map(Channel::of);
                let (red, green, blue) = (red?, green?, blue?);
                Some(Box::new(move |pixel| [red.value(pixel), green.value(pixel), blue.value(pixel)]))
            }
        }
    }
}

/// One of the three colours in a pixel's number.
struct Channel {
    mask: u32,
    shift: u32,
    /// What each value of its bits is from 0 to 255.
    values: Vec<u8>,
}

impl Channel {
    /// `None` for a mask that is no row of at most 16 bits.
    fn of(mask: u32) -> Option<Self> {
        let shift = mask.trailing_zeros();
        let most = mask.checked_shr(shift)?;
        if most == 0 || most > u32::from(u16::MAX) || !(most + 1).is_power_of_two() {
            return None;
        }
        let value = |bits: u32| u8::try_from((bits * 255 + most / 2) / most).unwrap_or(u8::MAX);
        Some(Channel { mask, shift, values: (0..=most).map(value).collect() })
    }

    fn value(&self, pixel: u32) -> u8 {
        self.values[((pixel & self.mask) >> self.shift) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUE: Colours = Colours::Masks([0xff_0000, 0xff00, 0xff]);

    fn format(bits_per_pixel: u8, big_endian: bool, colours: Colours) -> Format {
        Format { bits_per_pixel, row_pad: 32, big_endian, colours }
    }

    #[test]
    fn pixels_become_colours() {
        let check = |format: Format, width: u32, rows: &[u8], expected: &[[u8; 3]]| {
            let opaque: Vec<u8> = expected.iter().flat_map(|colour| [colour[0], colour[1], colour[2], 255]).collect();
            let height = u32::try_from(expected.len()).unwrap() / width;
            assert_eq!(format.rgba(width, height, rows), Some(opaque), "{format:?}");
        };
        check(format(32, false, TRUE), 1, &[3, 2, 1, 77], &[[1, 2, 3]]);
        check(format(32, true, TRUE), 1, &[77, 1, 2, 3], &[[1, 2, 3]]);
        check(format(32, false, Colours::Masks([0xff, 0xff00, 0xff_0000])), 1, &[1, 2, 3, 0], &[[1, 2, 3]]);
        // Three bytes for a pixel; rows are padded.
        check(format(24, false, TRUE), 1, &[3, 2, 1, 0, 6, 5, 4, 0], &[[1, 2, 3], [4, 5, 6]]);
        // 16 bits: 5, 6 and 5; the highest value is white, not 248.
        let high = Colours::Masks([0xf800, 0x7e0, 0x1f]);
        check(format(16, false, high.clone()), 2, &[0xff, 0xff, 0, 0xf8], &[[255, 255, 255], [255, 0, 0]]);
        check(format(16, true, high), 1, &[0x84, 0x10, 0, 0], &[[132, 130, 132]]);
        check(format(32, false, Colours::Masks([0x3ff0_0000, 0xf_fc00, 0x3ff])), 1, &[0xff, 3, 0, 0], &[[0, 0, 255]]);
        let palette = Colours::Palette(vec![[0, 0, 0], [9, 8, 7]]);
        check(format(8, false, palette), 3, &[1, 0, 200, 0], &[[9, 8, 7], [0, 0, 0], [0, 0, 0]]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(format(32, false, TRUE).rgba(1, 2, &[0; 7]), None, "too few bytes");
        assert_eq!(format(4, false, TRUE).rgba(1, 1, &[0; 4]), None, "four bits for a pixel");
        assert_eq!(format(32, false, Colours::Masks([0, 1, 2])).rgba(1, 1, &[0; 4]), None, "no red");
        assert_eq!(format(32, false, Colours::Masks([5, 8, 16])).rgba(1, 1, &[0; 4]), None, "a mask with a hole");
        assert_eq!(format(32, false, TRUE).rgba(0, 3, &[]), Some(vec![]));
    }
}
