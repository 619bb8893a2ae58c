//! Commands on the whole: status, settings, doctor.

use crate::api::{Check, Diagnosis, Health, NoArgs, RecentOutput, Runner, Settings, Status};
use crate::changes::Changes;
use crate::error::Result;
use crate::limits::RECENT;
use crate::service::Service;
use crate::views::small;
use crate::{desktop, notices};
use legible_vision::worker::{Answer, CancelToken, Task};

impl Service {
    /// The state of service and library.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn status(&self, _: NoArgs) -> Result<Status> {
        let counts = self.database().read(|c| {
            let recent = legible_library::recent_readings(c, RECENT)?;
            Ok((legible_library::counts(c)?, legible_jobs::counts(c)?, legible_jobs::paused(c)?, recent))
        });
        let (items, jobs, paused, recent) = counts.await?;
        // With settings that cannot be read there is still a state to tell; the notices say what is wrong.
        let settings = self.settings_or_defaults();
        let engine = settings.engine.clone();
        let missing = move |service: &Service| {
            Ok(service.models_shelf().missing(&engine).iter().map(|model| model.file.clone()).collect())
        };
        let missing_models = self.blocking(missing).await?;
        Ok(Status {
            runner: self.runner(),
            paused,
            items: small(items.items),
            with_text: small(items.with_text),
            problems: small(items.problems),
            trashed: small(items.trashed),
            waiting: small(jobs.enqueued + jobs.blocked),
            running: small(jobs.running),
            failed: small(jobs.failed),
            recent: recent.into_iter().map(|r| RecentOutput { item: r.id.0, name: r.name, at: r.read_at }).collect(),
            missing_models,
            library_folder: settings.library_folder,
            notices: self.notices().await,
        })
    }

    /// The settings.
    ///
    /// # Errors
    /// When the settings file cannot be read.
    pub async fn settings(&self, _: NoArgs) -> Result<Settings> {
        self.current_settings()
    }

    /// Changes the settings.
    ///
    /// # Errors
    /// When another library folder is chosen that cannot be used or does not hold the library, or the file cannot be
    /// written; then the old settings hold.
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings> {
        let change = move |service: &Service| {
            let to_adopt = service.change_settings(settings)?;
            service.watch_library_folder()?;
            Ok(to_adopt)
        };
        let to_adopt = self.blocking(change).await?;
        self.announce(Changes { settings: true, ..Changes::work() }).await;
        if to_adopt {
            self.rebuild(NoArgs {}).await?;
        }
        self.current_settings()
    }

    /// Sets settings that cannot be read aside and goes back to the defaults, but for the library folder.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub async fn reset_settings(&self, _: NoArgs) -> Result<Settings> {
        self.blocking(|service| service.settings_file().reset()).await?;
        self.announce(Changes { settings: true, ..Changes::work() }).await;
        self.current_settings()
    }

    /// Looks at everything that can keep Legible from working.
    ///
    /// # Errors
    /// None: what fails is in the diagnosis.
    pub async fn doctor(&self, _: NoArgs) -> Result<Diagnosis> {
        let look = |service: &Service| {
            Ok(vec![
                version(),
                service.check_database(),
                service.check_folder(),
                service.check_models(),
                service.check_models_that_see(),
                service.check_worker(),
            ])
        };
        let mut checks = self.blocking(look).await.unwrap_or_default();
        checks.extend(desktop::checks().await);
        let paused = self.database().read(|c| Ok(legible_jobs::paused(c)?)).await.unwrap_or_default();
        checks.push(self.check_runner(paused));
        Ok(Diagnosis { checks })
    }

    fn check_database(&self) -> Check {
        let path = self.places().database();
        match self.database().check() {
            Ok(()) => match notices::damaged_databases(self.places()).last() {
                None => check("Database", Health::Good, path.display().to_string(), None),
                Some(damaged) => {
                    let detail = format!("a damaged one is set aside as {}", damaged.display());
                    check("Database", Health::Limited, detail, Some("run `legible rebuild`".into()))
                }
            },
            Err(error) => check("Database", Health::Broken, error.to_string(), error.hint()),
        }
    }

    fn check_folder(&self) -> Check {
        match self.try_folder() {
            Ok(folder) => match self.look_for_images(&folder) {
                Ok(()) => check("Library folder", Health::Good, folder.root().display().to_string(), None),
                Err(error) => check("Library folder", Health::Limited, error.to_string(), error.hint()),
            },
            Err(error) => check("Library folder", Health::Broken, error.to_string(), error.hint()),
        }
    }

    fn check_models(&self) -> Check {
        let shelf = self.models_shelf();
        let wanted = shelf.manifest().verify(shelf.dirs());
        let bad: Vec<_> = wanted.iter().filter(|s| s.model.default && !s.state.is_present()).collect();
        if bad.is_empty() {
            return check("Models", Health::Good, "the default models are here and whole".into(), None);
        }
        let names: Vec<_> = bad.iter().map(|status| status.model.file.as_str()).collect();
        let detail = format!("missing or damaged: {}", names.join(", "));
        check("Models", Health::Broken, detail, Some("run `legible models install`".into()))
    }

    fn check_models_that_see(&self) -> Check {
        const NAME: &str = "Models for photos";
        let choices = match self.current_settings() {
            Ok(settings) => settings.models,
            Err(error) => return check(NAME, Health::Limited, error.to_string(), error.hint()),
        };
        match &self.models_shelf().wanting(&choices)[..] {
            [] => check(NAME, Health::Good, "all that are to look at photos are here and whole".into(), None),
            wanting => {
                let detail = format!("missing or damaged: {}", wanting.join(", "));
                let hint = "run `legible models list`, which says what to do with each";
                check(NAME, Health::Limited, detail, Some(hint.into()))
            }
        }
    }

    fn check_worker(&self) -> Check {
        const NAME: &str = "Vision worker";
        match self.pool().run(&Task::Confinement, &[], &CancelToken::new(), &mut |_| ()) {
            Ok(Answer::Confinement(confinement)) => match confinement.gaps()[..] {
                [] => check(NAME, Health::Good, "starts, and is kept from your files and the network".into(), None),
                ref gaps => {
                    let detail = format!("starts, but is not fully kept from your files ({})", gaps.join("; "));
                    check(NAME, Health::Limited, detail, None)
                }
            },
            Ok(_) => check(NAME, Health::Broken, "answers another question".into(), None),
            Err(error) => check(NAME, Health::Broken, error.to_string(), error.hint()),
        }
    }

    fn check_runner(&self, paused: bool) -> Check {
        const NAME: &str = "Background service";
        let limited = |detail: &str, hint: &str| check(NAME, Health::Limited, detail.into(), Some(hint.into()));
        match (self.runner(), paused) {
            (Runner::Nobody, _) => limited("does not run: work waits", "start the app, or `legible run`"),
            (_, true) => limited("is paused: work waits", "choose Resume, or run `legible resume`"),
            (Runner::Here, false) => check(NAME, Health::Good, "runs in this process".into(), None),
            (Runner::Elsewhere, false) => check(NAME, Health::Good, "runs".into(), None),
        }
    }
}

fn version() -> Check {
    let system = format!("{} on {} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    check("Legible", Health::Good, system, None)
}

/// A check by its parts.
pub(crate) fn check(name: &str, health: Health, detail: String, hint: Option<String>) -> Check {
    Check { name: name.to_owned(), health, detail, hint }
}
