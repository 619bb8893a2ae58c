//! Providers: where people sign in, what is asked of them, and how it is taken back.

use crate::Result;
use crate::error::{Error, needs_you};
use crate::remote::Whose;
use crate::remote::storage::Secret;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Ports of this machine that Dropbox may send a browser back to: it takes no other than those that are registered with the app.
const DROPBOX_PORTS: &[u16] = &[43_821, 43_822, 43_823];

/// The providers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    /// Google Drive.
    GoogleDrive,
    /// Dropbox.
    Dropbox,
    /// OneDrive of Microsoft.
    OneDrive,
}

/// How far into a person's files what they grant reaches. No more is asked for than serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// What Legible itself puts there, to read and to write: for keeping a library.
    #[default]
    OwnFolder,
    /// All files, to read: for fetching pictures from a folder of the person.
    Read,
    /// All files, to read and to write: where something is put beside these pictures.
    ReadWrite,
}

/// How a provider knows this program. It is not what lets a person's files be read; that is the grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its public name there.
    pub id: String,
    /// Where a provider wants one of desktop programs, too: Google. (It does not count as secret there, and is treated as if it did.)
    pub secret: Option<Secret>,
}

/// How a grant is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// The refresh token is posted there (RFC 7009).
    Token(Url),
    /// An empty request there, signed with an access token, takes back that and its refresh token: Dropbox.
    Bearer(Url),
    /// No program can; a person does it on [`Provider::manage`].
    ByHand,
}

/// Where the browser is sent back to (RFC 8252, section 7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// `127.0.0.1`, or `localhost` where a provider takes nothing else. Only 127.0.0.1 is listened on.
    pub host: String,
    /// What follows the port: empty or from `/` on.
    pub path: String,
    /// The ports that the provider takes, tried in this order; empty where it takes any.
    pub ports: Vec<u16>,
}

/// Where and how people sign in. What is in it can be named otherwise, for tests and for providers of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// What people call it.
    pub name: String,
    /// Where people sign in and agree.
    pub authorize: Url,
    /// Where codes and refresh tokens become access tokens.
    pub token: Url,
    /// How a grant is taken back.
    pub revocation: Revocation,
    /// Where people see and take back what they agreed to.
    pub manage: Url,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// What the address to sign in at says besides.
    pub extra: Vec<(String, String)>,
    /// How it knows this program.
    pub client: Client,
    /// Where the browser is sent back to.
    pub redirect: Redirect,
}

impl Client {
    /// The one that this build of the program brings, if it brings any: `LEGIBLE_GOOGLE_CLIENT_ID` and so on when it was built.
    pub fn of_build(kind: ProviderKind) -> Option<Self> {
        let (id, secret) = match kind {
            ProviderKind::GoogleDrive => {
                (option_env!("LEGIBLE_GOOGLE_CLIENT_ID"), option_env!("LEGIBLE_GOOGLE_CLIENT_SECRET"))
            }
            ProviderKind::Dropbox => (option_env!("LEGIBLE_DROPBOX_CLIENT_ID"), None),
            ProviderKind::OneDrive => (option_env!("LEGIBLE_ONEDRIVE_CLIENT_ID"), None),
        };
        Self::of(id?, secret)
    }

    /// Of what is written in settings or in a build; what is empty is not there.
    pub fn of(id: &str, secret: Option<&str>) -> Option<Self> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Some(Self { id: filled(id)?, secret: secret.and_then(filled).map(Secret::new) })
    }
}

impl Provider {
    /// A provider that is known, with the client of the settings, or else that of the build, which is asked for so much.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when there is neither, or it lacks what the provider wants.
    pub fn known(kind: ProviderKind, of_settings: Option<Client>, reach: Reach) -> Result<Self> {
        let named = |name: &str| Error::NeedsYou {
            message: format!("this program is not registered with {name}"),
            hint: format!(
                "Register one there and enter its client id in the settings: docs/cloud.md says how. ({name})"
            ),
        };
        let name = kind.name();
        let client = of_settings.or_else(|| Client::of_build(kind)).ok_or_else(|| named(name))?;
        if kind == ProviderKind::GoogleDrive && client.secret.is_none() {
            return Err(needs_you(
                "Google wants a client secret with the client id",
                "Enter the one that Google shows beside the client id of a desktop app.",
            ));
        }
        Ok(kind.with(client, reach))
    }

