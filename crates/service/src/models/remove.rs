//! Removing models: one, those of a pack, or one of the person's own.

use super::{ModelShelf, unknown};
use crate::error::Result;
use legible_models::{Model, Pack, own};
use std::path::PathBuf;

/// What came of removing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The ids of the models that are gone now.
    pub gone: Vec<String>,
    /// Models of a pack that stay, because another pack that is here has them too.
    pub shared: Vec<String>,
    /// Files that are not Legible's to remove: they came with the program, or lie in LEGIBLE_MODELS_DIR.
    pub kept: Vec<PathBuf>,
}

impl ModelShelf {
    /// Removes the model of this name, the models of the pack, or the person's own model.
    ///
    /// # Errors
    /// When nothing has that name, or a file cannot be deleted.
    pub fn remove(&self, id: &str) -> Result<Removed> {
        let mut removed = Removed::default();
        if let Some(pack) = self.manifest.pack(id) {
            for model in self.manifest.models_of(pack) {
                match self.needed_beside(pack, model) {
                    true => removed.shared.push(model.id.clone()),
                    false => self.remove_one(model, &mut removed)?,
                }
            }
        } else if let Some(model) = self.manifest.find(id) {
            self.remove_one(model, &mut removed)?;
        } else if own::remove(id, &self.target)? {
            self.switch_on(id);
            removed.gone.push(id.to_owned());
        } else {
            return Err(unknown(id));
        }
        Ok(removed)
    }

    fn remove_one(&self, model: &Model, removed: &mut Removed) -> Result<()> {
        if legible_models::remove(model, &self.target)? {
            self.switch_on(&model.id);
            if model.text.is_some() {
                self.forget_described();
            }
            removed.gone.push(model.id.clone());
        }
        removed.kept.extend(self.manifest.locate(&model.id, &self.dirs));
        Ok(())
    }

    /// Whether another pack, of which every model is here, has this model.
    fn needed_beside(&self, pack: &Pack, model: &Model) -> bool {
        let mut others =
            self.manifest.packs().iter().filter(|other| other.id != pack.id && other.models.contains(&model.id));
        let is_here = |id: &String| self.manifest.locate(id, &self.dirs).is_some();
        others.any(|other| other.models.iter().all(is_here))
    }
}
