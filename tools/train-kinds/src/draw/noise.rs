//! Smooth noise over a plane.

/// A field of noise, of one seed.
pub struct Noise {
    seed: u32,
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        Noise { seed: (seed ^ (seed >> 32)) as u32 }
    }

    /// A value from 0 to 1 at a point of the grid.
    fn corner(&self, x: i32, y: i32) -> f32 {
        let mut n = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA6B) ^ self.seed;
        n = (n ^ (n >> 15)).wrapping_mul(0x2C1B_3C6D);
        n = (n ^ (n >> 12)).wrapping_mul(0x297A_2D39);
        (n ^ (n >> 15)) as f32 / u32::MAX as f32
    }

    fn one(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (fx, fy) = (ease(x - left), ease(y - top));
        let (left, top) = (left as i32, top as i32);
        let upper = self.corner(left, top) * (1.0 - fx) + self.corner(left + 1, top) * fx;
        let lower = self.corner(left, top + 1) * (1.0 - fx) + self.corner(left + 1, top + 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// Noise of several sizes, each half as large and half as strong, from 0 to 1.
    pub fn soft(&self, x: f32, y: f32, sizes: u32) -> f32 {
        self.rough(x, y, sizes, 0.5)
    }

    /// The same with `keep` of the strength from size to size: more is rougher.
    pub fn rough(&self, x: f32, y: f32, sizes: u32, keep: f32) -> f32 {
        let (mut sum, mut whole, mut strength, mut zoom) = (0.0, 0.0, 1.0, 1.0);
        for _ in 0..sizes {
            sum += strength * self.one(x * zoom + whole * 31.7, y * zoom - whole * 17.3);
            whole += strength;
            strength *= keep;
            zoom *= 2.0;
        }
        sum / whole
    }
}
