//! Frames on a pipe: a magic number, two lengths, a JSON header, a binary payload.
//!
//! ```text
//! 4 bytes  "LGV1"
//! 4 bytes  length of the header, little endian
//! 4 bytes  length of the payload, little endian
//! …        the header, JSON
//! …        the payload
//! ```
//!
//! The magic number tells at once when the other side is not a worker at all. Lengths are checked before anything is
//! allocated, and memory grows only as bytes arrive.

use std::io::{ErrorKind, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::limits::{MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES};

const MAGIC: [u8; 4] = *b"LGV1";
const FIRST_STEP: usize = 64 << 10;

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The bytes do not begin a frame.
    #[error("these bytes are not a frame: they begin with {0:02x?}")]
    NotAFrame([u8; 4]),
    /// A length beyond the limits.
    #[error("a frame's {part} of {bytes} bytes is over the limit of {limit}")]
    TooLarge {
        /// `header` or `payload`.
        part: &'static str,
        /// The length that was asked for.
        bytes: usize,
        /// The longest that is allowed.
        limit: usize,
    },
    /// The stream ended inside a frame.
    #[error("the stream ended inside a frame")]
    Truncated,
    /// The header is not what was expected.
    #[error("a frame's header cannot be understood: {0}")]
    Header(#[from] serde_json::Error),
    /// There is no memory for the frame.
    #[error("memory allocation of {0} bytes failed for a frame")]
    OutOfMemory(usize),
    /// The pipe failed.
    #[error("the pipe failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Writes one frame and flushes.
///
/// # Errors
/// [`FrameError::TooLarge`] before a byte is written; [`FrameError::Io`] when the other side is gone.
pub fn write<H: Serialize>(out: &mut impl Write, header: &H, payload: &[u8]) -> Result<(), FrameError> {
    let header = serde_json::to_vec(header)?;
    let mut lead = [0; 12];
    lead[..4].copy_from_slice(&MAGIC);
    lead[4..8].copy_from_slice(&checked("header", header.len(), MAX_HEADER_BYTES)?.to_le_bytes());
    lead[8..].copy_from_slice(&checked("payload", payload.len(), MAX_PAYLOAD_BYTES)?.to_le_bytes());
    out.write_all(&[&lead[..], &header].concat())?;
    out.write_all(payload)?;
    Ok(out.flush()?)
}

/// Reads one frame; `None` when the stream ends where a frame would begin.
///
/// # Errors
/// See [`FrameError`]. After an error the stream is out of step and must not be read on.
pub fn read<H: DeserializeOwned>(input: &mut impl Read) -> Result<Option<(H, Vec<u8>)>, FrameError> {
    let Some(lead) = read_lead(input)? else { return Ok(None) };
    let [m0, m1, m2, m3, h0, h1, h2, h3, p0, p1, p2, p3] = lead;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(FrameError::NotAFrame([m0, m1, m2, m3]));
    }
    let header_bytes = u32::from_le_bytes([h0, h1, h2, h3]) as usize;
    let payload_bytes = u32::from_le_bytes([p0, p1, p2, p3]) as usize;
    checked("header", header_bytes, MAX_HEADER_BYTES)?;
    checked("payload", payload_bytes, MAX_PAYLOAD_BYTES)?;
    let header = serde_json::from_slice(&read_exactly(input, header_bytes)?)?;
    Ok(Some((header, read_exactly(input, payload_bytes)?)))
}

fn checked(part: &'static str, bytes: usize, limit: usize) -> Result<u32, FrameError> {
    let too_large = FrameError::TooLarge { part, bytes, limit };
    if bytes > limit {
        return Err(too_large);
    }
    u32::try_from(bytes).map_err(|_| too_large)
}

/// The twelve bytes before a header. A wrong magic number is told before the rest has arrived.
fn read_lead(input: &mut impl Read) -> Result<Option<[u8; 12]>, FrameError> {
    let mut lead = [0; 12];
    let mut have = 0;
    while have < lead.len() {
        match input.read(&mut lead[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(FrameError::Truncated),
            Ok(n) => have += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
        let seen = have.min(MAGIC.len());
        if lead[..seen] != MAGIC[..seen] {
            return Err(FrameError::NotAFrame([lead[0], lead[1], lead[2], lead[3]]));
        }
    }
    Ok(Some(lead))
}

/// Reads `length` bytes. What is reserved is at most twice what has arrived, so that a false length costs little.
fn read_exactly(input: &mut impl Read, length: usize) -> Result<Vec<u8>, FrameError> {
    let mut bytes = Vec::new();
    while bytes.len() < length {
        let step = (length - bytes.len()).min(bytes.len().max(FIRST_STEP));
        bytes.try_reserve_exact(step).map_err(|_| FrameError::OutOfMemory(bytes.len() + step))?;
        if input.by_ref().take(step as u64).read_to_end(&mut bytes)? < step {
            return Err(FrameError::Truncated);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(header: &str, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, &header, payload).unwrap();
        bytes
    }

    /// A frame by its parts, right or wrong.
    fn raw(magic: &[u8; 4], header_bytes: u32, payload_bytes: u32, rest: &[u8]) -> Vec<u8> {
        [&magic[..], &header_bytes.to_le_bytes(), &payload_bytes.to_le_bytes(), rest].concat()
    }

    fn check(bytes: &[u8], expected: &str) {
        let seen = match read::<String>(&mut &bytes[..]) {
            Ok(None) => "end".to_string(),
            Ok(Some((header, payload))) => format!("{header} + {} bytes", payload.len()),
            Err(error) => error.to_string(),
        };
        assert!(seen.starts_with(expected), "{bytes:02x?}: {seen}");
    }

    #[test]
    fn what_is_not_a_frame_is_told_apart() {
        check(b"", "end");
        check(&written("hello", b"12345"), "hello + 5 bytes");
        check(&written("", b""), " + 0 bytes");
        check(b"Hello, world, this is not a worker", "these bytes are not a frame: they begin with [48, 65, 6c, 6c]");
        check(b"y\n", "these bytes are not a frame");
        check(b"LGV", "the stream ended inside a frame");
        check(&raw(&MAGIC, 2, 0, b"\""), "the stream ended inside a frame");
        check(&raw(&MAGIC, 2, 4_000, b"\"\"123"), "the stream ended inside a frame");
        check(&raw(&MAGIC, u32::MAX, 0, b""), "a frame's header of 4294967295 bytes is over the limit of 65536");
        check(&raw(&MAGIC, 2, u32::MAX, b"\"\""), "a frame's payload of 4294967295 bytes is over the limit");
        check(&raw(&MAGIC, 2, 0, b"{}"), "a frame's header cannot be understood");
        check(&raw(&MAGIC, 0, 0, b""), "a frame's header cannot be understood");
    }

    #[test]
    fn too_large_a_header_is_refused_before_a_byte_is_written() {
        let mut bytes = Vec::new();
        let error = write(&mut bytes, &"x".repeat(MAX_HEADER_BYTES), b"").unwrap_err();
        assert!(matches!(error, FrameError::TooLarge { part: "header", .. }), "{error}");
        assert!(bytes.is_empty());
    }

    /// Short ones of any bytes, and long ones that arrive in several steps.
    fn payload() -> impl Strategy<Value = Vec<u8>> {
        let long = (any::<u8>(), FIRST_STEP - 2..4 * FIRST_STEP).prop_map(|(byte, length)| vec![byte; length]);
        prop_oneof![prop::collection::vec(any::<u8>(), 0..500), long]
    }

    proptest! {
        #[test]
        fn frames_come_back_as_they_were(frames in prop::collection::vec((".{0,200}", payload()), 0..4)) {
            let stream: Vec<u8> = frames.iter().flat_map(|(header, payload)| written(header, payload)).collect();
            let mut input = &stream[..];
            for frame in frames {
                prop_assert_eq!(read::<String>(&mut input).unwrap(), Some(frame));
            }
            prop_assert!(read::<String>(&mut input).unwrap().is_none());
        }

        #[test]
        fn a_cut_frame_is_never_taken_for_a_whole_one(header in ".{0,50}", payload in prop::collection::vec(any::<u8>(), 0..500), at in any::<prop::sample::Index>()) {
            let whole = written(&header, &payload);
            let cut = 1 + at.index(whole.len() - 1);
            prop_assert!(matches!(read::<String>(&mut &whole[..cut]), Err(FrameError::Truncated)));
        }

        #[test]
        fn any_bytes_end_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), framed: bool) {
            let bytes = if framed { [&MAGIC[..], &bytes].concat() } else { bytes };
            let mut input = &bytes[..];
            while let Ok(Some(_)) = read::<serde_json::Value>(&mut input) {}
        }
    }
}
