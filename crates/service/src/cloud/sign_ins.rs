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
            all.open.insert(id, Open { address: address.clone(), stage, _stop: stop });
            id
        };
        let all = self.clone();
        tokio::spawn(async move {
            let mut stopped_too = stopped.clone();
            let gone = async move { while stopped_too.changed().await.is_ok() {} };
            let granted = match sign_in.finish(gone).await {
                Ok(grant) => Some(Arc::new(Granted::new(asked, provider, grant, clock))),
                Err(error) => {
                    tell.send_replace(Stage::Failed(Error::from(error).to_wire()));
                    None
                }
            };
            if let Some(granted) = &granted {
                tell.send_replace(Stage::SignedIn(granted.clone()));
            }
            let taken = async { while stopped.changed().await.is_ok() {} };
            let _ = tokio::time::timeout(SIGN_IN_KEPT, taken).await;
            // Who took or cancelled it has removed it, and answers for it.
            if all.all().open.remove(&id).is_some()
                && let Some(granted) = granted
            {
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

    /// Closes a sign-in. Gives what was granted, for who keeps it or gives it back.
    pub fn close(&self, id: i64) -> Option<Arc<Granted>> {
        match self.all().open.remove(&id)?.stage.borrow().clone() {
            Stage::SignedIn(granted) => Some(granted),
            Stage::Waiting | Stage::Failed(_) => None,
        }
    }

    /// Whether somebody is signed in to a provider without having said what for.
    pub fn has_granted(&self, kind: ProviderKind) -> bool {
        let is_it =
            |open: &Open| matches!(&*open.stage.borrow(), Stage::SignedIn(granted) if granted.grantee.kind == kind);
        self.all().open.values().any(is_it)
    }
}

fn ended() -> Error {
    Error::NotFound("this sign-in".into())
}
