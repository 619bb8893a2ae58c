//! Commands about what is still to be recognised: how much that is, and to begin with it now.

use crate::api::{Action, NoArgs, Touched};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::schedules::{built_in_name, put_built_in};
use crate::service::Service;
use legible_reading::recognition::ImageKind;
use legible_vision::recognise::signature;

impl Service {
    /// How many images no program of this version, or none of these models, has looked at. It is at most so many: of some it shows
    /// only when it is their turn that nothing is left to tell.
    ///
    /// # Errors
    /// When the settings or the database fail.
    pub async fn unrecognised(&self, _: NoArgs) -> Result<Touched> {
        let signatures = self.blocking(|service| {
            let models = service.models_that_see()?;
            Ok([signature(Some(ImageKind::Photo), &models), signature(None, &models)])
        });
        let [photo, other] = signatures.await?;
        let count = self.database().read(move |c| Ok(legible_library::signed_otherwise(c, [&photo, &other])?)).await?;
        Ok(Touched { count: u32::try_from(count).unwrap_or(u32::MAX) })
    }

    /// Begins at once to recognise what is left, whatever the schedule for that says. Returns how many images that are at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recognise_now(&self, _: NoArgs) -> Result<Touched> {
        let (now, name) = (self.now(), built_in_name(Action::RecogniseNew));
        let run = self.database().write(move |tx| {
            // No process may have run the jobs yet.
            put_built_in(tx, now)?;
            let found = legible_jobs::schedule_named(tx, &name)?;
            let found = found.ok_or_else(|| Error::NotFound("the schedule that recognises images".into()))?;
            Ok(legible_jobs::run_schedule_now(tx, found.id, now).map(drop)?)
        });
        run.await?;
        self.announce(Changes { schedules: true, ..Changes::work() }).await;
        self.unrecognised(NoArgs {}).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handlers::RECOGNISE;
    use crate::testing::{Home, png};
    use legible_jobs::Filter;

    #[test]
    fn what_waits_is_counted_and_begun_at_once() {
        let home = Home::new();
        for shade in 1..=3 {
            home.take_in(&format!("{shade}.png"), &png(shade));
        }
        assert_eq!(home.ask(home.service.unrecognised(NoArgs {})).unwrap().count, 3);
        assert_eq!(home.ask(home.service.recognise_now(NoArgs {})).unwrap().count, 3);
        assert_eq!(home.work().pop().unwrap(), serde_json::json!({ "queued": 3 }));
        let queued = Filter { kinds: Some(vec![RECOGNISE.to_owned()]), ..Filter::default() };
        let count = home.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &queued, 0, 1)?.total));
        assert_eq!(count.unwrap(), 3);
    }
}
