//! Commands on signing in at providers, and giving back what was granted.

use crate::api::{
    BeginSignIn, NoArgs, ProviderView, Providers, SecretsKept, SignInBegun, SignInRef, SignedIn, StillGranted, Touched,
    WebPage,
};
use crate::cloud::account::{self, Account};
use crate::cloud::place::{Needs, provider_kind, provider_view};
use crate::error::{Error, Result};
use crate::secrets::NoSecret;
use crate::service::Service;
use legible_cloud::account::{Client, OAuthTokens, Provider as Known, ProviderKind, Revoked};

/// In the order in which they are shown.
const PROVIDERS: [ProviderKind; 3] = [ProviderKind::GoogleDrive, ProviderKind::Dropbox, ProviderKind::OneDrive];

impl Service {
    /// The providers, and whether they know this program.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub async fn providers(&self, _: NoArgs) -> Result<Providers> {
        let view = |kind: ProviderKind| -> Result<ProviderView> {
            Ok(ProviderView {
                provider: provider_view(kind),
                name: kind.name().to_owned(),
                of_build: Client::of_build(kind).is_some(),
                ready: self.provider_of(kind).is_ok(),
                wants_secret: kind == ProviderKind::GoogleDrive,
                register: kind.register().to_string(),
                manage: kind.manage().to_string(),
            })
        };
        Ok(Providers { providers: PROVIDERS.into_iter().map(view).collect::<Result<_>>()? })
    }

    /// Begins to sign in: gives the address that the person is to open in the browser.
    ///
    /// # Errors
    /// When the provider does not know this program, secrets cannot be kept on this machine, or too many sign-ins are open.
    pub async fn begin_sign_in(&self, BeginSignIn { provider }: BeginSignIn) -> Result<SignInBegun> {
        let kind = provider_kind(provider);
        let known = self.provider_of(kind)?;
        // Not only after the person has signed in.
        let kept = self.blocking(|service| Ok(service.sealed().kept())).await?;
        match kept {
            SecretsKept::Keychain | SecretsKept::Unlocked => {}
            SecretsKept::Locked => return Err(NoSecret::Locked.into()),
            SecretsKept::Nowhere => return Err(NoSecret::NoKeychain("there is none".into()).into()),
        }
        let service = self.clone();
        let abandon = async move |granted: std::sync::Arc<crate::cloud::sign_ins::Granted>| {
            service.give_back(kind, &granted.account).await;
        };
        let (id, address) = self.sign_ins().begin(kind, known, self.cloud_clock(), abandon).await?;
        Ok(SignInBegun { id, provider, address })
    }

    /// Waits until the person has signed in.
    ///
    /// # Errors
    /// When it came to nothing, or was cancelled.
    pub async fn finish_sign_in(&self, SignInRef { id }: SignInRef) -> Result<SignedIn> {
        let granted = self.sign_ins().finish(id).await?;
        Ok(SignedIn { id, provider: provider_view(granted.kind) })
    }

    /// Ends a sign-in. What was granted is given back.
    ///
    /// # Errors
    /// None of its own.
    pub async fn cancel_sign_in(&self, SignInRef { id }: SignInRef) -> Result<Touched> {
        if let Some(granted) = self.sign_ins().close(id) {
            self.give_back(granted.kind, &granted.account).await;
        }
        Ok(Touched { count: 1 })
    }

    /// The address of a page of a provider. The window names pages, and never addresses.
    ///
    /// # Errors
    /// When the sign-in is over.
    pub fn page_address(&self, page: WebPage) -> Result<String> {
        Ok(match page {
            WebPage::SignIn { id } => self.sign_ins().address(id)?,
            WebPage::Manage { provider } => provider_kind(provider).manage().to_string(),
            WebPage::Register { provider } => provider_kind(provider).register().to_string(),
        })
    }

    /// A provider with the client of the settings, or else of the build.
    fn provider_of(&self, kind: ProviderKind) -> Result<Known> {
        let clients = self.current_settings()?.cloud;
        let client = clients.of(provider_view(kind));
        let client = Client::of(&client.id, Some(client.secret.reveal()));
        // What a provider wants of no desktop program is not sent to it.
        let client = client.map(|client| match kind {
            ProviderKind::GoogleDrive => client,
            ProviderKind::Dropbox | ProviderKind::OneDrive => Client { secret: None, ..client },
        });
        Known::known(kind, client).map_err(|error| {
            let told = Error::from(error).to_wire();
            Error::Told(crate::api::WireError { code: crate::api::ErrorCode::BadRequest, ..told })
        })
    }

    /// Signs out of the account of a name, which is used no more. Tells where that is not all.
    pub(crate) async fn sign_out(&self, kind: ProviderKind, name: &str) -> Option<StillGranted> {
        let of = name.to_owned();
        let account = self.blocking(move |service| service.account_of(kind, &of)).await;
        let left = match account {
            Ok(account) => self.give_back(kind, &account).await,
            Err(error) => Some(still_granted(kind, error.to_string())),
        };
        self.forget_account(name);
        let name = name.to_owned();
        let forget = move |service: &Service| {
            service.forget_secret(&name);
            Ok(())
        };
        if let Err(error) = self.blocking(forget).await {
            tracing::warn!(%error, "a grant was not forgotten");
        }
        left
    }

    /// Has a provider take a grant back. One that would take back all that the person ever granted to this program leaves it until
    /// nothing else uses any of it.
    async fn give_back(&self, kind: ProviderKind, account: &OAuthTokens) -> Option<StillGranted> {
        if kind.revokes_all() {
            match self.who_uses(kind).await {
                Ok(None) => {}
                Ok(Some(who)) => {
                    let why = format!("{who} uses it, and {} takes back all at once or nothing", kind.name());
                    return Some(still_granted(kind, why));
                }
                Err(error) => return Some(still_granted(kind, error.to_string())),
            }
        }
        match account.sign_out().await {
            Ok(Revoked::There) => None,
            Ok(Revoked::OnlyHere { why, .. }) => Some(still_granted(kind, why)),
            Err(error) => Some(still_granted(kind, error.to_string())),
        }
    }

    /// Who else is signed in to a provider.
    async fn who_uses(&self, kind: ProviderKind) -> Result<Option<String>> {
        if self.sign_ins().has_granted(kind) {
            return Ok(Some("a new sign-in".to_owned()));
        }
        let is_it = move |account: &Account| account.place.needs() == Needs::SignIn(kind);
        self.database()
            .read(move |conn| {
                let mut all = account::all(conn)?.into_iter();
                Ok(all.find(|known| is_it(&known.account)).map(|known| known.name))
            })
            .await
    }
}

fn still_granted(kind: ProviderKind, why: String) -> StillGranted {
    StillGranted { provider: provider_view(kind), why, page: kind.manage().to_string() }
}
