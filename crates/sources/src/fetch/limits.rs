//! What a server may cost: bytes, time, numbers. All in one place; tests bring smaller ones.

use std::time::Duration;

/// The most bytes that a page, a feed or an answer in JSON may have, as they come and unpacked.
pub const LIST_BYTES: u64 = 16 * 1024 * 1024;
/// The most bytes that an image may have, as they come and unpacked.
pub const IMAGE_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes of a robots.txt that are read; what follows counts for nothing (RFC 9309 asks for 500 KiB at least).
pub const ROBOTS_BYTES: u64 = 512 * 1024;
/// The most bytes of an address.
pub const URL_BYTES: usize = 4096;
/// The most addresses of a list that a person sets up.
pub const URLS: usize = 5_000;
/// The most headers that a person sets up.
pub const HEADERS: usize = 50;
/// The most links away from its start that a page source looks.
pub const DEPTH: u32 = 5;
/// The most addresses of images that one look considers.
pub const CANDIDATES: usize = 50_000;
/// The most links of one page to further pages that are followed and remembered.
pub const LINKS: usize = 500;
/// The most redirects in a row.
pub const REDIRECTS: usize = 8;
/// The most reasons for refusals that a report tells in words.
pub const REASONS: usize = 10;
/// The most addresses that a test look shows.
pub const SHOWN: usize = 20;
/// How many addresses of a list a test asks whether there is an image.
pub const TRIED: usize = 5;
/// How often a host may fail before it is left alone for the rest of a look: a dead one must not cost a wait per image.
pub const FAULTS: u32 = 2;
/// How long a host is left alone that asks for patience and does not say how long.
pub const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long a host is left alone at most, whatever it says: it is asked once a day whether it still wants that.
pub const PATIENCE_MOST: Duration = Duration::from_secs(DAY);
/// How long a list is believed to be unchanged; then it is asked for whole again, so that images which were refused get
/// another chance and those that are still listed are known to be.
pub const LIST_AFRESH: Duration = Duration::from_secs(DAY);
/// How long an image of a page is believed to be unchanged.
pub const IMAGE_AFRESH: Duration = Duration::from_secs(DAY);
/// How long an image is left alone that was refused for a reason that lasts.
pub const REFUSED_AGAIN: Duration = Duration::from_secs(DAY);
/// How long a record may not say that its address is still listed.
pub const SEEN_AFRESH: Duration = Duration::from_secs(DAY);
/// How long a record is kept of an address that is listed no more.
pub const RECORDS_KEPT: Duration = Duration::from_secs(180 * DAY);
/// The most records that a source keeps.
pub const RECORDS: u32 = 200_000;
/// How many bytes a second a server must send at least, on average since its answer began. One that dribbles would keep others
/// from being asked.
pub const SLOWEST: u64 = 1024;
/// How long the beginning of a broken download is kept.
pub const PARTIALS_KEPT: Duration = Duration::from_secs(7 * DAY);
/// How many records are noted at once.
pub const NOTED_AT_ONCE: usize = 500;

const DAY: u64 = 24 * 60 * 60;

/// The limits that depend on how fast the world is.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a connection may take to be made, its name looked up and TLS agreed on.
    pub connect: Duration,
    /// How long a server may say nothing, before its answer or in it.
    pub idle: Duration,
    /// From when on an answer must not have come slower than [`SLOWEST`].
    pub trickle: Duration,
    /// How long a page, a feed, an answer in JSON or a robots.txt may take in all.
    pub list: Duration,
    /// How long an image may take in all.
    pub image: Duration,
    /// How long one look may take in all; the next goes on.
    pub look: Duration,
    /// The least time between the end of a request to a host and the next request to it.
    pub pause: Duration,
    /// How often it is looked whether the look was cancelled.
    pub cancel_every: Duration,
    /// The most pages that one look reads; the next begins with those that were read longest ago.
    pub pages: usize,
    /// How many images that are known are asked for again in one look.
    pub rechecks: u32,
    /// The most bytes of a page, a feed or an answer in JSON.
    pub list_bytes: u64,
    /// The most bytes of an image.
    pub image_bytes: u64,
    /// A download is written down every so many bytes, so that it can be resumed even when the machine stops.
    pub keep_every: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            trickle: Duration::from_secs(30),
            list: Duration::from_secs(2 * 60),
            image: Duration::from_secs(10 * 60),
            look: Duration::from_secs(30 * 60),
            pause: Duration::from_secs(1),
            cancel_every: Duration::from_millis(100),
            pages: 200,
            rechecks: 200,
            list_bytes: LIST_BYTES,
            image_bytes: IMAGE_BYTES,
            keep_every: 1024 * 1024,
        }
    }
}
