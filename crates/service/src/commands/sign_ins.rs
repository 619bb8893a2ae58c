//! Commands on signing in at providers, and giving back what was granted.

use crate::api::{
    BeginSignIn, NoArgs, ProviderView, Providers, SecretsKept, SignInBegun, SignInFor, SignInRef, SignedIn,
    StillGranted, Touched, WebPage,
};
use crate::cloud::accounts::account;
use crate::cloud::accounts::place::{Needs, StoredPlace, provider_kind, provider_view};
use crate::cloud::accounts::sign_ins::{Granted, Stage};
use crate::error::{Error, Result};
use crate::secrets::NoSecret;
use crate::service::Service;
use crate::sources::cloud::CloudFolder;
use legible_cloud::account::{Client, OAuthTokens, Provider as Known, ProviderKind, Reach, Revoked};
use legible_sources::{Source, Spec};
use std::sync::Arc;

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
                ready: self.provider_of(kind, Reach::OwnFolder).is_ok(),
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
    pub async fn begin_sign_in(&self, BeginSignIn { provider, purpose }: BeginSignIn) -> Result<SignInBegun> {
        let (kind, reach) = (provider_kind(provider), reach_for(purpose));
        let known = self.provider_of(kind, reach)?;
        // Not only after the person has signed in.
        let kept = self.blocking(|service| Ok(service.sealed().kept())).await?;
        match kept {
            SecretsKept::Keychain | SecretsKept::Unlocked => {}
            SecretsKept::Locked => return Err(NoSecret::Locked.into()),
            SecretsKept::Nowhere => return Err(NoSecret::NoKeychain("there is none".into()).into()),
        }
        let service = self.clone();
        let abandon = async move |granted: Arc<Granted>| {
            service.give_back(kind, &granted.account).await;
        };
        let (id, address) = self.sign_ins().begin((kind, reach), known, self.cloud_clock(), abandon).await?;
        Ok(SignInBegun { id, provider, address })
    }

    /// Waits until the person has signed in.
    ///
    /// # Errors
    /// When it came to nothing, or was cancelled.
    pub async fn finish_sign_in(&self, SignInRef { id }: SignInRef) -> Result<SignedIn> {
        let granted = self.sign_ins().finish(id).await?;
        Ok(SignedIn { id, provider: provider_view(granted.grantee.kind) })
    }

    /// Ends a sign-in, and tells whether there was one to end. What was granted is given back; where it is just being kept, it stays.
    ///
    /// # Errors
    /// None of its own.
    pub async fn cancel_sign_in(&self, SignInRef { id }: SignInRef) -> Result<Touched> {
        let closed = self.sign_ins().close(id);
        if let Some(Stage::SignedIn(granted)) = &closed {
            self.give_back(granted.grantee.kind, &granted.account).await;
        }
        Ok(Touched { count: u32::from(closed.is_some()) })
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

    /// A provider with the client of the settings, or else of the build, which is asked for so much.
    fn provider_of(&self, kind: ProviderKind, reach: Reach) -> Result<Known> {
        let clients = self.current_settings()?.cloud;
        let client = clients.of(provider_view(kind));
        let client = Client::of(&client.id, Some(client.secret.reveal()));
        // What a provider wants of no desktop program is not sent to it.
        let client = client.map(|client| match kind {
            ProviderKind::GoogleDrive => client,
            ProviderKind::Dropbox | ProviderKind::OneDrive => Client { secret: None, ..client },
        });
        Known::known(kind, client, reach).map_err(|error| {
            let told = Error::from(error).to_wire();
            Error::Told(crate::api::WireError { code: crate::api::ErrorCode::BadRequest, ..told })
        })
    }

    /// Signs out of the account of a name, which is used no more. Tells where that is not all.
    pub(crate) async fn sign_out(&self, kind: ProviderKind, name: &str) -> Option<StillGranted> {
        let of = name.to_owned();
        let account = self.blocking(move |service| service.account_of(kind, &of)).await;
        let left = match account {
            Ok((account, _)) => self.give_back(kind, &account).await,
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
        let is_there = move |place: &StoredPlace| place.needs() == Needs::SignIn(kind);
        self.database()
            .read(move |conn| {
                let storages = account::all(conn)?.into_iter().filter(|known| is_there(&known.account.place));
                let sources = legible_sources::sources(conn)?.into_iter().flatten();
                let sources = sources.filter(|source| place_of(source).is_some_and(|place| is_there(&place)));
                Ok(storages.map(|known| known.name).chain(sources.map(|source| source.name)).next())
            })
            .await
    }
}

/// The place of a source that looks at one.
fn place_of(source: &Source) -> Option<StoredPlace> {
    match &source.spec {
        Spec::Remote(spec) => CloudFolder::of(spec).ok().map(|folder| folder.place),
        _ => None,
    }
}

fn reach_for(purpose: SignInFor) -> Reach {
    match purpose {
        SignInFor::Library => Reach::OwnFolder,
        SignInFor::Pictures => Reach::Read,
        SignInFor::PicturesAndTexts => Reach::ReadWrite,
    }
}

fn still_granted(kind: ProviderKind, why: String) -> StillGranted {
    StillGranted { provider: provider_view(kind), why, page: kind.manage().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ClientSecret, CloudClient, ErrorCode, Provider, StorageDraft, StoragePlace};
    use crate::limits::MAX_SIGN_INS;
    use crate::testing::Home;

    /// A home whose program is registered with OneDrive, which takes any port.
    fn registered() -> Home {
        let home = Home::new();
        let mut settings = home.service.current_settings().unwrap();
        settings.cloud.onedrive = CloudClient { id: "an app".into(), secret: ClientSecret::new("not for OneDrive") };
        home.ask(home.service.save_settings(settings)).unwrap();
        home
    }

    fn begin(home: &Home, provider: Provider) -> Result<SignInBegun> {
        home.ask(home.service.begin_sign_in(BeginSignIn { provider, purpose: SignInFor::Library }))
    }

    #[test]
    fn who_is_not_registered_is_told_before_the_browser_opens() {
        let home = registered();
        let ready = |provider: Provider| {
            let all = home.ask(home.service.providers(NoArgs {})).unwrap().providers;
            all.into_iter().find(|view| view.provider == provider).unwrap().ready
        };
        assert!(ready(Provider::OneDrive));
        if Client::of_build(ProviderKind::Dropbox).is_none() {
            let error = begin(&home, Provider::Dropbox).unwrap_err().to_wire();
            assert_eq!(error.code, ErrorCode::BadRequest);
            assert!(error.message.contains("not registered with Dropbox") && error.hint.is_some(), "{error:?}");
            assert!(!ready(Provider::Dropbox));
        }
        let settings = home.service.current_settings().unwrap();
        assert!(!format!("{settings:?}").contains("not for"), "{settings:?}");
    }

    #[test]
    fn a_sign_in_is_known_by_its_number_until_it_is_cancelled() {
        let home = registered();
        let begun = begin(&home, Provider::OneDrive).unwrap();
        let page = WebPage::SignIn { id: begun.id };
        assert!(begun.address.starts_with("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?"));
        assert!(!begun.address.contains("OneDrive"), "what a provider does not want is not sent: {}", begun.address);
        assert_eq!(home.service.page_address(page).unwrap(), begun.address);
        // Nobody has signed in yet.
        let draft = StorageDraft { sign_in: Some(begun.id), ..draft() };
        let early = home.ask(home.service.save_storage(draft)).unwrap_err();
        assert!(early.to_string().contains("finish signing in first"), "{early}");

        // What is just being kept is not given back.
        let cancel = async || home.service.cancel_sign_in(SignInRef { id: begun.id }).await.map(|ended| ended.count);
        let taken = home.service.sign_ins().take(begun.id).unwrap();
        assert!(home.service.sign_ins().take(begun.id).is_err());
        assert_eq!(home.ask(cancel()).unwrap(), 0);
        drop(taken);
        assert_eq!(home.service.page_address(page).unwrap(), begun.address);

        let (ended, cancelled) = home.ask(async {
            let waits = home.service.finish_sign_in(SignInRef { id: begun.id });
            tokio::join!(waits, cancel())
        });
        assert_eq!((cancelled.unwrap(), home.ask(cancel()).unwrap()), (1, 0));
        assert_eq!(ended.unwrap_err().to_wire().code, ErrorCode::Cancelled);
        assert_eq!(home.service.page_address(page).unwrap_err().to_wire().code, ErrorCode::NotFound);
        assert!(home.ask(home.service.storages(NoArgs {})).unwrap().storages.is_empty());
    }

    #[test]
    fn no_more_than_a_few_wait_at_once() {
        let home = registered();
        let all: Vec<SignInBegun> = (0..MAX_SIGN_INS).map(|_| begin(&home, Provider::OneDrive).unwrap()).collect();
        assert!(begin(&home, Provider::OneDrive).unwrap_err().to_string().contains("finish or cancel"));
        home.ask(home.service.cancel_sign_in(SignInRef { id: all[0].id })).unwrap();
        begin(&home, Provider::OneDrive).unwrap();
    }

    #[test]
    fn a_place_at_a_provider_wants_somebody_signed_in() {
        let home = registered();
        let error = home.ask(home.service.save_storage(draft())).unwrap_err().to_wire();
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::SignIn, "Nobody is signed in to OneDrive"));
    }

    fn draft() -> StorageDraft {
        StorageDraft {
            id: None,
            name: String::new(),
            place: StoragePlace::OneDrive { folder: String::new() },
            secret: None,
            sign_in: None,
            direction: crate::api::SyncDirection::Both,
            content: crate::api::SyncContent::Library,
            kilobytes_a_second: None,
            rule: None,
            on_change: false,
            zone: "Etc/UTC".into(),
            conditions: crate::api::Conditions::default(),
            enabled: true,
        }
    }
}
