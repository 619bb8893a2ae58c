//! `legible cloud sign-in` and `client`: who is let in at a provider, and as what this program is known there.

use super::draft::{provider_of, secret};
use crate::args::{Browser, Print};
use crate::output::{Exit, print_line, say};
use crate::web;
use anyhow::{Context, bail};
use legible_service::Service;
use legible_service::api::{
    BeginSignIn, ClientSecret, CloudClient, NoArgs, Provider, ProviderView, SignInRef, StorageDraft, StorageView,
};
use std::path::Path;

/// Signs in at a provider, in the browser. Gives the number of the sign-in, which is to be taken or [`give_up`]ed.
///
/// # Errors
/// When the provider does not let us in, or the person stops it.
pub async fn sign_in(service: &Service, provider: Provider, browser: Browser) -> anyhow::Result<i64> {
    let begun = service.begin_sign_in(BeginSignIn { provider }).await?;
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
    let Some(provider) = provider_of(&draft.place) else { return Ok(service.save_storage(draft).await?) };
    let id = sign_in(service, provider, browser).await?;
    let saving = service.save_storage(StorageDraft { sign_in: Some(id), ..draft });
    let kept = tokio::select! {
        kept = saving => kept.map_err(anyhow::Error::from),
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("Stopped; nothing was changed.")),
    };
    if kept.is_err() {
        service.cancel_sign_in(SignInRef { id }).await?;
    }
    kept
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
