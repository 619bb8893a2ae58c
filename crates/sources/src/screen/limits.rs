//! How much is taken from the screen, and how long is waited for it.

use std::time::Duration;

/// The most pixels of a picture: four displays of 7680 × 4320, and half a gigabyte.
pub const MOST_PIXELS: u64 = 4 * 7680 * 4320;

/// The largest file that is taken from the desktop portal, in bytes.
pub const LARGEST_FILE: u64 = 512 << 20;

/// The shortest side of a region that a person means when they drag, in logical pixels: less is a click.
pub const SHORTEST_DRAG: f64 = 4.0;

/// How long is waited for others.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the X server, from the connection to the last pixel.
    pub server: Duration,
    /// For the message bus and for the portal to take a request; it may have to be started.
    pub call: Duration,
    /// For the portal's picture: the first time, it asks the person whether it may.
    pub picture: Duration,
    /// For a person who chooses what the picture is taken of.
    pub person: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            server: Duration::from_secs(10),
            call: Duration::from_secs(20),
            picture: Duration::from_secs(60),
            person: Duration::from_secs(180),
        }
    }
}
