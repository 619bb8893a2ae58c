//! What people granted at providers: each under a name of its own among the secrets, with the client that it was granted to, which alone
//! can use it. So another client in the settings leaves those who are signed in as they are.

use crate::database::aside;
use crate::error::Result;
use crate::secrets::{NoSecret, Sealed, Secrets};
use crate::service::Service;
use legible_cloud::Error as CloudError;
use legible_cloud::account::{Client, Clock, OAuthTokens, Provider, ProviderKind, Reach, TokenStore};
use legible_cloud::remote::storage::Secret;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// To whom something is granted, and where.
#[derive(Debug, Clone)]
pub struct Grantee {
    /// The provider.
    pub kind: ProviderKind,
    /// The client that alone can use it.
    pub client: Client,
    /// What was asked for.
    pub reach: Reach,
}

impl Grantee {
    /// A grant as it is kept: a text that is to be sealed.
    ///
    /// # Errors
    /// None that is known.
    pub fn grant(&self, refresh: &Secret) -> Result<String, NoSecret> {
        Kept::of(self, refresh).text()
    }
}

/// A grant as it is kept. It is sealed as a whole, and never shown.
#[derive(Serialize, Deserialize)]
struct Kept {
    refresh: String,
    client: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// Where it is from. Versions that do not write it knew that from what refers to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<ProviderKind>,
    /// What it was asked for. Versions that do not write it asked for the folder of Legible.
    #[serde(default, skip_serializing_if = "is_own_folder")]
    reach: Reach,
}

fn is_own_folder(reach: &Reach) -> bool {
    *reach == Reach::OwnFolder
}

impl Kept {
    fn of(grantee: &Grantee, refresh: &Secret) -> Self {
        let Grantee { kind, client, reach } = grantee;
        Kept {
            refresh: refresh.reveal().to_owned(),
            client: client.id.clone(),
            client_secret: client.secret.as_ref().map(|secret| secret.reveal().to_owned()),
            kind: Some(*kind),
            reach: *reach,
        }
    }

    fn text(&self) -> Result<String, NoSecret> {
        serde_json::to_string(self).map_err(|_| NoSecret::Failed("a grant cannot be written".to_owned()))
    }

    /// The text is not told where it is none.
    fn read(name: &str, text: &str) -> Result<Self, NoSecret> {
        serde_json::from_str(text).map_err(|_| NoSecret::Damaged(name.to_owned()))
    }
}

/// The accounts that this process uses, by the names of their grants: all that use one share its tokens.
#[derive(Default)]
pub struct Accounts(Mutex<HashMap<String, OAuthTokens>>);

impl Accounts {
    fn all(&self) -> MutexGuard<'_, HashMap<String, OAuthTokens>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The refresh token of one grant, among the secrets.
struct InSecrets {
    secrets: Arc<Sealed>,
    name: String,
    grantee: Grantee,
}

impl TokenStore for InSecrets {
    fn load(&self) -> legible_cloud::Result<Option<Secret>> {
        let got = asked(|| self.secrets.get(&self.name));
        match got.and_then(|text| Kept::read(&self.name, &text)) {
            Ok(kept) => Ok(Some(Secret::new(kept.refresh))),
            Err(NoSecret::Missing(_)) => Ok(None),
            Err(error) => Err(needs_you(&error)),
        }
    }

    fn save(&self, token: &Secret) -> legible_cloud::Result<()> {
        let kept = self.grantee.grant(token);
        kept.and_then(|text| asked(|| self.secrets.set(&self.name, &text))).map_err(|error| needs_you(&error))
    }

