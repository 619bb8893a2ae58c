//! Every limit of this crate in one place. Images come from outside; these bound what one of them may cost.

use std::time::Duration;

/// Largest encoded image, in bytes.
pub const MAX_BYTES: usize = 256 << 20;
/// Most pixels of a decoded image.
pub const MAX_PIXELS: u64 = 200_000_000;
/// Longest side of a decoded image, in pixels.
pub const MAX_SIDE: u32 = 65_535;
/// Most memory a decoder may take, in bytes: `MAX_PIXELS` of the widest pixel (RGBA with 16 bits each) and some room.
pub const MAX_DECODER_MEMORY: u64 = 2 << 30;
/// Longest camera name kept from EXIF, in characters.
pub const MAX_CAMERA_CHARS: usize = 100;
/// Longest side of a thumbnail or preview, in pixels.
pub const MAX_PREVIEW_SIDE: u32 = 8_192;
/// Most contours looked at in the map of one detector run.
pub const MAX_CONTOURS: usize = 1_000;
/// Widest line image given to the recogniser, in pixels at its height of 48; a longer line is read in pieces.
pub const MAX_LINE_WIDTH: usize = 3_200;
/// Most pixels of a detector's map; a larger image is shrunk for detection.
pub const MAX_MAP_PIXELS: f32 = 24_000_000.0;
/// Most pixels of the finest picture in which codes are searched; a larger image is shrunk by a whole number first.
pub const MAX_SEARCHED_PIXELS: u64 = 16_000_000;
/// Most pixels of a part of it that is turned upright for a reader of codes; a larger part is not looked at.
pub const MAX_CROP_PIXELS: u64 = 8_000_000;
/// Most places of one picture at which a finder pattern of QR codes is looked for closely.
pub const MAX_FINDER_CANDIDATES: usize = 40_000;
/// Most finder patterns of QR codes in one picture: those from its top come first.
pub const MAX_FINDER_PATTERNS: usize = 6_000;
/// Most triples of finder patterns in one picture that are read as a QR code, the likeliest first.
pub const MAX_FINDER_TRIPLES: usize = 4_000;
/// Most bull's-eyes of Aztec codes in one picture that are compared with each other.
pub const MAX_BULLS_EYES: usize = 400;
/// Most straight edges of one picture, of each of two directions, at which a Data Matrix code is looked for.
pub const MAX_STRAIGHT_EDGES: usize = 60_000;
/// Most frames of Data Matrix codes of one picture that are given to their reader.
pub const MAX_FRAMES: usize = 256;
/// Most regions of stripes in one picture, the most striking ones.
pub const MAX_STRIPED_REGIONS: usize = 48;
/// Most ends of PDF417 codes of one picture, of each side, that are followed at a time.
pub const MAX_STACKED_ENDS: usize = 64;
/// Most codes between such ends that are tried.
pub const MAX_STACKED_ATTEMPTS: usize = 32;
/// How often, on the average, each part of the search for codes may look at a pixel of a layer …
pub const LOOKS_AT_A_PIXEL: u64 = 5;
/// … and how many looks it has at least, for small layers.
pub const LEAST_LOOKS: u64 = 20_000_000;
/// What a recognition may hold, whoever made it: see there.
pub use legible_reading::limits::{MAX_CODE_CHARS, MAX_CODES};
/// Largest file of a model that sees, in bytes: as large as what a worker takes, which checks it.
pub const MAX_MODEL_BYTES: u64 = MAX_BYTES as u64;
/// Largest label file, in bytes.
pub const MAX_LABEL_FILE_BYTES: u64 = 4 << 20;
/// Largest file of what a model of text made of labels, in bytes: 8,000 labels of 512 numbers.
pub const MAX_DIRECTIONS_BYTES: u64 = 16 << 20;
/// Characters of a description that count.
pub const MAX_DESCRIPTION_CHARS: usize = 512;
/// Most descriptions in one task.
pub const MAX_DESCRIPTIONS: usize = 64;
/// Most classes of a model.
pub const MAX_CLASSES: usize = 50_000;
/// Longest name of a class, in characters.
pub const MAX_CLASS_NAME_CHARS: usize = legible_reading::limits::MAX_NAME_CHARS;
/// Most models that see in memory at a time, and …
pub const MAX_LOADED_MODELS: usize = 6;
/// … most bytes of their files together, unless one alone has more.
pub const MAX_LOADED_MODEL_BYTES: u64 = 300 << 20;
/// Most numbers in one answer of a model: a detector with 300 classes for 25,000 places has 7.6 million.
pub const MAX_ANSWER_VALUES: usize = 16_000_000;
/// Most results of one detector among which overlaps are looked for, the surest ones: the search grows with their square.
pub const MAX_CANDIDATES: usize = 2_000;
/// The longest that a model which is to be added may look at one picture, on one thread of a machine that has nothing else to do.
pub const MAX_CHECKED_LOOK: Duration = Duration::from_secs(10);
/// Most models asked about one image.
pub const MAX_MODELS: usize = 16;
