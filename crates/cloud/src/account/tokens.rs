//! The tokens of an account, renewed when they end.
//!
//! A refresh may give another refresh token, after which the old one may be worth nothing (RFC 9700, section 4.14.2). So it is never cut
//! short: it runs on a thread of its own, also when nobody waits for it any more, and the new token is stored before the new access token is
//! used. A kill between the provider's answer and the store leaves the old token: Google and Dropbox give no others, and Microsoft goes
//! on taking the old one, so nothing is lost there; a stricter provider refuses it, and the person signs in again. The account and what
//! is in step stay as they are then.

use super::exchange::{self, Renewed, Unable};
use super::revoke::{self, Revoked};
use super::{Access, Clock, Provider, Revocation, Tokens};
use crate::Result;
use crate::error::{Error, sign_in};
use crate::limits::TOKEN_TRIES;
use crate::remote::storage::Secret;
use futures_util::future::BoxFuture;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// Where the refresh token of one account lies. Its calls block.
pub trait TokenStore: Send + Sync {
    /// The token; `None` when the account is signed out.
    ///
    /// # Errors
    /// When it cannot be had, as while secrets are locked.
    fn load(&self) -> Result<Option<Secret>>;

    /// Stores the token in place of the one before. When this returns, a kill does not undo it.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn save(&self, token: &Secret) -> Result<()>;

    /// Forgets the token; one that is not there is forgotten already.
    ///
    /// # Errors
    /// When that cannot be stored.
    fn forget(&self) -> Result<()>;
}

/// The tokens of one account. To be shared: all that need a token at once wait for one refresh.
#[derive(Clone)]
pub struct OAuthTokens {
    account: Arc<Account>,
}

struct Account {
    provider: Provider,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    state: Mutex<State>,
    /// Held while the store is looked at and then written: what is forgotten must not come back.
    storing: Mutex<()>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    /// The refresh that is under way.
    renewing: Option<watch::Receiver<Option<Outcome>>>,
    /// What a refresh gave that could not be stored, with the token that was used up for it.
    unsaved: Option<(Secret, Renewed)>,
    /// The refresh token that the provider refused: it is not asked about it again.
    refused: Option<Secret>,
}

type Outcome = std::result::Result<Secret, Failure>;

/// What all who waited for a refresh are told when it failed.
#[derive(Clone)]
enum Failure {
    MayPass(String, Option<Duration>),
    NeedsYou(String, String),
    SignIn(String, String),
}

impl OAuthTokens {
    /// The tokens of an account that was signed in to: its refresh token is in the store.
    pub fn new(provider: Provider, store: Arc<dyn TokenStore>, clock: Clock) -> Self {
        let (state, storing) = Default::default();
        Self { account: Arc::new(Account { provider, store, clock, state, storing }) }
    }

    /// The same, with what the sign-in gave for the first hour.
    pub fn with_access(self, access: Access) -> Self {
        self.account.state().access = Some(access);
        self
    }

    /// Signs out: the provider is asked to take its grant back, and whatever it says, nothing is kept here.
    ///
    /// # Errors
    /// When the store fails; then the token may still be there.
    pub async fn sign_out(&self) -> Result<Revoked> {
        let account = self.account.clone();
        on_a_thread(async move || account.sign_out().await).await.unwrap_or_else(|| Err(no_thread()))
    }

    async fn renewed(&self, refused: Option<&str>) -> Result<String> {
        let (mut renewing, ours) = {
            let mut state = self.account.state();
            if let Some(access) = state.usable(refused, (self.account.clock)()) {
                return Ok(access);
            }
            match &state.renewing {
                Some(renewing) => (renewing.clone(), None),
                None => {
                    let (tell, renewing) = watch::channel(None);
                    state.renewing = Some(renewing.clone());
                    (renewing, Some(tell))
                }
            }
        };
        if let Some(tell) = ours {
            self.account.clone().begin_renewing(tell);
        }
        let outcome = renewing.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
        match outcome {
            Ok(Some(Ok(token))) => Ok(token.reveal().to_owned()),
            Ok(Some(Err(Failure::MayPass(message, retry_after)))) => Err(Error::MayPass { message, retry_after }),
            Ok(Some(Err(Failure::NeedsYou(message, hint)))) => Err(Error::NeedsYou { message, hint }),
            Ok(Some(Err(Failure::SignIn(message, hint)))) => Err(Error::SignIn { message, hint }),
            Ok(None) | Err(_) => Err(no_thread()),
        }
    }
}

impl Tokens for OAuthTokens {
    fn access<'a>(&'a self, refused: Option<&'a str>) -> BoxFuture<'a, Result<String>> {
        Box::pin(self.renewed(refused))
    }
}

/// Without tokens.
impl Debug for OAuthTokens {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "OAuthTokens({})", self.account.provider.name)
    }
}

impl State {
    fn usable(&self, refused: Option<&str>, now: i64) -> Option<String> {
        let access = self.access.as_ref()?;
        let is_usable = Some(access.token.reveal()) != refused && access.until.is_none_or(|until| now < until);
        is_usable.then(|| access.token.reveal().to_owned())
    }
}

