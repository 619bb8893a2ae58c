//! People who are just signing in at a provider, and grants that nobody has taken yet. All of it lies in the memory of one process: a grant
//! is kept among the secrets only once a storage or a source takes it, and what nobody takes is given back.

use super::grants::Grantee;
use crate::api::WireError;
use crate::error::{Error, Result};
use crate::limits::{MAX_SIGN_INS, SIGN_IN_KEPT};
use legible_cloud::account::{Grant, OAuthTokens, Provider, ProviderKind, Reach, SignIn, TokenStore};
use legible_cloud::remote::storage::Secret;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// All sign-ins of this process, by their numbers.
#[derive(Default)]
pub struct SignIns(Mutex<All>);

#[derive(Default)]
struct All {
    last: i64,
    open: BTreeMap<i64, Open>,
}

struct Open {
    address: String,
    stage: watch::Receiver<Stage>,
    /// Who tried it is just putting it among the secrets.
    taken: bool,
    /// Dropping it ends the wait.
    _stop: watch::Sender<()>,
}

/// How far a sign-in is.
#[derive(Debug, Clone)]
pub enum Stage {
    /// The person is in the browser.
    Waiting,
    /// The provider let us in.
    SignedIn(Arc<Granted>),
    /// It came to nothing.
    Failed(WireError),
}

/// What a person granted, and nobody has taken yet.
#[derive(Debug)]
pub struct Granted {
    /// To whom, and where.
    pub grantee: Grantee,
    /// What signs requests meanwhile.
    pub account: OAuthTokens,
    store: Arc<InMemory>,
}

impl Granted {
    fn new(
        (kind, reach): (ProviderKind, Reach),
        provider: Provider,
        grant: Grant,
        clock: legible_cloud::account::Clock,
    ) -> Self {
        let grantee = Grantee { kind, client: provider.client.clone(), reach };
        let store = Arc::new(InMemory(Mutex::new(Some(grant.refresh))));
        let account = OAuthTokens::new(provider, store.clone(), clock).with_access(grant.access);
        Granted { grantee, account, store }
    }

    /// What lasts of it, as it is by now.
    ///
    /// # Errors
    /// When it was given back.
    pub fn refresh(&self) -> Result<Secret> {
        self.store.token().clone().ok_or_else(ended)
    }
}

/// A refresh token that nobody has taken yet.
struct InMemory(Mutex<Option<Secret>>);

impl InMemory {
    fn token(&self) -> MutexGuard<'_, Option<Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InMemory(..)")
    }
}

impl TokenStore for InMemory {
    fn load(&self) -> legible_cloud::Result<Option<Secret>> {
        Ok(self.token().clone())
    }

    fn save(&self, token: &Secret) -> legible_cloud::Result<()> {
        *self.token() = Some(token.clone());
        Ok(())
    }

    fn forget(&self) -> legible_cloud::Result<()> {
        *self.token() = None;
        Ok(())
    }
}

impl SignIns {
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait for a person. To be called on a runtime of tokio. What comes of it is kept for [`SIGN_IN_KEPT`]; a grant that nobody
    /// has taken by then is given to `abandon`.
    ///
    /// # Errors
    /// When [`MAX_SIGN_INS`] are open, or this machine cannot be come back to.
    pub async fn begin<A>(
        self: &Arc<Self>,
        asked: (ProviderKind, Reach),
        provider: Provider,
        clock: legible_cloud::account::Clock,
        abandon: impl FnOnce(Arc<Granted>) -> A + Send + 'static,
    ) -> Result<(i64, String)>
    where
        A: Future<Output = ()> + Send + 'static,
    {
        let sign_in = SignIn::begin(provider.clone(), clock.clone()).await?;
        let address = sign_in.address().to_string();
        let (stop, mut stopped) = watch::channel(());
        let (tell, stage) = watch::channel(Stage::Waiting);
        let id = {
            let mut all = self.all();
            if all.open.len() >= MAX_SIGN_INS {
                return Err(Error::BadRequest(format!(
                    "{MAX_SIGN_INS} sign-ins are open already: finish or cancel one of them"
                )));
            }
            all.last += 1;
            let id = all.last;
            all.open.insert(id, Open { address: address.clone(), stage, taken: false, _stop: stop });
            id
        };
        let all = self.clone();
        tokio::spawn(async move {
            let mut stopped_too = stopped.clone();
            let gone = async move { while stopped_too.changed().await.is_ok() {} };
            tell.send_replace(match sign_in.finish(gone).await {
                Ok(grant) => Stage::SignedIn(Arc::new(Granted::new(asked, provider, grant, clock))),
                Err(error) => Stage::Failed(Error::from(error).to_wire()),
            });
            let taken = async { while stopped.changed().await.is_ok() {} };
            let _ = tokio::time::timeout(SIGN_IN_KEPT, taken).await;
            // Who took or cancelled it answers for it.
            if let Some(Stage::SignedIn(granted)) = all.close(id) {
                abandon(granted).await;
            }
        });
        Ok((id, address))
    }

