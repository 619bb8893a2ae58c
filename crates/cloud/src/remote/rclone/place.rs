//! Where a folder of an rclone remote is.

use super::process::{Address, Process};
use crate::Result;
use crate::error::needs_you;
use crate::remote::storage::Secret;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;
use url::{Host, Url};

/// Which rclone is asked. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Runs {
    /// One that is started for this storage and ends with it. Its secret is the password of rclone's configuration, if that has one.
    Own {
        /// The program; `None` for the one on the search path.
        program: Option<PathBuf>,
        /// Its configuration; `None` for the one that it takes by itself.
        config: Option<PathBuf>,
    },
    /// One that runs already on this machine, as `rclone rcd --rc-serve`. Its secret is the password that it wants.
    At {
        /// Its address, as `http://127.0.0.1:5572`.
        url: String,
        /// Who signs in; empty where nobody has to.
        user: String,
    },
}

/// A folder of one of rclone's remotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RclonePlace {
    /// Which rclone.
    pub runs: Runs,
    /// The name of the remote in rclone's configuration, without a colon.
    pub remote: String,
    /// The folder in it; empty for all of it.
    pub folder: String,
}

impl Runs {
    /// The address, and what ends the rclone behind it.
    pub(super) async fn reach(&self, secret: &Secret) -> Result<(Address, Option<Process>)> {
        match self {
            Runs::Own { program, config } => {
                let (address, process) = Process::start(program.as_deref(), config.as_deref(), secret).await?;
                Ok((address, Some(process)))
            }
            Runs::At { url, user } => {
                Ok((Address { url: own_machine(url)?, user: user.clone(), password: secret.clone() }, None))
            }
        }
    }
}

/// An address on this machine: what rclone is told must not go over a network in the open.
fn own_machine(text: &str) -> Result<String> {
    let is_own = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    };
    let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "http" && is_own(url));
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none() && url.query().is_none());
    let url = url.ok_or_else(|| {
        needs_you("this is no address of an rclone on this machine", "It looks like http://127.0.0.1:5572.")
    })?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A folder as rclone is told of it: it may begin with `/`, where a remote has a root above where it begins.
pub(super) fn folder_of(text: &str) -> Result<String> {
    let folder = text.trim_end_matches('/');
    let names = folder.strip_prefix('/').unwrap_or(folder).split('/');
    let is_odd = |name: &str| matches!(name, "" | "." | "..") || name.chars().any(char::is_control);
    if !folder.is_empty() && names.into_iter().any(is_odd) {
        return Err(needs_you("there cannot be a folder of this name", "Look whether the folder is right."));
    }
    Ok(folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(own_machine(text).ok().as_deref(), expected, "{text:?}");
        };
        check("http://127.0.0.1:5572/", Some("http://127.0.0.1:5572"));
        check("http://[::1]:5572", Some("http://[::1]:5572"));
        check("http://localhost:5572/base/", Some("http://localhost:5572/base"));
        check("http://192.168.1.4:5572", None);
        check("http://127.0.0.1.example:5572", None);
        check("http://me:secret@127.0.0.1:5572", None);
        check("https://127.0.0.1:5572", None);
        check("127.0.0.1:5572", None);
    }

    #[test]
    fn folders_lead_down() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(folder_of(text).ok().as_deref(), expected, "{text:?}");
        };
        check("", Some(""));
        check("a:b, c]/收据/", Some("a:b, c]/收据"));
        check("/srv/x", Some("/srv/x"));
        check("a/../b", None);
        check("a//b", None);
        check("a\nb", None);
    }
}
