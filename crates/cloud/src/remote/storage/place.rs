//! Where a folder of a storage is, and what opens it.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;
use url::{Origin, Url};

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

impl Place {
    /// Whether the secret of the other place may be shown to this one: both are on one server, asked in one way, for one person.
    pub fn opens_like(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::WebDav { url: one, user, .. }, Place::WebDav { url: other, user: of, .. })
            | (Place::S3 { endpoint: one, key_id: user, .. }, Place::S3 { endpoint: other, key_id: of, .. }) => {
                user == of && is_same_server(one, other)
            }
            _ => self == other,
        }
    }
}

/// Whether two addresses have one origin (RFC 6454): scheme, host and port.
fn is_same_server(one: &str, other: &str) -> bool {
    let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin()).filter(Origin::is_tuple);
    origin(one).is_some() && origin(one) == origin(other)
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
    fn what_opens_one_place_opens_others_of_its_server() {
        let dav = |url: &str, folder: &str, user: &str| Place::WebDav {
            url: url.into(),
            folder: folder.into(),
            user: user.into(),
        };
        let check = |one: &Place, other: &Place, expected: bool| assert_eq!(one.opens_like(other), expected, "{one:?}");
        let mine = dav("https://a.example/dav", "", "me");
        check(&mine, &dav("https://a.example/dav", "Legible", "me"), true);
        check(&mine, &dav("https://a.example:443/another", "", "me"), true);
        check(&mine, &dav("https://a.example/dav", "", "you"), false);
        check(&mine, &dav("http://a.example/dav", "", "me"), false);
        check(&mine, &dav("https://b.example/dav", "", "me"), false);
        check(&dav("no address", "", "me"), &dav("no address", "", "me"), false);
        let s3 = |bucket: &str, key_id: &str| Place::S3 {
            endpoint: "https://a.example".into(),
            region: "us-east-1".into(),
            bucket: bucket.into(),
            folder: String::new(),
            key_id: key_id.into(),
            virtual_host: false,
        };
        check(&s3("a", "ID"), &s3("b", "ID"), true);
        check(&s3("a", "ID"), &s3("a", "OTHER"), false);
        check(&mine, &s3("a", "me"), false);
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?} {:#?}", Secret::new("tr0ub4dor"), Some(Secret::new("tr0ub4dor")));
        assert!(shown.contains("Secret(..)") && !shown.contains("tr0ub4dor"), "{shown}");
    }
}
