//! How much one recognition may hold, whoever made it. What goes beyond is passed over by
//! [`Recognition::bounded`](crate::recognition::Recognition::bounded).

/// Codes in one image.
pub const MAX_CODES: usize = 200;
/// Characters of the text of a code. The largest symbol, a QR code of version 40, holds 7,089 digits.
pub const MAX_CODE_CHARS: usize = 8_000;
/// Characters of all that a code means, of each text one more than it has.
pub const MAX_MEANING_CHARS: usize = 2 * MAX_CODE_CHARS;
/// Colours of one image: there are no more names.
pub const MAX_COLOURS: usize = 12;
/// Labels of one image, things in it, and faces: of each as many as the contract of a model may ask for.
pub const MAX_SEEN: usize = crate::recognition::contract::MAX_MOST;
/// Characters of the name of a label or thing.
pub const MAX_NAME_CHARS: usize = 100;
/// Points of one face.
pub const MAX_LANDMARKS: usize = 100;
/// How far a corner may lie from that of the image, in pixels: no side of an image is longer than 65,535.
pub const MAX_COORDINATE: f32 = 1_000_000.0;
/// Stamps of one recognition: there are fewer parts, and newer versions may know some more.
pub const MAX_STAMPS: usize = 32;
/// Characters of a name or version in a stamp, which several models may make together, and of the name of an embedding's model.
pub const MAX_STAMP_CHARS: usize = 4_000;
