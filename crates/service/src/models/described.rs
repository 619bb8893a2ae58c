//! What a model of text makes for one that sees: the directions of its labels, kept in files beside them, and what is needed
//! to describe for a search.

use super::ModelShelf;
use crate::api::ModelChoices;
use crate::error::{Error, Result};
use legible_models::{Model, labels, sha256_of_bytes};
use legible_reading::recognition::Part;
use legible_reading::recognition::contract::TextContract;
use legible_vision::describe::{self, TextUse};
use legible_vision::worker::{CancelToken, Pool};
use std::path::PathBuf;
use std::sync::PoisonError;

/// How many digits of the hash of a vocabulary tell it from others.
const DIGITS: usize = 12;

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
        let mut names: Vec<String> = Vec::new();
        let mut sentences = Vec::new();
        for (name, described) in own.chain(from_list) {
            if !names.contains(&name) {
                sentences.push(text.sentence(&described));
                names.push(name);
            }
        }
        let all = format!("{}\n{}\n{}\n{}", names.join("\n"), sentences.join("\n"), model.sha256, describe::VERSION);
        let digest: String = sha256_of_bytes(all.as_bytes()).chars().take(DIGITS).collect();
        let model = TextUse { file: model.file.clone(), contract: text.clone(), threads: 0 };
        Vocabulary { names, sentences, model, stem: format!("described-{digest}") }
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

impl ModelShelf {
    /// The vocabulary of a model, if its labels are descriptions and the model that describes is here and sound.
    pub(super) fn vocabulary(&self, model: &Model, choices: &ModelChoices) -> Option<Vocabulary> {
        let contract = model.contract.as_ref().filter(|contract| contract.outputs.described.is_some())?;
        let list = labels::text(contract.labels.as_deref()?)?;
        let (describer, text) = self.manifest.describer(&model.id)?;
        self.sound(describer)?;
        Some(Vocabulary::of(list, &choices.tags, text, describer))
    }

    /// Whether a vocabulary has been described.
    pub(super) fn is_described(&self, vocabulary: &Vocabulary) -> bool {
        [vocabulary.labels(), vocabulary.directions()].iter().all(|file| self.target.join(file).is_file())
    }

    /// Has the labels described that are descriptions, where that was not done yet for these models and tags; `told` hears what
    /// share is done. Where the model of text fails, images go without such labels until this process starts again. Blocks.
    ///
    /// # Errors
    /// When the worker fails or is cancelled, or what was described cannot be written.
    pub fn describe_labels(
        &self,
        pool: &Pool,
        choices: &ModelChoices,
        cancel: &CancelToken,
        told: &mut dyn FnMut(f32),
    ) -> Result<()> {
        // Held meanwhile, so that it is done once.
        let mut given_up = self.given_up.lock().unwrap_or_else(PoisonError::into_inner);
        let here = self.manifest.models().iter().filter(|model| self.sound(model).is_some());
        let mut vocabularies = here.filter_map(|model| self.vocabulary(model, choices));
        let undescribed = |one: &Vocabulary| !self.is_described(one) && !given_up.contains(&one.stem);
        let Some(vocabulary) = vocabularies.find(undescribed) else { return Ok(()) };
        let all = vocabulary.sentences.len().max(1) as f32;
        let described =
            pool.describe(&vocabulary.model, &vocabulary.sentences, cancel, &mut |done| told(done as f32 / all))?;
        match described {
            Ok(directions) => self.keep_described(&vocabulary, &directions),
            Err(fault) => {
                tracing::warn!(model = fault.model, "labels cannot be described: {}", fault.message);
                given_up.push(vocabulary.stem);
                Ok(())
            }
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
            // One that stays does no harm.
            let _ = std::fs::remove_file(file);
        }
        Ok(())
    }

    fn described_files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.target.join(labels::FOLDER)).into_iter().flatten().flatten();
        let ours =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("described-"));
        files.map(|file| file.path()).filter(ours).collect()
    }

    /// What describes for the model that embeds images as the settings choose; `None` when no model is here that can.
    /// Hashes the files of models that it has not seen yet: not for async code.
    ///
    /// # Errors
    /// When a list of labels cannot be written.
    pub fn describer(&self, choices: &ModelChoices) -> Result<Option<Describer>> {
        let used = self.in_use(choices)?;
        let embeds = used.iter().find(|model| model.contract.parts().contains(&Part::Embedding));
        let Some(embeds) = embeds else { return Ok(None) };
        let Some((model, text)) = self.manifest.describer(&embeds.id) else { return Ok(None) };
        if self.sound(model).is_none() {
            return Ok(None);
        }
        let model = TextUse { file: model.file.clone(), contract: text.clone(), threads: 0 };
        Ok(Some(Describer { model, space: embeds.space() }))
    }
}