    /// The address that is to be opened in the browser.
    ///
    /// # Errors
    /// When there is no such sign-in any more.
    pub fn address(&self, id: i64) -> Result<String> {
        self.all().open.get(&id).map(|open| open.address.clone()).ok_or_else(ended)
    }

    /// Waits until the person has signed in. One that came to nothing is closed then.
    ///
    /// # Errors
    /// When it came to nothing, or was cancelled.
    pub async fn finish(&self, id: i64) -> Result<Arc<Granted>> {
        let mut stage = self.all().open.get(&id).map(|open| open.stage.clone()).ok_or_else(ended)?;
        let come = stage.wait_for(|stage| !matches!(stage, Stage::Waiting)).await.map(|stage| stage.clone());
        match come {
            Ok(Stage::SignedIn(granted)) => Ok(granted),
            Ok(Stage::Failed(error)) => {
                self.all().open.remove(&id);
                Err(Error::Told(error))
            }
            Ok(Stage::Waiting) | Err(_) => Err(Error::Stopped),
        }
    }

    /// What was granted, for who tries it.
    ///
    /// # Errors
    /// When nobody has signed in, or it was ended.
    pub fn granted(&self, id: i64) -> Result<Arc<Granted>> {
        match self.all().open.get(&id).map(|open| open.stage.borrow().clone()) {
            Some(Stage::SignedIn(granted)) => Ok(granted),
            Some(Stage::Failed(error)) => Err(Error::Told(error)),
            Some(Stage::Waiting) => Err(Error::BadRequest("finish signing in first, in the browser".into())),
            None => Err(ended()),
        }
    }

    /// Takes what was granted, for who is about to put it among the secrets: nobody gives it back meanwhile.
    ///
    /// # Errors
    /// When it was ended, or somebody has taken it.
    pub fn take(self: &Arc<Self>, id: i64) -> Result<Taken> {
        match self.all().open.get_mut(&id) {
            Some(open) if !open.taken => open.taken = true,
            _ => return Err(ended()),
        }
        Ok(Taken { all: self.clone(), id })
    }

    /// Closes a sign-in, and tells how far it was, for who gives back what was granted. There is none to close where it is over, or taken.
    pub fn close(&self, id: i64) -> Option<Stage> {
        let mut all = self.all();
        all.open.get(&id).filter(|open| !open.taken)?;
        let stage = all.open.remove(&id)?.stage.borrow().clone();
        Some(stage)
    }

    /// Whether somebody is signed in to a provider without having said what for.
    pub fn has_granted(&self, kind: ProviderKind) -> bool {
        let is_it =
            |open: &Open| matches!(&*open.stage.borrow(), Stage::SignedIn(granted) if granted.grantee.kind == kind);
        self.all().open.values().any(is_it)
    }
}

/// A sign-in that is being kept. Where that fails and this is dropped, it is open as before.
pub struct Taken {
    all: Arc<SignIns>,
    id: i64,
}

impl Taken {
    /// What was granted lies among the secrets now.
    pub fn kept(self) {
        self.all.all().open.remove(&self.id);
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(open) = self.all.all().open.get_mut(&self.id) {
            open.taken = false;
        }
    }
}

fn ended() -> Error {
    Error::NotFound("this sign-in".into())
}