    fn forget(&self) -> legible_cloud::Result<()> {
        asked(|| self.secrets.forget(&self.name)).map_err(|error| needs_you(&error))
    }
}

/// Who renews tokens stands in a runtime.
fn asked<T: Send>(ask: impl FnOnce() -> Result<T, NoSecret> + Send) -> Result<T, NoSecret> {
    aside(ask).unwrap_or_else(|| Err(NoSecret::Failed("nothing could be asked for a secret".to_owned())))
}

fn needs_you(error: &NoSecret) -> CloudError {
    CloudError::NeedsYou { message: error.to_string(), hint: error.hint().to_owned() }
}

impl Service {
    /// Where the grant of a name is from, if it is one and tells that. Blocks.
    ///
    /// # Errors
    /// When secrets are locked.
    pub(crate) fn kind_of_grant(&self, name: &str) -> Result<Option<ProviderKind>> {
        let text = match self.secrets().get(name) {
            Err(NoSecret::Missing(_) | NoSecret::Damaged(_)) => return Ok(None),
            text => text?,
        };
        Ok(Kept::read(name, &text).ok().and_then(|kept| kept.kind))
    }

    /// The account of the grant of a name, and how far that reaches. Blocks.
    ///
    /// # Errors
    /// When secrets are locked, or the grant is not there: then somebody has to sign in.
    pub(crate) fn account_of(&self, kind: ProviderKind, name: &str) -> Result<(OAuthTokens, Reach)> {
        let kept = match self.secrets().get(name).and_then(|text| Kept::read(name, &text)) {
            Err(NoSecret::Missing(_) | NoSecret::Damaged(_)) => return Err(signed_out(kind).into()),
            kept => kept?,
        };
        let (mut accounts, reach) = (self.accounts().all(), kept.reach);
        let made = || -> legible_cloud::Result<OAuthTokens> {
            let client = Client { id: kept.client, secret: kept.client_secret.map(Secret::new) };
            let provider = Provider::known(kind, Some(client.clone()), reach)?;
            let grantee = Grantee { kind, client, reach };
            let store = InSecrets { secrets: self.sealed_shared(), name: name.to_owned(), grantee };
            Ok(OAuthTokens::new(provider, Arc::new(store), self.cloud_clock()))
        };
        let account = match accounts.get(name) {
            Some(account) => account.clone(),
            None => accounts.entry(name.to_owned()).or_insert(made()?).clone(),
        };
        Ok((account, reach))
    }

    /// The grant of a name is used no more.
    pub(crate) fn forget_account(&self, name: &str) {
        self.accounts().all().remove(name);
    }

    /// The clock as accounts want it.
    pub(crate) fn cloud_clock(&self) -> Clock {
        let clock = self.clock();
        Arc::new(move || clock.now())
    }
}

/// What a person granted serves for less than is wanted now.
pub fn reaches_less(kind: ProviderKind, wanted: Reach) -> CloudError {
    let name = kind.name();
    let message = match wanted {
        Reach::OwnFolder => format!("what you granted at {name} is not for the folder of Legible"),
        Reach::Read => format!("what you granted at {name} does not let Legible read your folders"),
        Reach::ReadWrite => format!("you let Legible read at {name}, and not write"),
    };
    CloudError::SignIn { message, hint: "Sign in again and agree to what is asked then.".to_owned() }
}

/// Nobody is signed in there.
pub fn signed_out(kind: ProviderKind) -> CloudError {
    CloudError::SignIn { message: format!("nobody is signed in to {}", kind.name()), hint: "Sign in.".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_read_as_every_version_wrote_it() {
        let check = |text: &str, kind: Option<ProviderKind>, reach: Reach| {
            let kept = Kept::read("storage 1", text).unwrap();
            assert_eq!((kept.refresh.as_str(), kept.kind, kept.reach), ("token", kind, reach));
            assert_eq!(kept.text().unwrap(), text, "and written so");
        };
        check(r#"{"refresh":"token","client":"an app"}"#, None, Reach::OwnFolder);
        check(r#"{"refresh":"token","client":"an app","client_secret":"s","reach":"read"}"#, None, Reach::Read);
        let text = r#"{"refresh":"token","client":"an app","kind":"dropbox","reach":"read-write"}"#;
        check(text, Some(ProviderKind::Dropbox), Reach::ReadWrite);
    }
}
