//! Which models look at photos: for each part of what they see one, the best that is here unless the person chose another.

use super::{ModelShelf, Vocabulary};
use crate::api::ModelChoices;
use legible_models::{Model, RECOGNITION, labels, own::OwnModel};
use legible_reading::recognition::Part;
use legible_reading::recognition::contract::{Contract, Outputs, Sees};
use legible_vision::recognise::models::ModelUse;
use std::borrow::Cow;
use std::path::PathBuf;

/// The choice that leaves it to the program: the best model that is here.
pub const AUTOMATIC: &str = "automatic";

/// The choice that no model looks for a part.
pub const NONE: &str = "none";

/// How many digits of a file's SHA-256 tell it from others.
const VERSION_DIGITS: usize = 12;

/// A model that is here and could look at photos.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    pub(super) id: &'a str,
    /// Of those that nobody chose, one of the highest is used; `None` for one that is used only when it was chosen.
    rank: Option<u32>,
    file: String,
    labels: Option<String>,
    directions: Option<String>,
    contract: Cow<'a, Contract>,
    pub(super) version: String,
}

impl ModelShelf {
    /// The models to look at photos with now, in the order of [`Part::SEEN`]: what the `recognise` job asks with. Puts the lists
    /// of labels in place that they need; one whose list cannot be written is left out, and told among the damaged ones.
    /// Hashes the files of models that it has not seen yet: not for async code.
    pub fn in_use(&self, choices: &ModelChoices) -> Vec<ModelUse> {
        let own = self.own_sound();
        let described =
            |model: &Model| self.vocabulary(model, choices).filter(|vocabulary| self.is_described(vocabulary));
        let mut candidates = self.candidates(&own, &described);
        loop {
            let used: Vec<ModelUse> =
                chosen(&candidates, choices).iter().map(|(candidate, parts)| candidate.for_parts(parts)).collect();
            let Some(unusable) = used.iter().find(|model| !self.puts_labels(&model.id, model.labels.as_deref())) else {
                return used;
            };
            // Another may look in its place.
            candidates.retain(|candidate| candidate.id != unusable.id);
        }
    }

    /// Puts the lists of labels in place of all models that are here: which of them cannot be written is known then.
    pub(super) fn put_all_labels(&self) {
        for candidate in self.candidates(&[], &|_| None) {
            self.puts_labels(candidate.id, candidate.labels.as_deref());
        }
    }

    /// Puts the list of labels in place that a model needs, if it is one of ours; tells whether that could be done.
    fn puts_labels(&self, id: &str, list: Option<&str>) -> bool {
        let Some(name) = list.and_then(|list| list.strip_prefix(labels::FOLDER)?.strip_prefix('/')) else {
            return true;
        };
        let put = labels::put(name, &self.target);
        let mut unwritten = self.unwritten();
        match put {
            Ok(_) => {
                unwritten.remove(id);
                true
            }
            Err(error) => {
                if unwritten.insert(id.to_owned(), error.to_string()).is_none() {
                    tracing::warn!(model = id, "does not look, since its list of labels cannot be written: {error}");
                }
                false
            }
        }
    }

    /// The models that are here, sound and not switched off. `vocabulary` is that of a model whose labels are descriptions.
    pub(super) fn candidates<'a>(
        &'a self,
        own: &'a [OwnModel],
        vocabulary: &dyn Fn(&Model) -> Option<Vocabulary>,
    ) -> Vec<Candidate<'a>> {
        let known = self.manifest.models().iter().filter(|model| model.feature == RECOGNITION);
        let known = known.filter(|model| self.is_usable(model));
        let known = known.filter_map(|model| Some(of_known(model)?.described_by(vocabulary(model).as_ref())));
        let off = self.switched_off();
        let all = known.chain(own.iter().map(of_own));
        all.filter(|one| off.why(one.id, &one.version).is_none()).collect()
    }

    /// Whether a model is here and sound, and a worker that looks for its file finds that one.
    pub(super) fn is_usable(&self, model: &Model) -> bool {
        self.sound(model).is_some_and(|path| self.first_file(model) == Some(path))
    }

    /// The file that a worker finds which looks for the model's: the first of that name.
    pub(super) fn first_file(&self, model: &Model) -> Option<PathBuf> {
        self.dirs.iter().map(|dir| dir.join(&model.file)).find(|path| path.is_file())
    }
}