impl Account {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_renewing(self: Arc<Self>, tell: watch::Sender<Option<Outcome>>) {
        // It ends the refresh also when there is no thread, or it panics.
        let under_way = UnderWay(self);
        drop(on_a_thread(async move || {
            let outcome = under_way.0.renew().await.map_err(Failure::of);
            drop(under_way);
            tell.send_replace(Some(outcome));
        }));
    }

    /// Gets another access token, and keeps it.
    async fn renew(&self) -> Result<Secret> {
        for _ in 0..TOKEN_TRIES {
            let used = self.store.load()?.ok_or_else(|| self.signed_out())?;
            if self.state().refused.as_ref() == Some(&used) {
                return Err(self.ended());
            }
            let unsaved = self.state().unsaved.take().filter(|(before, _)| *before == used);
            let renewed = match unsaved {
                Some((_, renewed)) => Ok(renewed),
                None => exchange::by_refresh(&self.provider, &used, (self.clock)()).await,
            };
            match renewed {
                Ok(renewed) => {
                    if let Some(access) = self.keep(used, renewed)? {
                        return Ok(access);
                    }
                }
                // Whoever signed in or out meanwhile, or refreshed in another process, has the last word.
                Err(Unable::Refused) if self.store.load()?.as_ref() != Some(&used) => {}
                Err(Unable::Refused) => {
                    let mut state = self.state();
                    (state.refused, state.access) = (Some(used), None);
                    drop(state);
                    return Err(self.ended());
                }
                Err(Unable::Failed(error)) => return Err(error),
            }
        }
        Err(Error::may_pass(format!("{} is just being signed in to elsewhere", self.provider.name)))
    }

    /// Stores what is to be stored, and only then lets the access token be used. `None` when another token than the one that was used up
    /// lies there by now: that one has the last word.
    fn keep(&self, used: Secret, renewed: Renewed) -> Result<Option<Secret>> {
        let _storing = self.storing.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = match self.store.load() {
            Ok(stored) if stored.as_ref() != Some(&used) => return Ok(None),
            Ok(_) => renewed.refresh.as_ref().map_or(Ok(()), |new| self.store.save(new)),
            Err(error) => Err(error),
        };
        if let Err(error) = stored {
            self.state().unsaved = Some((used, renewed));
            return Err(error);
        }
        let token = renewed.access.token.clone();
        self.state().access = Some(renewed.access);
        Ok(Some(token))
    }

    async fn sign_out(&self) -> Result<Revoked> {
        let taken_back = self.take_back().await;
        let _storing = self.storing.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut state = self.state();
            (state.access, state.unsaved, state.refused) = (None, None, None);
        }
        self.store.forget()?;
        let manage = self.provider.manage.clone();
        Ok(taken_back.map_or_else(|error| Revoked::OnlyHere { why: error.to_string(), manage }, |()| Revoked::There))
    }

    async fn take_back(&self) -> Result<()> {
        let Some(refresh) = self.store.load()? else {
            return Ok(());
        };
        match &self.provider.revocation {
            Revocation::Token(at) => revoke::by_token(&self.provider, at, &refresh).await,
            Revocation::Bearer(at) => {
                let usable = self.state().usable(None, (self.clock)());
                let access = match usable {
                    Some(access) => Secret::new(access),
                    None => match self.renew().await {
                        Ok(access) => access,
                        // It was taken back before.
                        Err(Error::SignIn { .. }) => return Ok(()),
                        Err(error) => return Err(error),
                    },
                };
                revoke::by_bearer(&self.provider, at, &access).await
            }
            Revocation::ByHand => Err(revoke::by_hand(&self.provider)),
        }
    }

    fn ended(&self) -> Error {
        sign_in(
            &format!("{} does not let Legible in any more", self.provider.name),
            "Sign in again. What was in step stays as it is.",
        )
    }

    fn signed_out(&self) -> Error {
        sign_in(&format!("nobody is signed in to {}", self.provider.name), "Sign in.")
    }
}

/// A refresh that is under way, until this is dropped.
struct UnderWay(Arc<Account>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.state().renewing = None;
    }
}

impl Failure {
    fn of(error: Error) -> Self {
        match error {
            Error::NeedsYou { message, hint } => Failure::NeedsYou(message, hint),
            Error::SignIn { message, hint } => Failure::SignIn(message, hint),
            Error::MayPass { message, retry_after } => Failure::MayPass(message, retry_after),
            other => Failure::MayPass(other.to_string(), None),
        }
    }
}

fn no_thread() -> Error {
    Error::may_pass("no thread could be started to renew what signs requests")
}

/// Runs something to its end, on a thread that waits for nobody; what comes of it is `None` when it did not get there.
fn on_a_thread<T: Send + 'static>(
    work: impl AsyncFnOnce() -> T + Send + 'static,
) -> impl Future<Output = Option<T>> + Send {
    let (tell, told) = oneshot::channel();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            // Who asked may be gone.
            let _ = tell.send(runtime.block_on(work()));
        }
    };
    // Without a thread `run` is dropped, which tells.
    let _ = std::thread::Builder::new().name("legible-tokens".to_owned()).spawn(run);
    async { told.await.ok() }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
