//! Every limit of the pipe between a pool and its workers, and of what the pool waits for.

use std::time::Duration;

use crate::limits::MAX_BYTES;

/// Longest frame header, in bytes of JSON.
pub const MAX_HEADER_BYTES: usize = 64 << 10;
/// Longest frame payload, in bytes: an encoded image on the way in, a reading or a preview on the way out.
pub const MAX_PAYLOAD_BYTES: usize = MAX_BYTES;
/// Longest message of an error on the wire, in characters; the rest is cut off, so that a header always fits.
pub const MAX_MESSAGE_CHARS: usize = 2_000;
/// Most threads one task may ask for.
pub const MAX_THREADS: usize = 64;
/// How long a cancelled worker may take to answer before it is killed. One model run cannot be interrupted and may take
/// longer; but who pauses wants the load gone within a second, and to start a worker anew costs less than that.
pub const CANCEL_GRACE: Duration = Duration::from_millis(400);
/// How often a running task's clock, memory and cancel token are looked at.
pub const TICK: Duration = Duration::from_millis(50);
/// How long to wait for the last words of a dead worker, and for an answered request to have left the pipe.
pub const PIPE_GRACE: Duration = Duration::from_millis(500);
/// Lines of a worker's stderr that are kept for an error message.
pub const STDERR_LINES: usize = 12;
/// Longest line of a worker's stderr that is kept, in bytes.
pub const STDERR_LINE_BYTES: usize = 400;
/// Frames read ahead from a worker before it has to wait.
pub const FRAMES_AHEAD: usize = 16;
