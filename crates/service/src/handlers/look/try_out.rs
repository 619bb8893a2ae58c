//! Trying out a source before it is saved: what it would find, without taking anything in.

use super::{cloud, web};
use crate::api::{SourceDraft, SourceTest};
use crate::error::{Error, Result};
use crate::limits::{SHOWN_SAMPLES, TRIED_FILES};
use crate::service::Service;
use legible_sources::folder::{Finding, Hears, Look, Step, Wanted, Watch};
use legible_sources::{FolderSpec, Source, SourceId, Spec};
use std::path::PathBuf;
use std::sync::Arc;

/// What a source would find; `old` is the source as it is. Blocks.
///
/// # Errors
/// When it would not work, with what to do.
pub fn try_out(
    service: &Service,
    source: &Source,
    old: Option<&Source>,
    draft: &SourceDraft,
    own: &[PathBuf],
) -> Result<SourceTest> {
    match &source.spec {
        Spec::Folder(spec) => try_folder(service, spec, own),
        Spec::Web(spec) => web::try_out(service, source, spec, draft),
        Spec::Remote(spec) => cloud::try_out(service, old, spec, draft, own),
        Spec::Screen(_) | Spec::Clipboard(_) | Spec::Camera => Ok(SourceTest {
            words: "There is nothing to try: it takes what you give it.".into(),
            samples: vec![],
            warnings: vec![],
            problem: None,
        }),
    }
}

fn try_folder(service: &Service, spec: &FolderSpec, own: &[PathBuf]) -> Result<SourceTest> {
    let wanted = Wanted::new(spec, own).map_err(|error| Error::BadRequest(error.to_string()))?;
    // A source that was never looked at: all of it is new.
    let mut look = Look::whole(Arc::new(wanted), SourceId(0));
    let (mut samples, mut warnings, mut files, mut more) = (Vec::new(), Vec::new(), 0_u64, false);
    while !more {
        let now = service.now();
        let found = match service.database().read_blocking(|c| Ok(look.step(c, now)?))? {
            Step::Found(found) => found,
            Step::RootMissing { why } => return Err(Error::BadRequest(why)),
            Step::Done(_) => break,
        };
        for finding in found {
            match finding {
                Finding::New { path, .. } | Finding::NotYet { path, .. } => {
                    files += 1;
                    samples.extend((samples.len() < SHOWN_SAMPLES).then(|| path.display().to_string()));
                }
                Finding::Trouble(trouble) if warnings.len() < SHOWN_SAMPLES => {
                    warnings.push(format!("{}: {}", spec.path.join(&trouble.path).display(), trouble.message));
                }
                _ => {}
            }
        }
        more = look.so_far().files >= TRIED_FILES;
    }
    if let Hears::Nothing { why } = Watch::can_hear(&spec.path) {
        warnings.push(format!("Legible looks through it every few minutes: {why}."));
    }
    let images = if files == 1 { "1 image".to_owned() } else { format!("{files} images") };
    let words = match (files, more) {
        (0, false) => "The folder is there and has no images that would be taken.".to_owned(),
        (_, false) => format!("{images} would be taken now."),
        (_, true) => format!("{images} and more would be taken now."),
    };
    Ok(SourceTest { words, samples, warnings, problem: None })
}
