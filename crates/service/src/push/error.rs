//! Why a push did not arrive, and what to do about it. No text of these holds more of the address than its host.

use std::time::Duration;

/// Why a push did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The server could not be reached, or broke off.
    #[error("the push did not reach {host}: {detail}")]
    Unreached {
        /// The server.
        host: String,
        /// How.
        detail: String,
    },
    /// The server is there, but did not take the push.
    #[error("{host} did not take the push: it answered {status}{}", said(.words))]
    Refused {
        /// The server.
        host: String,
        /// Its answer.
        status: u16,
        /// What it said with that; may be empty.
        words: String,
        /// When it wants to be asked again.
        again_in: Option<Duration>,
    },
    /// The server points to somewhere else.
    #[error("{host} sends the push on to {target}, and pushes do not follow to other places")]
    Elsewhere {
        /// The server.
        host: String,
        /// Where it points to.
        target: String,
    },
}

fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" ({words})") }
}

impl PushError {
    /// Whether the same push may arrive another time without anyone doing something about it.
    pub fn may_pass(&self) -> bool {
        match self {
            PushError::Unreached { .. } => true,
            // 408 and 425 (RFC 9110, RFC 8470) say so themselves.
            PushError::Refused { status, .. } => *status >= 500 || matches!(status, 408 | 425 | 429),
            PushError::Elsewhere { .. } => false,
        }
    }

    /// When the server wants to be asked again, if it said so.
    pub fn again_in(&self) -> Option<Duration> {
        match self {
            PushError::Refused { again_in, .. } => again_in.filter(|_| self.may_pass()),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        let hint = match self {
            PushError::Unreached { .. } => "Check the address in the settings and the network.",
            PushError::Refused { status: 401 | 403, .. } => {
                "Check the user name, password or token in the address, and that it may write there."
            }
            PushError::Refused { status: 404 | 405 | 410, .. } => "Check the path of the address in the settings.",
            PushError::Refused { status: 413, .. } => "The server takes only shorter messages.",
            PushError::Refused { status: 429, .. } => "The server takes no more for now. Pushes go on later.",
            PushError::Refused { status: 500.., .. } => "The server has a trouble of its own. Try again later.",
            PushError::Refused { .. } => "Check the address in the settings.",
            PushError::Elsewhere { .. } => "If you trust that place, enter its address in the settings.",
        };
        hint.to_owned()
    }
}
