//! Commands that have forgotten what models saw. There is no way back, which whoever calls them has told the person before.

use crate::api::{ForgetSeen, NoArgs, Settings, Touched};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handlers::FORGET_SEEN;
use crate::handlers::forget_seen::Payload;
use crate::models::NONE;
use crate::service::Service;
use legible_jobs::NewJob;
use legible_reading::recognition::Part;

/// Going through the library is tried often: each kill of the program counts.
const FORGET_ATTEMPTS: u32 = 20;

impl Service {
    /// Has forgotten what models saw in all images, in the trash too: these parts, and of a model alone if one is named. Else no
    /// model looks for these parts any more, so that what was forgotten is not seen again. Returns how many jobs do that.
    ///
    /// # Errors
    /// When a part is none that models see, or the settings or the database fail.
    pub async fn forget_seen(&self, ForgetSeen { parts, model }: ForgetSeen) -> Result<Touched> {
        let parts = parts.iter().map(|name| seen_part(name)).collect::<Result<Vec<_>>>()?;
        if parts.is_empty() {
            return Err(Error::BadRequest("name what is to be forgotten".into()));
        }
        if model.is_none() {
            let settings = self.settings(NoArgs {}).await?;
            self.save_settings(looked_for_by_none(settings, &parts)).await?;
        }
        let what = parts.iter().map(|part| in_words(*part)).collect::<Vec<_>>().join(", ");
        let title = match &model {
            Some(model) => format!("Forget what {model} saw"),
            None => format!("Forget {what}"),
        };
        let payload = serde_json::to_value(Payload { parts, model })
            .map_err(|error| Error::Internal(format!("a payload does not serialise: {error}")))?;
        let now = self.now();
        let job = NewJob { title, max_attempts: FORGET_ATTEMPTS, ..NewJob::new(FORGET_SEEN, payload, now) };
        self.database().write(move |tx| Ok(legible_jobs::enqueue(tx, &job, now).map(drop)?)).await?;
        self.announce(Changes::work()).await;
        Ok(Touched { count: 1 })
    }
}

fn seen_part(name: &str) -> Result<Part> {
    let part = Some(Part::named(name)).filter(|part| Part::SEEN.contains(part));
    part.ok_or_else(|| Error::BadRequest(format!("models do not see {name:?}")))
}

fn looked_for_by_none(mut settings: Settings, parts: &[Part]) -> Settings {
    for part in parts {
        let choice = match part {
            Part::Labels => &mut settings.models.labels,
            Part::Objects => &mut settings.models.objects,
            Part::Faces => &mut settings.models.faces,
            Part::Embedding => &mut settings.models.embedding,
            Part::Codes | Part::Colours | Part::Hash | Part::Kind | Part::Unknown => continue,
        };
        NONE.clone_into(choice);
    }
    settings
}

/// A part in words, for a title.
fn in_words(part: Part) -> &'static str {
    if part == Part::Embedding { "similarity" } else { part.name() }
}
