//! What was asked of a fake, so that a test can say that only this moved.

/// One request, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its line, with one space at the end: `POST https://api.dropboxapi.com/2/files/list_folder `. The address is as it was sent.
    pub line: String,
    /// Bytes of the request's body that came.
    pub up: u64,
    /// Bytes of the answer's body that were given to the connection; some of them may not have arrived.
    pub down: u64,
    /// What was answered, if anything was.
    pub status: Option<u16>,
    /// The file whose content went up or down with it, as the provider names it, where that is known by then.
    pub file: Option<String>,
}

/// How many bytes of bodies went up and down with some requests.
pub fn bytes<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> (u64, u64) {
    entries.into_iter().fold((0, 0), |(up, down), entry| (up + entry.up, down + entry.down))
}
