//! What a model of text makes for one that sees: the directions of its labels, kept in files beside them, and what is needed
//! to describe for a search.

use super::ModelShelf;
use super::in_use::chosen;
use crate::api::ModelChoices;
use crate::error::{Error, Result};
use legible_models::{Model, labels, sha256_of_bytes};
use legible_reading::recognition::Part;
use legible_reading::recognition::contract::TextContract;
use legible_vision::describe::{self, TextUse};
use legible_vision::worker::{CancelToken, Pool, TaskError};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::TryLockError;
use std::time::Duration;

/// How often describing a vocabulary may fail before it is given up. A worker may have been killed by another.
const MAX_DESCRIBING_FAILURES: u32 = 2;

/// How soon who waits for another that describes looks whether that is done, or nobody wants it any more.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How many digits of the hash of a vocabulary tell it from others.
const DIGITS: usize = 12;

/// What is said of a description where no model understands it.
const NO_MODEL: &str = "No model that understands descriptions is installed: get the pack “Better” in the settings, under \
                        Models, or with `legible models install better`.";

/// A model of text, and where its descriptions lie.
#[derive(Debug, Clone)]
pub struct Describer {
    /// The model.
    pub model: TextUse,
    /// The space of the model that embeds images: [`legible_reading::recognition::Embedding::model`].
    pub space: String,
}

/// The labels of a model that takes descriptions, and what is described for each.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    names: Vec<String>,
    /// What is described, in the order of the names.
    sentences: Vec<String>,
    /// The model that describes.
    model: TextUse,
    /// What the files of it are called, without their endings.
    stem: String,
}

impl Vocabulary {
    /// The vocabulary of a list and of a person's own tags, which come first.
    pub(super) fn of(list: &str, tags: &[String], text: &TextContract, model: &Model) -> Self {
        let from_list = list.lines().map(|line| match line.split_once(',') {
            Some((name, described)) => (name.trim().to_owned(), described.trim().to_owned()),
            None => (line.trim().to_owned(), line.trim().to_owned()),
        });
        let own = tags.iter().map(|tag| (tag.clone(), tag.clone()));
        let mut seen = HashSet::new();
        let (mut names, mut sentences) = (Vec::new(), Vec::new());
        for (name, described) in own.chain(from_list) {
            // As the worker reads them.
            let name = name.to_lowercase();
            if seen.insert(name.clone()) {
                sentences.push(text.sentence(&described));
                names.push(name);
            }
        }
        let all = format!("{}\n{}\n{}\n{}", names.join("\n"), sentences.join("\n"), model.sha256, describe::VERSION);
        let digest: String = sha256_of_bytes(all.as_bytes()).chars().take(DIGITS).collect();
        Vocabulary { names, sentences, model: text_use(model, text), stem: format!("described-{digest}") }
    }

    /// The label file, within a models directory.
    pub(super) fn labels(&self) -> String {
        format!("{}/{}.txt", labels::FOLDER, self.stem)
    }

    /// The file of the directions, likewise.
    pub(super) fn directions(&self) -> String {
        format!("{}/{}.f32", labels::FOLDER, self.stem)
    }
}

fn text_use(model: &Model, text: &TextContract) -> TextUse {
    TextUse { file: model.file.clone(), contract: text.clone(), threads: 0 }
}

/// Removes a file. One that stays does no harm.
fn discard(file: &Path) {
    let _ = std::fs::remove_file(file);
}

impl ModelShelf {
    /// The vocabulary of a model, if its labels are descriptions and the model that describes is here and sound.
    pub(super) fn vocabulary(&self, model: &Model, choices: &ModelChoices) -> Option<Vocabulary> {
        let contract = model.contract.as_ref().filter(|contract| contract.outputs.described.is_some())?;
        let list = labels::text(contract.labels.as_deref()?)?;
        let (describer, text) = self.manifest.describer(&model.id)?;
        self.is_usable(describer).then(|| Vocabulary::of(list, &choices.tags, text, describer))
    }

    /// Whether a vocabulary has been described.
    pub(super) fn is_described(&self, vocabulary: &Vocabulary) -> bool {
        [vocabulary.labels(), vocabulary.directions()].iter().all(|file| self.target.join(file).is_file())
    }

    /// The vocabulary of the model that is chosen for labels, if these are descriptions.
    fn chosen_vocabulary(&self, choices: &ModelChoices) -> Option<Vocabulary> {
        let own = self.own_sound();
        let candidates = self.candidates(&own, &|model| self.vocabulary(model, choices));
        let used = chosen(&candidates, choices);
        let (for_labels, _) = used.iter().find(|(_, parts)| parts.contains(&Part::Labels))?;
        self.vocabulary(self.manifest.find(for_labels.id)?, choices)
    }

