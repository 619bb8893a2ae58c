//! Own models on the disk: added whole or not at all, listed, removed.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use legible_reading::recognition::contract::Contract;
use serde::{Deserialize, Serialize};

use super::draft::check_name;
use super::staged::{GOING, Staged, clear, sweep};
use super::{Candidate, Draft, FOLDER, LABELS, MODEL, OwnModel, RECORD, folder};
use crate::error::{Error, Result};
use crate::install::{LOCK, lock};
use crate::limits::{MAX_OWN_LABELS_BYTES, MAX_OWN_MODEL_BYTES, MAX_OWN_MODELS, MAX_OWN_TOML_BYTES};
use crate::manifest::Manifest;
use crate::staging::{copy_hashed, open_file};

/// What lies in the folder of own models under one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// The model, or why it cannot be used.
    pub model: Result<OwnModel, String>,
}

/// What is kept about an own model beside its files.
#[derive(Serialize, Deserialize)]
struct Record {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    licence: String,
    #[serde(default)]
    attribution: String,
    bytes: u64,
    sha256: String,
    labels_sha256: Option<String>,
    contract: Contract,
}

/// Why a check did not let a model pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What is wrong with it, and what to do.
    Wrong(String),
    /// Nobody waits for the check any more.
    Cancelled,
}

/// Copies the files of `draft` into the models directory `dir`, has the copies checked by `check`, and takes the model if that
/// says nothing against it. Until then nothing is seen of it, and what goes wrong leaves nothing behind. Others may add and
/// remove models while it is copied and checked.
///
/// # Errors
/// [`Error::Own`] when the name is taken, a file changed to something that cannot be taken, or `check` says what is wrong;
/// [`Error::Cancelled`] soon after `cancel` is set or when `check` says so; [`Error::Io`] when the disk says no.
pub fn add(
    manifest: &Manifest,
    draft: &Draft,
    dir: &Path,
    cancel: &AtomicBool,
    check: &mut dyn FnMut(&Candidate) -> Result<(), Refusal>,
) -> Result<OwnModel> {
    let wrong = |problem: String| Error::Own { path: draft.toml.clone(), problem };
    let id = &draft.id;
    if manifest.find(id).is_some() || manifest.pack(id).is_some() {
        return Err(wrong(format!("{id:?} is a model or a pack of Legible: choose another name")));
    }
    let all_own = dir.join(FOLDER);
    fs::create_dir_all(&all_own).map_err(Error::io("create", &all_own))?;
    let staged = {
        let _lock = lock(&dir.join(LOCK), cancel)?;
        sweep(&all_own);
        check_room(dir, draft)?;
        Staged::make(&all_own, id)?
    };
    let model = staged.join(MODEL);
    let (bytes, sha256) = copy_hashed(&draft.model, &model, MAX_OWN_MODEL_BYTES, cancel)?;
    let labels = draft.labels.as_ref().map(|from| {
        let to = staged.join(LABELS);
        copy_hashed(from, &to, MAX_OWN_LABELS_BYTES, cancel).map(|(_, sha256)| (to, sha256))
    });
    let labels = labels.transpose()?;
    let contract = Contract { labels: labels.as_ref().map(|_| LABELS.to_owned()), ..draft.contract.clone() };
    let labels_path = labels.as_ref().map(|(path, _)| path.as_path());
    check(&Candidate { contract: &contract, model: &model, labels: labels_path }).map_err(|refusal| match refusal {
        Refusal::Wrong(problem) => wrong(problem),
        Refusal::Cancelled => Error::Cancelled,
    })?;
    let record = Record {
        purpose: draft.purpose.clone(),
        licence: draft.licence.clone(),
        attribution: draft.attribution.clone(),
        bytes,
        sha256,
        labels_sha256: labels.map(|(_, sha256)| sha256),
        contract,
    };
    write_record(&record, &staged.join(RECORD))?;
    let _lock = lock(&dir.join(LOCK), cancel)?;
    // Another process may have brought one of that name meanwhile.
    check_room(dir, draft)?;
    staged.put(&folder(dir, id))?;
    // Makes the rename durable where directories can be synced (not on Windows).
    if let Ok(parent) = File::open(&all_own) {
        let _ = parent.sync_all();
    }
    Ok(record.model(id))
}

