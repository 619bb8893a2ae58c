//! Chance, from one seed.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A source of chance that says the same for the same seed.
pub struct Chance(StdRng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(StdRng::seed_from_u64(seed))
    }

    /// A number between two bounds.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// A whole number from `low` to `high`, both possible.
    pub fn whole(&mut self, low: i32, high: i32) -> i32 {
        self.0.random_range(low..=high)
    }

    /// True in this share of cases.
    pub fn is(&mut self, share: f32) -> bool {
        self.0.random::<f32>() < share
    }

    /// One of several.
    pub fn of<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.0.random_range(0..options.len())]
    }

    /// About normally distributed, mean 0, deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.0.random::<f32>()).sum::<f32>() * 1.414 - 4.242
    }

    /// A seed for something that has chance of its own.
    pub fn seed(&mut self) -> u64 {
        self.0.random()
    }

    /// A colour with the given bounds of brightness per channel.
    pub fn colour(&mut self, low: u8, high: u8) -> [u8; 3] {
        [(); 3].map(|()| self.0.random_range(low..=high))
    }

    /// A colour of some hue, 0 (grey) to 1 (pure), at a brightness from 0 to 1.
    pub fn vivid(&mut self, saturation: f32, value: f32) -> [u8; 3] {
        let hue = self.between(0.0, 6.0);
        let channel = |offset: f32| {
            let k = (offset + hue).rem_euclid(6.0);
            value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)
        };
        [5.0, 3.0, 1.0].map(|offset| (channel(offset) * 255.0) as u8)
    }
}
