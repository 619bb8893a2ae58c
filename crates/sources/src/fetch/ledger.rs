//! What is remembered of addresses, so that nothing is fetched or reported twice, and who takes what is fetched.

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The address; for an image that lies in a page or a feed itself, `data:` and a hash of it.
    pub url: String,
    /// The tag of the version that was seen last (RFC 9110, section 8.8.3).
    pub etag: Option<String>,
    /// When that version was made, as the server writes it.
    pub last_modified: Option<String>,
    /// When it was last asked for and answered, in milliseconds since the Unix epoch.
    pub fetched_at: i64,
    /// When it was last seen in its list, in milliseconds since the Unix epoch; may be a day late.
    pub seen_at: i64,
    /// The hash of the content, as the sink writes it.
    pub hash: Option<String>,
    /// The number that the sink gave the image.
    pub item: Option<i64>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A page, a feed or an answer in JSON was read.
    Listed {
        /// The pages that a page leads to.
        links: Vec<String>,
    },
    /// An image was taken.
    Taken,
    /// An image is too small.
    TooSmall {
        /// Its shorter side in pixels.
        side: u32,
    },
    /// It could not be fetched, or is no image.
    Refused {
        /// Why, in words.
        reason: String,
        /// Whether the reason lasts.
        lasting: bool,
        /// It is left alone until then, in milliseconds since the Unix epoch.
        retry_at: i64,
    },
    /// The server has nothing there.
    Gone {
        /// It is left alone until then, in milliseconds since the Unix epoch.
        retry_at: i64,
    },
}

/// An image that was fetched.
#[derive(Debug)]
pub struct Fetched<'a> {
    /// The address that it was listed under; see [`Record::url`].
    pub url: &'a str,
    /// A name for its file: without separators and anything that a system takes for something else, at most 120 bytes.
    pub name: &'a str,
    /// Its bytes; the injected look at them says that they are an image, of at least the size that was asked for.
    pub bytes: &'a [u8],
}

/// What the sink did with an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Took {
    /// It keeps it.
    Kept {
        /// The hash of its content, in the sink's own writing.
        hash: String,
        /// The number that it goes by.
        item: i64,
        /// Whether the sink did not have it before, from wherever.
        new: bool,
    },
    /// It does not want it, and will not tomorrow: why, in words.
    Refused(String),
}

/// Why the sink cannot go on; the look ends with it.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Takes what is fetched, and remembers.
///
/// It is called from the future of the look, on the thread that polls it: it may block.
pub trait Sink {
    /// What is known of an address.
    ///
    /// # Errors
    /// When it cannot be told; the look ends with it.
    fn known(&mut self, url: &str) -> Result<Option<Record>, SinkError>;
    /// Takes an image; its record is noted right after.
    ///
    /// # Errors
    /// When no image can be taken now, such as on a full disk; the look ends with it.
    fn take(&mut self, image: Fetched<'_>) -> Result<Took, SinkError>;
    /// Remembers, in one transaction; a record of the same address is replaced.
    ///
    /// # Errors
    /// When it cannot; the look ends with it.
    fn note(&mut self, records: &[Record]) -> Result<(), SinkError>;
}

/// The sink of a test look: knows nothing, and remembers nothing.
pub(super) struct Oblivious;

impl Sink for Oblivious {
    fn known(&mut self, _: &str) -> Result<Option<Record>, SinkError> {
        Ok(None)
    }

    fn take(&mut self, _: Fetched<'_>) -> Result<Took, SinkError> {
        Err("a test look takes no images".into())
    }

    fn note(&mut self, _: &[Record]) -> Result<(), SinkError> {
        Ok(())
    }
}
