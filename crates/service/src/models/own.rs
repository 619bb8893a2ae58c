//! Models of the person's own on the shelf.

use super::ModelShelf;
use super::check::check;
use crate::error::Result;
use legible_models::own::{self, Candidate, Draft, Entry, OwnModel};
use legible_models::sha256_of;
use legible_vision::worker::{CancelToken, Pool};
use std::path::Path;
use tracing::warn;

/// What the name of a file ends with that describes a model of a person's own.
const TOML: &str = "toml";

impl ModelShelf {
    /// Whether a file describes a model of a person's own, by its name.
    pub fn is_own(file: &Path) -> bool {
        file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(TOML))
    }

    /// Adds a model of the person's own from its TOML, after a worker of `pool` ran it and it did well: see
    /// [`checking_pool`](super::checking_pool). Blocks for that long; `tell` hears in words what is being done.
    ///
    /// # Errors
    /// What is wrong with the TOML, its files or the model, and what to do, or that it was cancelled; then nothing of it is
    /// taken.
    pub fn add_own(
        &self,
        toml: &Path,
        pool: &Pool,
        cancel: &CancelToken,
        tell: &mut dyn FnMut(&str),
    ) -> Result<OwnModel> {
        let draft = Draft::read(toml)?;
        tell("copying it");
        let mut check = |candidate: &Candidate| {
            tell("running it on a picture, to see whether its answers are what the TOML says");
            check(pool, candidate, cancel)
        };
        Ok(own::add(&self.manifest, &draft, &self.target, cancel.flag(), &mut check)?)
    }

    /// All models of the person's own, good or not. None while their folder cannot be read.
    pub(super) fn own(&self) -> Vec<Entry> {
        own::all(&self.target).unwrap_or_else(|error| {
            warn!(%error, "the folder of own models cannot be read");
            Vec::new()
        })
    }

    /// The models of the person's own whose files are those that were added.
    pub(super) fn own_sound(&self) -> Vec<OwnModel> {
        let models = self.own().into_iter().filter_map(|entry| entry.model.ok());
        models.filter(|model| self.is_own_sound(model)).collect()
    }

    fn is_own_sound(&self, model: &OwnModel) -> bool {
        let same = |file: &str, sha256: &str| {
            let path = self.target.join(file);
            self.is_sound(&path, || sha256_of(&path).is_ok_and(|found| found == sha256))
        };
        let labels = || match (model.labels(), &model.labels_sha256) {
            (Some(file), Some(sha256)) => same(&file, sha256),
            _ => true,
        };
        same(&model.file(), &model.sha256) && labels()
    }

    /// Checks the content of the person's own models: name, and what is wrong with it.
    pub fn verified_own(&self) -> Vec<(String, Option<String>)> {
        self.checked().clear();
        let told = |entry: Entry| match entry.model {
            Ok(model) if self.is_own_sound(&model) => (entry.id, None),
            Ok(_) => (entry.id, Some("its files are not those that were added: remove it and add it again".to_owned())),
            Err(problem) => (entry.id, Some(problem)),
        };
        self.own().into_iter().map(told).collect()
    }
}