    /// Sees to it that nothing secret goes over a network in the clear, and that the browser comes back to this machine.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when an address is not that safe.
    pub fn check(&self) -> Result<()> {
        let revoked_at = match &self.revocation {
            Revocation::Token(url) | Revocation::Bearer(url) => Some(url),
            Revocation::ByHand => None,
        };
        let all_safe = [&self.authorize, &self.token].into_iter().chain(revoked_at).all(is_safe);
        let comes_back = ["127.0.0.1", "localhost"].contains(&self.redirect.host.as_str())
            && (self.redirect.path.is_empty() || self.redirect.path.starts_with('/'));
        match all_safe && comes_back {
            true => Ok(()),
            false => Err(needs_you(
                &format!("{} cannot be signed in to safely", self.name),
                "Its addresses must begin with https, and lead back to this machine.",
            )),
        }
    }
}

impl Reach {
    /// Whether who granted this need not be asked for `wanted`. What opens all files opens no folder of our own: that is another place.
    pub fn serves(self, wanted: Reach) -> bool {
        self == wanted || (self, wanted) == (Reach::ReadWrite, Reach::Read)
    }

    /// Whose the folders are that it opens.
    pub fn whose(self) -> Whose {
        match self {
            Reach::OwnFolder => Whose::Legible,
            Reach::Read | Reach::ReadWrite => Whose::Person,
        }
    }
}

/// Whether what is sent there is read by nobody else.
fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