    /// Has the labels described that are descriptions, where the model that is chosen for labels needs it and it was not done yet for
    /// these tags; `told` hears what share is done. Where that fails again and again, images go without such labels until the
    /// models change or this process starts again: they are never kept from being recognised. Blocks.
    ///
    /// # Errors
    /// When it is cancelled.
    pub fn describe_labels(
        &self,
        pool: &Pool,
        choices: &ModelChoices,
        cancel: &CancelToken,
        told: &mut dyn FnMut(f32),
    ) -> Result<()> {
        let Some(vocabulary) = self.chosen_vocabulary(choices) else { return Ok(()) };
        if self.is_described(&vocabulary) {
            return Ok(());
        }
        // Held meanwhile, so that it is done once. Who waits for it can be cancelled.
        let mut failures = loop {
            match self.describing.try_lock() {
                Ok(failures) => break failures,
                Err(TryLockError::Poisoned(poisoned)) => break poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if cancel.is_cancelled() => return Err(TaskError::Cancelled.into()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_AGAIN),
            }
        };
        let failed = failures.get(&vocabulary.stem).copied().unwrap_or(0);
        if self.is_described(&vocabulary) || failed >= MAX_DESCRIBING_FAILURES {
            return Ok(());
        }
        let all = vocabulary.sentences.len().max(1) as f32;
        let mut told = |done: usize| told(done as f32 / all);
        let why = match pool.describe(&vocabulary.model, &vocabulary.sentences, cancel, &mut told) {
            Ok(Ok(directions)) => match self.keep_described(&vocabulary, &directions) {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
            // It was removed just now.
            Ok(Err(fault)) if fault.missing => return Ok(()),
            Ok(Err(fault)) => fault.message,
            Err(error @ (TaskError::Cancelled | TaskError::Stopped)) => return Err(error.into()),
            Err(error) => error.to_string(),
        };
        tracing::warn!(model = vocabulary.model.file, "labels cannot be described: {why}");
        failures.insert(vocabulary.stem, failed + 1);
        Ok(())
    }

    /// Has labels tried again that could not be described: the models are others now.
    pub(super) fn try_describing_again(&self) {
        // While one is being described nothing else was given up for long.
        if let Ok(mut failures) = self.describing.try_lock() {
            failures.clear();
        }
    }

    /// Keeps what was described, in place of what was before.
    ///
    /// # Errors
    /// When the directions are not one for each sentence and of one length, or cannot be written.
    fn keep_described(&self, vocabulary: &Vocabulary, directions: &[Vec<f32>]) -> Result<()> {
        let length = directions.first().map_or(0, Vec::len);
        let fit = directions.len() == vocabulary.names.len() && directions.iter().all(|one| one.len() == length);
        if !fit || length == 0 {
            return Err(Error::Internal("the model of text gave directions of several lengths".into()));
        }
        let bytes: Vec<u8> = directions.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
        let write = |file: &str, content: &[u8]| labels::write(&self.target.join(file), content);
        let names = vocabulary.names.join("\n");
        let before: Vec<PathBuf> = self.described_files();
        // The names first: whoever finds the directions finds both.
        write(&vocabulary.labels(), names.as_bytes())?;
        write(&vocabulary.directions(), &bytes)?;
        for file in before.iter().filter(|file| file.file_stem().is_none_or(|stem| stem != vocabulary.stem.as_str())) {
            discard(file);
        }
        Ok(())
    }

    /// Removes all that was described: what described it is gone.
    pub(super) fn forget_described(&self) {
        self.described_files().iter().for_each(|file| discard(file));
    }

    fn described_files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.target.join(labels::FOLDER)).into_iter().flatten().flatten();
        let ours =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("described-"));
        files.map(|file| file.path()).filter(ours).collect()
    }

    /// What describes for the model that embeds images as the settings choose; `None` when no model is here that can.
    /// Hashes the files of models that it has not seen yet: not for async code.
    pub fn describer(&self, choices: &ModelChoices) -> Option<Describer> {
        let used = self.in_use(choices);
        let embeds = used.iter().find(|model| model.contract.parts().contains(&Part::Embedding))?;
        let (model, text) = self.manifest.describer(&embeds.id)?;
        self.is_usable(model).then(|| Describer { model: text_use(model, text), space: embeds.space() })
    }

    /// Why [`ModelShelf::describer`] has none, and what to do, for a person.
    pub fn why_no_describer(&self) -> String {
        let here =
            self.manifest.models().iter().filter(|model| self.manifest.locate(&model.file, &self.dirs).is_some());
        let Some((model, text)) = here.filter_map(|model| Some((model, model.text.as_ref()?))).next() else {
            return NO_MODEL.to_owned();
        };
        if self.sound(model).is_none() {
            return format!("The model {} is damaged: install it again.", model.id);
        }
        format!(
            "The model {} understands descriptions of what {} sees, and that is not used: choose it for similarity in the \
             settings, under Models, or with `legible models use embedding {}`.",
            model.id, text.of, text.of
        )
    }
}