/// Refuses a model whose name is taken, or that is one too many.
fn check_room(dir: &Path, draft: &Draft) -> Result<()> {
    let wrong = |problem: String| Err(Error::Own { path: draft.toml.clone(), problem });
    let id = &draft.id;
    if fs::symlink_metadata(folder(dir, id)).is_ok() {
        let advice = format!("choose another name, or remove it first: `legible models remove {id}`");
        return wrong(format!("there is a model {id:?} of yours already: {advice}"));
    }
    if names(dir).map_err(Error::io("read", &dir.join(FOLDER)))?.len() >= MAX_OWN_MODELS {
        return wrong(format!("there are {MAX_OWN_MODELS} models of yours already: remove one first"));
    }
    Ok(())
}

/// Everything in the folder of own models, by name.
///
/// # Errors
/// [`Error::Io`] when the folder is there and cannot be read.
pub fn all(dir: &Path) -> Result<Vec<Entry>> {
    let names = names(dir).map_err(Error::io("read", &dir.join(FOLDER)))?;
    Ok(names.into_iter().map(|id| Entry { model: read(dir, &id), id }).collect())
}

/// Removes an own model; returns whether it was there.
///
/// # Errors
/// [`Error::Io`] when a file cannot be deleted. The model is gone all the same once its folder could be renamed.
pub fn remove(id: &str, dir: &Path) -> Result<bool> {
    let path = folder(dir, id);
    if check_name(id).is_err() || fs::symlink_metadata(&path).is_err() {
        return Ok(false);
    }
    let never = AtomicBool::new(false);
    let _lock = lock(&dir.join(LOCK), &never)?;
    sweep(&dir.join(FOLDER));
    let aside = dir.join(FOLDER).join(format!(".{id}.{GOING}"));
    match fs::rename(&path, &aside) {
        Ok(()) => clear(&aside).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("delete", &path)(error)),
    }
}

/// The names in the folder of own models, sorted; what is hidden is not finished, or half gone.
fn names(dir: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(dir.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry?.file_name().into_string()
            && check_name(&name).is_ok()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The model of this name, if its files look as they did when it was added.
fn read(dir: &Path, id: &str) -> Result<OwnModel, String> {
    let path = folder(dir, id);
    let again = "remove it and add it again";
    let mut text = String::new();
    let record = open_file(&path.join(RECORD)).and_then(|file| file.take(MAX_OWN_TOML_BYTES).read_to_string(&mut text));
    record.map_err(|error| format!("its {RECORD} cannot be read ({error}): {again}"))?;
    let record: Record = toml::from_str(&text)
        .map_err(|error| format!("its {RECORD} is of another version ({}): {again}", error.message()))?;
    record.contract.validate().map_err(|error| format!("{error}: {again}"))?;
    match fs::symlink_metadata(path.join(MODEL)) {
        Ok(meta) if meta.is_file() && meta.len() == record.bytes => {}
        Ok(_) => return Err(format!("its {MODEL} is not the one that was added: {again}")),
        Err(error) => return Err(format!("its {MODEL} cannot be read ({error}): {again}")),
    }
    if record.labels_sha256.is_some() && !path.join(LABELS).is_file() {
        return Err(format!("its {LABELS} is gone: {again}"));
    }
    Ok(record.model(id))
}

impl Record {
    fn model(self, id: &str) -> OwnModel {
        let Record { purpose, licence, attribution, bytes, sha256, labels_sha256, contract } = self;
        OwnModel { id: id.to_owned(), purpose, licence, attribution, bytes, sha256, labels_sha256, contract }
    }
}

fn write_record(record: &Record, path: &Path) -> Result<()> {
    let text = toml::to_string(record).map_err(io::Error::other);
    let write = |text: String| {
        let mut file = File::create(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    text.and_then(write).map_err(Error::io("write", path))
}
