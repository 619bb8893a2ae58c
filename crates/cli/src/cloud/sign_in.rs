//! Signing in at a provider, for a storage or a source; `legible cloud sign-in` and `client`: who is let in there, and as what this program
//! is known.

use super::draft::{provider_of, secret};
use crate::args::{Browser, Print};
use crate::output::{Exit, print_line, say};
use crate::web;
use anyhow::{Context, bail};
use legible_service::Service;
use legible_service::api::{
    BeginSignIn, ClientSecret, CloudClient, NoArgs, Provider, ProviderView, SignInFor, SignInRef, StorageDraft,
    StorageView,
};
use std::path::Path;
use std::pin::pin;

/// Signs in at a provider, in the browser. Gives the number of the sign-in, which is to be taken or cancelled.
///
/// # Errors
/// When the provider does not let us in, or the person stops it.
async fn sign_in(service: &Service, asked: BeginSignIn, browser: Browser) -> anyhow::Result<i64> {
    let begun = service.begin_sign_in(asked).await?;
    let opened = !browser.no_browser && web::open(&begun.address);
    match opened {
        true => say("Sign in in the browser that opens now. If none does, open this address:"),
        false => say("Open this address in a browser on this machine, and sign in:"),
    }
    say(&begun.address);
    let waits = SignInRef { id: begun.id };
    tokio::select! {
        finished = service.finish_sign_in(waits) => {
            finished?;
            Ok(begun.id)
        }
        _ = tokio::signal::ctrl_c() => {
            service.cancel_sign_in(waits).await?;
            bail!("Signing in was stopped; nothing was changed.")
        }
    }
}

/// Keeps a storage, after its person has signed in where that is needed. What was granted and is not kept is given back.
///
/// # Errors
/// When nobody signs in, or the storage cannot be kept.
pub async fn keep(service: &Service, draft: StorageDraft, browser: Browser) -> anyhow::Result<StorageView> {
    let asked = provider_of(&draft.place).map(|provider| BeginSignIn { provider, purpose: SignInFor::Library });
    signed_in(service, asked, browser, async |sign_in| {
        Ok(service.save_storage(StorageDraft { sign_in, ..draft }).await?)
    })
    .await
}

/// Does something with a sign-in, after a person has signed in where that is `asked`. What was granted and not taken by it is given back.
///
/// # Errors
/// When nobody signs in, and those of what is done.
pub async fn signed_in<T>(
    service: &Service,
    asked: Option<BeginSignIn>,
    browser: Browser,
    with: impl AsyncFnOnce(Option<i64>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Some(asked) = asked else { return with(None).await };
    let id = sign_in(service, asked, browser).await?;
    let mut doing = pin!(with(Some(id)));
    let done = tokio::select! {
        done = &mut doing => Some(done),
        _ = tokio::signal::ctrl_c() => None,
    };
    let cancelled = service.cancel_sign_in(SignInRef { id }).await?.count > 0;
    match done {
        Some(done) => done,
        None if cancelled => bail!("Stopped; nothing was changed."),
        // It is just being kept.
        None => doing.await,
    }
}

/// Signs in again for a storage.
///
/// # Errors
/// When nobody signs in to it, or it does not let us in.
pub async fn again(service: &Service, storage: StorageView, browser: Browser) -> anyhow::Result<StorageView> {
    let name = &storage.draft.name;
    provider_of(&storage.draft.place).with_context(|| format!("Nobody signs in to {name}: it is no provider's."))?;
    keep(service, storage.draft, browser).await
}

/// Lists how providers know this program, or sets how one does.
///
/// # Errors
/// When the secret cannot be read, or the settings cannot be written.
pub async fn client(
    service: &Service,
    of: Option<Provider>,
    id: Option<String>,
    secret_file: Option<&Path>,
    print: Print,
) -> anyhow::Result<Exit> {
    if let (Some(provider), Some(id)) = (of, id) {
        let mut settings = service.settings(NoArgs {}).await?;
        let secret = secret_file.map(secret).transpose()?.unwrap_or_default();
        *settings.cloud.of_mut(provider) = CloudClient { id: id.trim().to_owned(), secret: ClientSecret::new(secret) };
        service.save_settings(settings).await?;
    }
    let settings = service.settings(NoArgs {}).await?;
    let all = service.providers(NoArgs {}).await?.providers;
    let all: Vec<_> = all.into_iter().filter(|view| of.is_none_or(|of| view.provider == of)).collect();
    print.show(&all, |all| {
        let client = |view: &ProviderView| settings.cloud.of(view.provider).id.clone();
        all.iter().try_for_each(|view| print_line(&line(view, &client(view))))
    })?;
    Ok(Exit::Fine)
}

fn line(view: &ProviderView, id: &str) -> String {
    let how = match (view.ready, id, view.of_build) {
        (true, "", _) => "of this build".to_owned(),
        (true, id, _) => id.to_owned(),
        (false, "", _) => format!("not registered; register a program at {}", view.register),
        (false, id, _) => format!("{id}, but the client secret is missing"),
    };
    format!("{}\t{how}", view.name)
}
