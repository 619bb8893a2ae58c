//! Signing in for a source: when it is made, when it may do more, and again when its provider does not let it in any more.

use crate::args::Browser;
use crate::cloud::draft::provider_of;
use crate::cloud::sign_in::signed_in;
use anyhow::Context;
use legible_service::Service;
use legible_service::api::{
    BeginSignIn, ErrorCode, SignInFor, SourceDraft, SourceRef, SourceSpec, SourceTest, SourceView, WriteText,
};

/// Keeps a source, after its person has signed in where that is needed.
///
/// # Errors
/// When nobody signs in, or the source cannot be kept.
pub async fn kept(service: &Service, draft: SourceDraft, browser: Browser) -> anyhow::Result<SourceView> {
    let asked = asked(&draft);
    signed_in(service, asked, browser, async |sign_in| Ok(service.save_source(with(draft, sign_in)).await?)).await
}

/// Keeps a source that was changed, with what is granted already; where that does not reach, the person signs in.
///
/// # Errors
/// When nobody signs in, or the source cannot be kept.
pub async fn kept_or_granted_more(
    service: &Service,
    draft: SourceDraft,
    browser: Browser,
) -> anyhow::Result<SourceView> {
    match service.save_source(draft.clone()).await {
        Err(error) if error.to_wire().code == ErrorCode::SignIn => {
            crate::output::say(&format!("{}.", error.to_wire().message));
            kept(service, draft, browser).await
        }
        kept => Ok(kept?),
    }
}

/// Tells what a source would find; what was granted for that is given back.
///
/// # Errors
/// When nobody signs in, or the database cannot be used.
pub async fn tried(service: &Service, draft: SourceDraft, browser: Browser) -> anyhow::Result<SourceTest> {
    let asked = asked(&draft);
    signed_in(service, asked, browser, async |sign_in| Ok(service.test_source(with(draft, sign_in)).await?)).await
}

/// Signs in again for a source, and has it look.
///
/// # Errors
/// When nobody signs in to it, or it does not let us in.
pub async fn again(service: &Service, source: SourceView, browser: Browser) -> anyhow::Result<SourceView> {
    let name = &source.draft.name;
    asked(&source.draft).with_context(|| format!("Nobody signs in to {name}: it is no provider's."))?;
    kept(service, source.draft, browser).await?;
    Ok(service.look_now(SourceRef { id: source.id }).await?)
}

/// Where a person signs in for a source, and what for.
fn asked(draft: &SourceDraft) -> Option<BeginSignIn> {
    let SourceSpec::Cloud { place, write_text, .. } = &draft.spec else { return None };
    let purpose = match write_text {
        WriteText::Off => SignInFor::Pictures,
        WriteText::Plain | WriteText::Markdown => SignInFor::PicturesAndTexts,
    };
    provider_of(place).map(|provider| BeginSignIn { provider, purpose })
}

fn with(mut draft: SourceDraft, number: Option<i64>) -> SourceDraft {
    if let SourceSpec::Cloud { sign_in, .. } = &mut draft.spec {
        *sign_in = number;
    }
    draft
}
