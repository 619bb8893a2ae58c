//! Where a folder of a storage is, and what opens it.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;

/// Where a folder lies. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Place {
    /// Amazon S3, and what speaks like it.
    S3 {
        /// `https://host`, without the bucket.
        endpoint: String,
        /// The region that requests are signed for; `auto` or `us-east-1` where there are none.
        region: String,
        /// The bucket.
        bucket: String,
        /// The folder in it; empty for all of it.
        folder: String,
        /// The public half of the key.
        key_id: String,
        /// Whether the bucket is part of the host's name, as Amazon wants it, or else of the path.
        virtual_host: bool,
    },
    /// A server that speaks WebDAV (RFC 4918).
    WebDav {
        /// The address that the provider tells.
        url: String,
        /// The folder below it; empty for the address itself.
        folder: String,
        /// Who signs in; empty where nobody has to.
        user: String,
    },
    /// A server that is reached by ssh, through the `ssh` of this machine and its settings. The key is held by an agent or
    /// lies in a file: nobody can be asked for a password.
    Sftp {
        /// The name of the server, or of an entry of `~/.ssh/config`.
        host: String,
        /// Its port, if it is not the one that ssh would take.
        port: Option<u16>,
        /// Who signs in, if it is not who ssh would take.
        user: Option<String>,
        /// The file with the private key, if it is not one that ssh would take.
        key_file: Option<PathBuf>,
        /// The folder: from the home folder, or from the root of the server if it begins with `/`.
        folder: String,
        /// Whether a server that was never seen is trusted and remembered. One whose key changed never is.
        trust_first: bool,
    },
    /// A folder of this machine: one that another program keeps in the cloud, or a mounted disk of the network.
    Folder {
        /// Its absolute path.
        path: PathBuf,
    },
}

/// What opens a place: the secret half of a key, a password, or a token. It is not shown and not written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Of a text.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text, for who opens the place, or keeps it where secrets lie.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?} {:#?}", Secret::new("tr0ub4dor"), Some(Secret::new("tr0ub4dor")));
        assert!(shown.contains("Secret(..)") && !shown.contains("tr0ub4dor"), "{shown}");
    }
}
