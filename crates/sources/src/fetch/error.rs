//! What can go wrong with a look at a server: each error says in plain words what happened, what to do, and whether it may
//! pass by itself.

use super::limits;
use std::time::{Duration, UNIX_EPOCH};

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address that is none.
    #[error("“{url}” is not a web address: {problem}")]
    BadUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A source without an address.
    #[error("there is no address to look at")]
    NoUrls,
    /// A list that is too long.
    #[error("there are {count} addresses, and {most} are the most", most = limits::URLS)]
    TooManyUrls {
        /// How many there are.
        count: usize,
    },
    /// A depth that would take in half the web.
    #[error("pages {depth} links away are too far; {most} is the most", most = limits::DEPTH)]
    TooDeep {
        /// What was asked for.
        depth: u32,
    },
    /// A header that cannot be sent.
    #[error("the header {name} cannot be sent: {problem}")]
    BadHeader {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A secret that is not in the keychain.
    #[error("the secret value of the header {name} is not in the keychain")]
    MissingSecret {
        /// The header's name.
        name: String,
    },
    /// A JSONPath that is none.
    #[error("{path} is not a JSONPath: {problem}")]
    BadPath {
        /// What was given.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An address that leads into the network of this machine, and that nobody named.
    #[error("{host} lies in a private network")]
    Private {
        /// The host.
        host: String,
    },
    /// A name without an address.
    #[error("the address of {host} was not found")]
    Dns {
        /// The host.
        host: String,
    },
    /// No connection.
    #[error("{host} cannot be reached: {problem}")]
    Connect {
        /// The host.
        host: String,
        /// What the system says.
        problem: String,
    },
    /// A certificate that is not right, or no TLS where some is due.
    #[error("the connection to {host} is not safe: {problem}")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong.
        problem: String,
    },
    /// A server that takes too long.
    #[error("{host} took longer than {} to {what}", words(*after))]
    Timeout {
        /// The host.
        host: String,
        /// What it should have done.
        what: &'static str,
        /// How long it had.
        after: Duration,
    },
    /// An answer that broke off.
    #[error("the answer of {host} broke off: {problem}")]
    Broken {
        /// The host.
        host: String,
        /// What happened.
        problem: String,
    },
    /// A status that tells of a failure.
    #[error("{host} answered with an error (HTTP {status})")]
    Status {
        /// The host.
        host: String,
        /// The status code (RFC 9110, section 15).
        status: u16,
    },
    /// A server that wants to know who asks.
    #[error("{host} does not allow this (HTTP {status})")]
    Denied {
        /// The host.
        host: String,
        /// The status code.
        status: u16,
    },
    /// What is no longer there, or never was.
    #[error("{host} has nothing at this address (HTTP {status})")]
    Gone {
        /// The host.
        host: String,
        /// The status code.
        status: u16,
    },
    /// A server that asks for patience.
    #[error("{host} asks to be left alone until {}", date(*until))]
    Patience {
        /// The host.
        host: String,
        /// Until when, in milliseconds since the Unix epoch.
        until: i64,
    },
    /// A host that failed just now, and is left alone for the rest of the look.
    #[error("{host} failed just now and is left alone until the next look")]
    Down {
        /// The host.
        host: String,
    },
    /// Redirects without end.
    #[error("{host} sends from address to address, more than {most} times", most = limits::REDIRECTS)]
    Redirects {
        /// The first host.
        host: String,
    },
    /// A redirect to nowhere.
    #[error("{host} sends to an address that does not work: {problem}")]
    BadRedirect {
        /// The host that sends.
        host: String,
        /// What is wrong with the address.
        problem: String,
    },
    /// An answer that is too large, or becomes it when it is unpacked.
    #[error("the answer of {host} is larger than {} MB", most.div_ceil(1024 * 1024))]
    TooLarge {
        /// The host.
        host: String,
        /// The most bytes.
        most: u64,
    },
    /// An answer that is packed in a way that was not asked for, or is damaged.
    #[error("the answer of {host} cannot be unpacked: {problem}")]
    Packed {
        /// The host.
        host: String,
        /// What is wrong.
        problem: String,
    },
    /// Something else where an image was promised.
    #[error("{host} sent {was} where an image was promised")]
    NotAnImage {
        /// The host.
        host: String,
        /// What came.
        was: String,
    },
    /// Something else where a page, a feed or JSON was promised.
    #[error("{host} sent {was} where {promised} was promised: {problem}")]
    NotAList {
        /// The host.
        host: String,
        /// What came.
        was: &'static str,
        /// What was promised.
        promised: &'static str,
        /// What the parser says.
        problem: String,
    },
    /// A path that leads to no addresses.
    #[error("the answer of {host} has no addresses at {path}")]
    NothingAtPath {
        /// The host.
        host: String,
        /// The JSONPath.
        path: String,
    },
    /// A site that asks programs to stay away.
    #[error("{host} asks programs to stay away from {path} (robots.txt)")]
    Robots {
        /// The host.
        host: String,
        /// The path.
        path: String,
    },
    /// A site whose wishes cannot be known for now.
    #[error("whether {host} wants programs to look cannot be known for now (robots.txt)")]
    RobotsUnknown {
        /// The host.
        host: String,
    },
    /// The look was cancelled.
    #[error("the look was cancelled")]
    Cancelled,
    /// An image could not be put away, or a record not be noted.
    #[error("what was fetched could not be put away: {0}")]
    Sink(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// TLS could not be set up on this machine.
    #[error("safe connections cannot be made on this computer: {0}")]
    Setup(String),
}

impl Error {
    /// A name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::BadUrl { .. } => "bad_url",
            Error::NoUrls => "no_urls",
            Error::TooManyUrls { .. } => "too_many_urls",
            Error::TooDeep { .. } => "too_deep",
            Error::BadHeader { .. } => "bad_header",
            Error::MissingSecret { .. } => "missing_secret",
            Error::BadPath { .. } => "bad_path",
            Error::Private { .. } => "private_address",
            Error::Dns { .. } => "no_such_host",
            Error::Connect { .. } => "unreachable",
            Error::Tls { .. } => "tls",
            Error::Timeout { .. } => "timeout",
            Error::Broken { .. } => "broken_off",
            Error::Status { .. } => "http_status",
            Error::Denied { .. } => "denied",
            Error::Gone { .. } => "not_there",
            Error::Patience { .. } => "asked_to_wait",
            Error::Down { .. } => "host_failed",
            Error::Redirects { .. } => "redirect_loop",
            Error::BadRedirect { .. } => "bad_redirect",
            Error::TooLarge { .. } => "too_large",
            Error::Packed { .. } => "cannot_unpack",
            Error::NotAnImage { .. } => "not_an_image",
            Error::NotAList { .. } => "not_a_list",
            Error::NothingAtPath { .. } => "nothing_at_path",
            Error::Robots { .. } => "robots",
            Error::RobotsUnknown { .. } => "robots_unknown",
            Error::Cancelled => "cancelled",
            Error::Sink(_) => "cannot_keep",
            Error::Setup(_) => "no_tls",
        }
    }

    /// What a person can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Error::BadUrl { .. } => "Copy the whole address from the browser: it begins with https:// or http://.",
            Error::NoUrls => "Add an address.",
            Error::TooManyUrls { .. } => "Make several sources of it.",
            Error::TooDeep { .. } => "Choose a smaller depth.",
            Error::BadHeader { .. } => "Correct the header in the source.",
            Error::MissingSecret { .. } => "Enter the value of the header in the source once more.",
            Error::BadPath { .. } => "A path looks like $.photos[*].url (RFC 9535).",
            Error::Private { .. } => "If this is wanted, make a source whose address has this host itself.",
            Error::Dns { .. } => {
                "Check the spelling of the address and the network; it is tried again at the next look."
            }
            Error::Connect { .. } | Error::Down { .. } => {
                "Check the network and whether the site is up; it is tried again at the next look."
            }
            Error::Tls { .. } => {
                "The site's certificate is wrong or somebody is in between. Check the address and this computer's clock."
            }
            Error::Timeout { .. } | Error::Broken { .. } => "It is tried again at the next look.",
            Error::Status { status, .. } if *status >= 500 => {
                "The server has trouble; it is tried again at the next look."
            }
            Error::Status { .. } => "Check the address.",
            Error::Denied { .. } => "The site may need a key or a login: add it to the source as a header.",
            Error::Gone { .. } => "Check the address; it may have moved.",
            Error::Patience { .. } => "Nothing needs to be done; consider looking less often.",
            Error::Redirects { .. } | Error::BadRedirect { .. } => {
                "Open the address in a browser, and use the one where it ends."
            }
            Error::TooLarge { .. } => "If it is an image, download it by hand; if it is a list, use a smaller one.",
            Error::Packed { .. } => "The server does not do what it says; tell who runs it.",
            Error::NotAnImage { .. } => "Open the address in a browser: it may want a login, or lead to a page.",
            Error::NotAList { .. } => "Open the address in a browser, and set the source to the kind of what is there.",
            Error::NothingAtPath { .. } => "Compare the path with what the address answers in a browser.",
            Error::Robots { .. } => "Respect it, ask the site's owner, or use the site's feed.",
            Error::RobotsUnknown { .. } => "The site has trouble; it is tried again at the next look.",
            Error::Cancelled => "What was left is fetched at the next look.",
            Error::Sink(_) => "Check whether the disk is full.",
            Error::Setup(_) => "Check that the certificates of the system are installed.",
        }
    }

    /// Whether it may pass without anybody doing something.
    pub fn may_pass(&self) -> bool {
        match self {
            Error::Dns { .. }
            | Error::Connect { .. }
            | Error::Timeout { .. }
            | Error::Broken { .. }
            | Error::Patience { .. }
            | Error::Down { .. }
            | Error::RobotsUnknown { .. }
            | Error::Cancelled
            | Error::Sink(_) => true,
            Error::Status { status, .. } => *status >= 500 || *status == 408 || *status == 425,
            _ => false,
        }
    }

    /// Whether it tells of the host rather than of one address there.
    pub(super) fn is_of_the_host(&self) -> bool {
        matches!(self, Error::Dns { .. } | Error::Connect { .. } | Error::Tls { .. } | Error::Timeout { .. })
    }
}

/// A moment as HTTP writes it (RFC 9110, section 5.6.7).
fn date(millis: i64) -> String {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
    // Years past 9999 have no HTTP date; no host is left alone that long.
    httpdate::fmt_http_date(UNIX_EPOCH + since.min(Duration::from_secs(253_402_300_799)))
}

fn words(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}
