//! Whether what lies on a storage is what was sent, by its bytes: for where its state does not say so.

use super::Content;
use crate::Result;
use crate::error::Error;
use crate::remote::{ReadSeek, Watch};
use std::io::{self, Write};

/// Takes what is fetched, and holds it against what was sent.
pub(in crate::remote) struct Compared<'a> {
    sent: &'a mut dyn ReadSeek,
    is_same: bool,
}

/// Who waits for the content that is sent, and not for what is fetched to compare it.
pub(in crate::remote) struct Aside<'a>(&'a dyn Watch);

impl Content<'_> {
    /// What a file is fetched into, and who waits for it.
    pub fn compared(&mut self) -> Result<(Compared<'_>, Aside<'_>)> {
        self.begin()?;
        Ok((Compared { sent: &mut *self.from, is_same: true }, Aside(self.watch)))
    }
}

impl Compared<'_> {
    /// Whether all that was fetched, of a file of the same size, is what was sent. What was replaced meanwhile is not.
    pub fn holds(self, fetched: Result<()>) -> Result<bool> {
        match fetched {
            _ if !self.is_same => Ok(false),
            Ok(()) => Ok(true),
            Err(Error::Stale(_) | Error::Damaged { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Write for Compared<'_> {
    fn write(&mut self, fetched: &[u8]) -> io::Result<usize> {
        let mut sent = vec![0; fetched.len()];
        self.is_same = match self.sent.read_exact(&mut sent) {
            Ok(()) => sent == fetched,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(error),
        };
        // The rest of another one need not be fetched.
        if self.is_same { Ok(fetched.len()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Watch for Aside<'_> {
    fn stopped(&self) -> bool {
        self.0.stopped()
    }

    fn moved(&self, _: u64) {}
}
