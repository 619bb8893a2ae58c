//! Models that are here and pass for none, since their files are not what they should be or their labels cannot be written: told instead of passed over.

use super::ModelShelf;
use super::in_use::{AUTOMATIC, NONE, choice};
use crate::api::ModelChoices;
use legible_models::{RECOGNITION, State, labels};
use legible_reading::recognition::Part;
use std::path::Path;

/// A model whose files are not what they should be, or whose labels cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Its id.
    pub id: String,
    /// What is wrong with it and what to do, for a person.
    pub problem: String,
}

impl ModelShelf {
    /// The damaged ones of the models that see. Hashes the files of models that it has not seen yet: not for async code.
    pub fn damaged(&self) -> Vec<Damaged> {
        for model in self.manifest.models().iter().filter(|model| model.feature == RECOGNITION) {
            self.sound(model);
        }
        self.own_sound();
        self.put_all_labels();
        self.known_damaged()
    }

    /// As [`ModelShelf::damaged`], as far as it is known from sizes and from what was hashed before.
    pub fn known_damaged(&self) -> Vec<Damaged> {
        let mut damaged = Vec::new();
        for status in self.manifest.status(&self.dirs).into_iter().filter(|one| one.model.feature == RECOGNITION) {
            // Workers take the first file of that name.
            let first = self.first_file(status.model);
            let (path, problem) = match status.state {
                State::Missing => continue,
                State::Present(path) => match first.filter(|first| *first != path) {
                    Some(first) => {
                        let problem = format!("{} is damaged and hides {}", first.display(), path.display());
                        (first, problem)
                    }
                    None if !self.is_known_damaged(&path) => {
                        damaged.extend(self.unlisted(&status.model.id));
                        continue;
                    }
                    None => (path.clone(), format!("{} is damaged", path.display())),
                },
                State::Damaged { path, reason } => (path.clone(), format!("{}: {reason}", path.display())),
            };
            let id = status.model.id.clone();
            let advice = match &status.model.by_hand {
                // What is not ours is not written over.
                _ if !path.starts_with(&self.target) => "Delete it, or put the right file there".to_owned(),
                Some(_) => "Add its file again: `legible models add FILE`".to_owned(),
                None => format!("Install it again: `legible models install {id}`"),
            };
            damaged.push(Damaged { problem: format!("{problem}. {advice}."), id });
        }
        for entry in self.own() {
            let files = |model: &legible_models::own::OwnModel| [Some(model.file()), model.labels()];
            let is_damaged = |file: String| self.is_known_damaged(&self.target.join(file));
            let problem = match &entry.model {
                Ok(model) if files(model).into_iter().flatten().any(is_damaged) => {
                    "its files are not those that were added: remove it and add it again".to_owned()
                }
                Ok(_) => continue,
                Err(problem) => problem.clone(),
            };
            damaged.push(Damaged { problem, id: entry.id });
        }
        damaged
    }

    /// The models that do not look at photos and should: those that are damaged, and those that were chosen and are not here. Hashes
    /// the files of models that it has not seen yet: not for async code.
    pub fn wanting(&self, choices: &ModelChoices) -> Vec<String> {
        let mut wanting: Vec<String> = self.damaged().into_iter().map(|one| one.id).collect();
        let here = self.view(choices).models.into_iter().filter(|model| model.installed);
        let here: Vec<String> = here.map(|model| model.id).collect();
        for id in Part::SEEN.map(|part| choice(choices, part)) {
            let is_told = wanting.iter().chain(&here).any(|other| other == id);
            if !is_told && id != AUTOMATIC && id != NONE {
                wanting.push(id.to_owned());
            }
        }
        wanting
    }

    /// What is wrong with a model whose list of labels could not be written.
    fn unlisted(&self, id: &str) -> Option<Damaged> {
        let why = self.unwritten().get(id).cloned()?;
        let folder = self.target.join(labels::FOLDER);
        let advice = format!("See to it that Legible may write there, or delete {}", folder.display());
        Some(Damaged { id: id.to_owned(), problem: format!("its list of labels cannot be written: {why}. {advice}.") })
    }

    /// Whether the content of a file was looked into and is not what it should be.
    fn is_known_damaged(&self, path: &Path) -> bool {
        let seen = path.metadata().and_then(|metadata| Ok((path.to_path_buf(), metadata.len(), metadata.modified()?)));
        seen.is_ok_and(|seen| self.checked().get(&seen) == Some(&false))
    }
}
