//! Colours in OKLab, and what they are called.

use legible_reading::recognition::ColourName;

/// A colour: lightness from 0 (black) to 1 (white), green to red, blue to yellow.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lab {
    l: f32,
    a: f32,
    b: f32,
}

impl Lab {
    /// An sRGB colour.
    pub fn of(rgb: [u8; 3]) -> Self {
        let [r, g, b] = rgb.map(|value| linear(f32::from(value) / 255.0));
        let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_993 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
        Lab {
            l: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            a: 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            b: 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        }
    }

    /// The nearest sRGB colour.
    pub fn rgb(self) -> [u8; 3] {
        let l = (self.l + 0.396_337_78 * self.a + 0.215_803_76 * self.b).powi(3);
        let m = (self.l - 0.105_561_346 * self.a - 0.063_854_17 * self.b).powi(3);
        let s = (self.l - 0.089_484_18 * self.a - 1.291_485_5 * self.b).powi(3);
        let rgb = [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ];
        rgb.map(|value| (curved(value.clamp(0.0, 1.0)) * 255.0).round() as u8)
    }

    pub fn squared_distance(&self, other: &Lab) -> f32 {
        (self.l - other.l).powi(2) + (self.a - other.a).powi(2) + (self.b - other.b).powi(2)
    }

    pub fn plus(&self, other: &Lab) -> Lab {
        Lab { l: self.l + other.l, a: self.a + other.a, b: self.b + other.b }
    }

    pub fn over(&self, count: usize) -> Lab {
        let count = count as f32;
        Lab { l: self.l / count, a: self.a / count, b: self.b / count }
    }

    /// The mean of so many pixels of this colour and so many of another.
    pub fn mixed(&self, count: usize, other: Lab, other_count: usize) -> Lab {
        let times = |lab: &Lab, n: usize| Lab { l: lab.l * n as f32, a: lab.a * n as f32, b: lab.b * n as f32 };
        times(self, count).plus(&times(&other, other_count)).over(count + other_count)
    }

    /// What people call it. The borders lie half-way between the colours that the CSS names red, orange, yellow and so on
    /// stand for; brown is dark orange, pink is light red.
    pub fn name(self) -> ColourName {
        let Lab { l, a, b } = self;
        let chroma = a.hypot(b);
        // The eye sees less colour in the dark, and the lightest tints pass for white.
        if l < 0.22 || (l < 0.32 && chroma < 0.05) {
            return ColourName::Black;
        }
        if chroma < 0.035 || (l > 0.93 && chroma < 0.045) {
            return match l {
                ..0.32 => ColourName::Black,
                0.90.. => ColourName::White,
                _ => ColourName::Grey,
            };
        }
        let hue = b.atan2(a).to_degrees().rem_euclid(360.0);
        match hue {
            ..12.0 | 345.0.. if l > 0.6 || chroma < 0.12 => ColourName::Pink,
            ..40.0 if l > 0.72 && chroma < 0.17 => ColourName::Pink,
            ..40.0 | 345.0.. if l < 0.52 && chroma < 0.09 => ColourName::Brown,
            ..40.0 | 345.0.. => ColourName::Red,
            ..92.0 if l < 0.62 || (l < 0.72 && chroma < 0.11) => ColourName::Brown,
            ..80.0 => ColourName::Orange,
            ..116.0 => ColourName::Yellow,
            ..172.0 => ColourName::Green,
            ..220.0 => ColourName::Cyan,
            ..285.0 => ColourName::Blue,
            ..325.0 => ColourName::Purple,
            _ if l < 0.5 => ColourName::Purple,
            _ => ColourName::Pink,
        }
    }
}

/// The light of an sRGB value, both 0 to 1 (IEC 61966-2-1).
fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn curved(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}