impl ProviderKind {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            ProviderKind::GoogleDrive => "Google Drive",
            ProviderKind::Dropbox => "Dropbox",
            ProviderKind::OneDrive => "OneDrive",
        }
    }

    /// Where people see and take back what they granted.
    pub fn manage(self) -> Url {
        url(match self {
            ProviderKind::GoogleDrive => "https://myaccount.google.com/connections",
            ProviderKind::Dropbox => "https://www.dropbox.com/account/connected_apps",
            ProviderKind::OneDrive => "https://account.live.com/consent/Manage",
        })
    }

    /// Where a program is registered.
    pub fn register(self) -> Url {
        url(match self {
            ProviderKind::GoogleDrive => "https://console.cloud.google.com/auth/clients",
            ProviderKind::Dropbox => "https://www.dropbox.com/developers/apps",
            ProviderKind::OneDrive => "https://entra.microsoft.com/",
        })
    }

    /// Whether taking back one grant takes back all that the person ever granted to the program. (Google: a program is connected to an account
    /// or not; <https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke>.)
    pub fn revokes_all(self) -> bool {
        self == ProviderKind::GoogleDrive
    }

    /// What is asked for.
    fn scopes(self, reach: Reach) -> &'static [&'static str] {
        match (self, reach) {
            // https://developers.google.com/workspace/drive/api/guides/api-specific-auth
            (ProviderKind::GoogleDrive, Reach::OwnFolder) => &["https://www.googleapis.com/auth/drive.file"],
            (ProviderKind::GoogleDrive, Reach::Read) => &["https://www.googleapis.com/auth/drive.readonly"],
            (ProviderKind::GoogleDrive, Reach::ReadWrite) => &["https://www.googleapis.com/auth/drive"],
            // https://developers.dropbox.com/oauth-guide#dropbox-api-permissions. How much of an account they open is set with the app.
            (ProviderKind::Dropbox, Reach::Read) => &["files.metadata.read", "files.content.read"],
            (ProviderKind::Dropbox, Reach::OwnFolder | Reach::ReadWrite) => {
                &["files.metadata.read", "files.content.read", "files.content.write"]
            }
            // https://learn.microsoft.com/graph/permissions-reference#files-permissions
            (ProviderKind::OneDrive, Reach::OwnFolder) => &["Files.ReadWrite.AppFolder", "offline_access"],
            (ProviderKind::OneDrive, Reach::Read) => &["Files.Read", "offline_access"],
            (ProviderKind::OneDrive, Reach::ReadWrite) => &["Files.ReadWrite", "offline_access"],
        }
    }

    /// With this client, of which so much is asked.
    fn with(self, client: Client, reach: Reach) -> Provider {
        let scopes = texts(self.scopes(reach));
        let any_port = |host: &str, path: &str| Redirect { host: host.into(), path: path.into(), ports: vec![] };
        let name = self.name().to_owned();
        match self {
            // https://developers.google.com/identity/protocols/oauth2/native-app. Without `prompt` it grants what lasts only once.
            ProviderKind::GoogleDrive => Provider {
                name,
                authorize: url("https://accounts.google.com/o/oauth2/v2/auth"),
                token: url("https://oauth2.googleapis.com/token"),
                revocation: Revocation::Token(url("https://oauth2.googleapis.com/revoke")),
                manage: self.manage(),
                scopes,
                extra: pairs(&[("access_type", "offline"), ("prompt", "consent")]),
                client,
                redirect: any_port("127.0.0.1", "/"),
            },
            // https://www.dropbox.com/developers/documentation/http/documentation
            ProviderKind::Dropbox => Provider {
                name,
                authorize: url("https://www.dropbox.com/oauth2/authorize"),
                token: url("https://api.dropboxapi.com/oauth2/token"),
                revocation: Revocation::Bearer(url("https://api.dropboxapi.com/2/auth/token/revoke")),
                manage: self.manage(),
                scopes,
                extra: pairs(&[("token_access_type", "offline")]),
                client,
                redirect: Redirect { ports: DROPBOX_PORTS.to_vec(), ..any_port("127.0.0.1", "/") },
            },
            // https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow. It ignores the port of `localhost`.
            ProviderKind::OneDrive => Provider {
                name,
                authorize: url("https://login.microsoftonline.com/common/oauth2/v2.0/authorize"),
                token: url("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
                revocation: Revocation::ByHand,
                manage: self.manage(),
                scopes,
                extra: vec![],
                client,
                redirect: any_port("localhost", ""),
            },
        }
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("it is written above")
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ProviderKind; 3] = [ProviderKind::GoogleDrive, ProviderKind::Dropbox, ProviderKind::OneDrive];
    const REACHES: [Reach; 3] = [Reach::OwnFolder, Reach::Read, Reach::ReadWrite];

    #[test]
    fn all_providers_are_asked_safely_and_for_what_lasts() {
        let client = Client::of("an id", Some("a secret"));
        for (kind, reach) in KINDS.into_iter().flat_map(|kind| REACHES.map(|reach| (kind, reach))) {
            let provider = Provider::known(kind, client.clone(), reach).unwrap();
            provider.check().unwrap();
            let asked = format!("{:?} {:?}", provider.scopes, provider.extra);
            assert!(asked.contains("offline"), "{asked}");
        }
    }

    #[test]
    fn no_more_is_asked_for_than_serves() {
        let check = |kind: ProviderKind, reach: Reach, expected: &str| {
            let provider = Provider::known(kind, Client::of("an id", Some("a secret")), reach).unwrap();
            assert_eq!(provider.scopes.join(" "), expected, "{reach:?}");
        };
        let google = |scope: &str| format!("https://www.googleapis.com/auth/{scope}");
        check(ProviderKind::GoogleDrive, Reach::OwnFolder, &google("drive.file"));
        check(ProviderKind::GoogleDrive, Reach::Read, &google("drive.readonly"));
        check(ProviderKind::GoogleDrive, Reach::ReadWrite, &google("drive"));
        let read = "files.metadata.read files.content.read";
        check(ProviderKind::Dropbox, Reach::OwnFolder, &format!("{read} files.content.write"));
        check(ProviderKind::Dropbox, Reach::Read, read);
        check(ProviderKind::Dropbox, Reach::ReadWrite, &format!("{read} files.content.write"));
        check(ProviderKind::OneDrive, Reach::OwnFolder, "Files.ReadWrite.AppFolder offline_access");
        check(ProviderKind::OneDrive, Reach::Read, "Files.Read offline_access");
        check(ProviderKind::OneDrive, Reach::ReadWrite, "Files.ReadWrite offline_access");
    }

    #[test]
    fn what_was_granted_serves_for_no_more() {
        let check = |granted: Reach, expected: [bool; 3]| {
            assert_eq!(REACHES.map(|wanted| granted.serves(wanted)), expected, "{granted:?}");
        };
        check(Reach::OwnFolder, [true, false, false]);
        check(Reach::Read, [false, true, false]);
        check(Reach::ReadWrite, [false, true, true]);
    }

    #[test]
    fn what_is_not_registered_is_told() {
        let check = |kind: ProviderKind, client: Option<Client>, expected: &str| match Provider::known(
            kind,
            client,
            Reach::OwnFolder,
        ) {
            Err(Error::NeedsYou { message, .. }) => assert_eq!(message, expected),
            other => panic!("{other:?}"),
        };
        for kind in KINDS.into_iter().filter(|kind| Client::of_build(*kind).is_none()) {
            check(kind, Client::of(" ", None), &format!("this program is not registered with {}", kind.name()));
        }
        let without = Client::of("an id", Some(""));
        check(ProviderKind::GoogleDrive, without, "Google wants a client secret with the client id");
    }

    #[test]
    fn nothing_goes_over_a_network_in_the_clear() {
        let check = |address: &str, expected: bool| assert_eq!(is_safe(&url(address)), expected, "{address}");
        check("https://example.org/token", true);
        check("http://127.0.0.1:8080/token", true);
        check("http://[::1]:8080/token", true);
        check("http://example.org/token", false);
        check("http://127.0.0.1.example.org/token", false);
        check("ftp://127.0.0.1/token", false);
    }

    #[test]
    fn a_client_is_shown_without_its_secret() {
        let shown = format!("{:?}", Client::of("an id", Some("tr0ub4dor")));
        assert!(shown.contains("an id") && !shown.contains("tr0ub4dor"), "{shown}");
    }
}
