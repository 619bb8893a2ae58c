//! What came of a look, for the history and for people.

use super::{Error, limits};

/// What came of a look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Pages, feeds and answers in JSON that were asked for.
    pub lists: u32,
    /// How many of those had not changed.
    pub lists_unchanged: u32,
    /// Addresses of images that the lists had; none of a list that had not changed.
    pub found: u32,
    /// Images that were taken and are new.
    pub new: u32,
    /// Images that are known and have not changed, whether they were asked for or not.
    pub unchanged: u32,
    /// Images that are smaller than asked for.
    pub too_small: u32,
    /// Images that were refused at an earlier look for a reason that lasts, and are left alone.
    pub passed: u32,
    /// Pages and images that failed in this look.
    pub refused: u32,
    /// Images on hosts that asked for patience or failed just now; they come at a later look.
    pub waiting: u32,
    /// Why the first few were refused.
    pub reasons: Vec<Refusal>,
    /// Whether there is more than one look may take: the next goes on where this one ended.
    pub more: bool,
    /// When a host asked for patience: when the first of them may be asked again, in milliseconds since the Unix epoch.
    pub not_before: Option<i64>,
    /// Whether the look was cancelled; what it had taken by then is noted.
    pub cancelled: bool,
}

impl Report {
    /// Whether all went well and there was nothing new.
    pub fn nothing_new(&self) -> bool {
        self.new == 0 && self.refused == 0 && self.waiting == 0 && !self.more && !self.cancelled
    }

    /// Whether the look got through everything that is listed. Only then are records of addresses that it did not see
    /// of no more use.
    pub fn is_whole(&self) -> bool {
        !self.more && !self.cancelled && self.waiting == 0
    }

    pub(super) fn refuse(&mut self, url: &str, error: &Error) {
        self.refused += 1;
        self.tell(url, error);
    }

    /// Counts what comes later since its host wants or needs patience; each host is told once.
    pub(super) fn wait(&mut self, url: &str, error: &Error) {
        self.waiting += 1;
        if let Error::Patience { until, .. } = error {
            self.not_before = Some(self.not_before.map_or(*until, |earlier| earlier.min(*until)));
        }
        let (code, message) = (error.code(), error.to_string());
        if !self.reasons.iter().any(|told| told.code == code && told.message == message) {
            self.tell(url, error);
        }
    }

    fn tell(&mut self, url: &str, error: &Error) {
        if self.reasons.len() < limits::REASONS {
            self.reasons.push(Refusal::of(url, error));
        }
    }
}

/// Why an address was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The address.
    pub url: String,
    /// For programs; see [`Error::code`].
    pub code: &'static str,
    /// What happened; names the host.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
    /// Whether it may pass by itself.
    pub may_pass: bool,
}

impl Refusal {
    pub(super) fn of(url: &str, error: &Error) -> Self {
        let (code, message, hint) = (error.code(), error.to_string(), error.hint());
        Refusal { url: url.to_owned(), code, message, hint, may_pass: error.may_pass() }
    }
}

/// What a look would fetch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Pages, feeds and answers in JSON that were read.
    pub lists: u32,
    /// How many addresses of images they have.
    pub found: usize,
    /// How many of these were asked whether there is an image: some of a list of addresses, none of what else lists them.
    pub tried: usize,
    /// The first of those.
    pub first: Vec<String>,
    /// Pages that could not be read, beside the first; addresses without an image.
    pub problems: Vec<Refusal>,
    /// Whether there are more pages than one look reads.
    pub more: bool,
}