pub(super) fn of_known(model: &Model) -> Option<Candidate<'_>> {
    let contract = model.contract.as_ref()?;
    let list = contract.labels.as_deref();
    Some(Candidate {
        id: &model.id,
        rank: Some(model.rank),
        file: model.file.clone(),
        labels: list.map(|name| format!("{}/{name}", labels::FOLDER)),
        directions: None,
        contract: Cow::Borrowed(contract),
        // The files of a vocabulary tell it from others by their names.
        version: version(
            &model.sha256,
            list.filter(|_| contract.outputs.described.is_none()).and_then(labels::version).as_deref(),
        ),
    })
}

pub(super) fn of_own(model: &OwnModel) -> Candidate<'_> {
    Candidate {
        id: &model.id,
        rank: None,
        file: model.file(),
        labels: model.labels(),
        directions: None,
        contract: Cow::Borrowed(&model.contract),
        version: version(&model.sha256, model.labels_sha256.as_deref()),
    }
}

fn version(model: &str, labels: Option<&str>) -> String {
    let model: String = model.chars().take(VERSION_DIGITS).collect();
    match labels {
        Some(labels) => format!("{model}-{}", labels.chars().take(8).collect::<String>()),
        None => model,
    }
}

/// The models that are used, each with the parts that it is used for, in the order of [`Part::SEEN`].
pub(super) fn chosen<'a>(
    candidates: &'a [Candidate<'a>],
    choices: &ModelChoices,
) -> Vec<(&'a Candidate<'a>, Vec<Part>)> {
    let mut used: Vec<(&Candidate, Vec<Part>)> = Vec::new();
    for part in Part::SEEN {
        let Some(candidate) = of_part(candidates, part, choice(choices, part)) else { continue };
        match used.iter_mut().find(|(other, _)| other.id == candidate.id) {
            Some((_, parts)) => parts.push(part),
            None => used.push((candidate, vec![part])),
        }
    }
    used
}

fn of_part<'a>(candidates: &'a [Candidate<'a>], part: Part, choice: &str) -> Option<&'a Candidate<'a>> {
    if choice == NONE {
        return None;
    }
    let makers = || candidates.iter().filter(|candidate| candidate.contract.parts().contains(&part));
    let ranked = || makers().filter(|candidate| candidate.rank.is_some());
    // The first of equals, in the order of the manifest: `max_by_key` takes the last.
    makers().find(|candidate| candidate.id == choice).or_else(|| ranked().rev().max_by_key(|candidate| candidate.rank))
}

/// What was chosen for a part.
pub(crate) fn choice(choices: &ModelChoices, part: Part) -> &str {
    match part {
        Part::Labels => &choices.labels,
        Part::Objects => &choices.objects,
        Part::Faces => &choices.faces,
        Part::Embedding => &choices.embedding,
        Part::Codes | Part::Colours | Part::Hash | Part::Kind | Part::Unknown => NONE,
    }
}

/// The contract of a model of which nothing but the embedding is used.
fn embedding_alone(whole: &Contract) -> Contract {
    Contract {
        part: Sees::Embedding,
        labels: None,
        outputs: Outputs { embedding: whole.outputs.embedding.clone(), ..Outputs::default() },
        threshold: None,
        nms: None,
        most: None,
        input: whole.input.clone(),
    }
}

impl Candidate<'_> {
    /// The same with a vocabulary, if its labels are descriptions: without one it can but embed.
    pub(super) fn described_by(self, vocabulary: Option<&Vocabulary>) -> Self {
        if self.contract.outputs.described.is_none() {
            return self;
        }
        match vocabulary {
            Some(vocabulary) => {
                Candidate { labels: Some(vocabulary.labels()), directions: Some(vocabulary.directions()), ..self }
            }
            None => Candidate { labels: None, contract: Cow::Owned(embedding_alone(&self.contract)), ..self },
        }
    }

    /// The model as it is run for these parts alone: what another model is used for it does not make.
    fn for_parts(&self, parts: &[Part]) -> ModelUse {
        let whole = self.contract.clone().into_owned();
        let of_main = parts.contains(&whole.part.part());
        let embedding = whole.outputs.embedding.clone().filter(|_| parts.contains(&Part::Embedding));
        let contract = match of_main {
            true => Contract { outputs: Outputs { embedding, ..whole.outputs }, ..whole },
            false => embedding_alone(&whole),
        };
        let labels = self.labels.clone().filter(|_| contract.labels.is_some());
        let directions = self.directions.clone().filter(|_| contract.outputs.described.is_some());
        ModelUse {
            id: self.id.to_owned(),
            file: self.file.clone(),
            labels,
            directions,
            contract,
            version: self.version.clone(),
        }
    }
}
