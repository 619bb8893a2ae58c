//! Chance, passed in so that tests can set it.

/// Throws dice.
pub trait Chance: Send + Sync {
    /// A number; each is as likely as any other.
    fn number(&self) -> u64;
}

/// The randomness of this system.
#[derive(Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn number(&self) -> u64 {
        rand::random()
    }
}

/// Counts, so that what it decides is known and differs from time to time.
#[cfg(test)]
#[derive(Debug, Default)]
pub struct Counting(std::sync::atomic::AtomicU64);

#[cfg(test)]
impl Chance for Counting {
    fn number(&self) -> u64 {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }
}
