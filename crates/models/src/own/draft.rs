//! What a person wrote about a model of their own: a contract, and above it what only this program needs to know.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use legible_reading::recognition::contract::Contract;
use toml::{Table, Value};

use super::WORDS;
use crate::error::{Error, Result};
use crate::limits::{MAX_OWN_LABELS_BYTES, MAX_OWN_MODEL_BYTES, MAX_OWN_NAME, MAX_OWN_TEXT, MAX_OWN_TOML_BYTES};
use crate::staging::open_file;

/// Names that Windows keeps for devices, whatever follows a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A model that a person wants to add, read and understood, its files not yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub(super) toml: PathBuf,
    pub(super) id: String,
    pub(super) purpose: String,
    pub(super) licence: String,
    pub(super) attribution: String,
    pub(super) contract: Contract,
    pub(super) model: PathBuf,
    pub(super) labels: Option<PathBuf>,
}

impl Draft {
    /// Reads the TOML at `path` and looks for the files that it names, which lie beside it. It is a [`Contract`] that may have
    /// these lines before its tables: `model`, the ONNX file (else it is called like the TOML); `name`, what the model is
    /// called (else like the TOML too); and, for people, `purpose`, `licence` and `attribution`.
    ///
    /// # Errors
    /// [`Error::Own`] says which file is wrong, and what to do.
    pub fn read(path: &Path) -> Result<Self> {
        let wrong = |problem: String| Error::Own { path: path.to_path_buf(), problem };
        let mut table: Table =
            text(path)?.parse().map_err(|error: toml::de::Error| wrong(format!("it is no TOML: {error}")))?;
        let mut line = |key: &str| taken(&mut table, key).map_err(wrong);
        let (name, file) = (line("name")?, line("model")?);
        let (purpose, licence, attribution) = (line("purpose")?, line("licence")?, line("attribution")?);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let id = name.unwrap_or_else(|| stem.clone());
        check_name(&id).map_err(wrong)?;
        let contract: Contract = Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| wrong(format!("it is no contract: {}", error.to_string().trim_end())))?;
        contract.validate().map_err(|error| wrong(error.to_string()))?;
        let beside = |file: &str, most: u64| beside(path, file, most);
        let like_the_toml = format!("{stem}.onnx");
        if file.is_none() && !path.with_file_name(&like_the_toml).exists() {
            let line = "add a line such as model = \"model.onnx\" at its top";
            return Err(wrong(format!("there is no {like_the_toml} beside it: put the model there, or {line}")));
        }
        Ok(Draft {
            model: beside(file.as_deref().unwrap_or(&like_the_toml), MAX_OWN_MODEL_BYTES)?,
            labels: contract.labels.as_deref().map(|file| beside(file, MAX_OWN_LABELS_BYTES)).transpose()?,
            toml: path.to_path_buf(),
            id,
            purpose: purpose.unwrap_or_default(),
            licence: licence.unwrap_or_default(),
            attribution: attribution.unwrap_or_default(),
            contract,
        })
    }

    /// What the model is to be called.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The text of the TOML, if it is a file of a size that a TOML has.
fn text(path: &Path) -> Result<String> {
    let wrong = |problem: String| Error::Own { path: path.to_path_buf(), problem };
    let meta = fs::metadata(path).map_err(Error::io("read", path))?;
    if !meta.is_file() {
        return Err(wrong("it is not a file".into()));
    }
    let mut bytes = Vec::new();
    let read = open_file(path).and_then(|file| file.take(MAX_OWN_TOML_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(Error::io("read", path))?;
    if bytes.len() as u64 > MAX_OWN_TOML_BYTES {
        return Err(wrong(format!("it has more than {MAX_OWN_TOML_BYTES} bytes, which is too much for a TOML")));
    }
    String::from_utf8(bytes).map_err(|_| wrong("it is not text in UTF-8: save it as such".into()))
}

/// Takes a line of text out of the table.
fn taken(table: &mut Table, key: &str) -> Result<Option<String>, String> {
    match table.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= MAX_OWN_TEXT && !text.chars().any(char::is_control) => {
            Ok(Some(text))
        }
        Some(Value::String(_)) => Err(format!("{key} must be one line of at most {MAX_OWN_TEXT} characters")),
        Some(_) => Err(format!("{key} must be a text in quotes")),
    }
}

/// A name is a folder on any system and a word on the command line.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let form = !name.is_empty() && name.len() <= MAX_OWN_NAME && name.chars().all(plain);
    let ends = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && !name.ends_with('.');
    if !form || !ends {
        return Err(format!(
            "{name:?} cannot be the name of a model: add a line such as name = \"my-model\" at the top, of at most \
             {MAX_OWN_NAME} small letters, digits, and - _ . between them"
        ));
    }
    let first = name.split('.').next().unwrap_or_default();
    let port = (first.starts_with("com") || first.starts_with("lpt")) && first.len() == 4;
    if WORDS.contains(&name) || DEVICES.contains(&first) || (port && first.ends_with(|c: char| c.is_ascii_digit())) {
        return Err(format!("{name:?} stands for something else: choose another name"));
    }
    Ok(())
}

/// The path of a file beside the TOML, if it is a file and not too large. What is a link might be a file of anyone's.
fn beside(toml: &Path, name: &str, most: u64) -> Result<PathBuf> {
    let wrong = |path: &Path, problem: String| Error::Own { path: path.to_path_buf(), problem };
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', ':', '\0']) {
        let problem = format!("{name:?} is not the name of a file beside it, without a folder");
        return Err(wrong(toml, problem));
    }
    let path = toml.with_file_name(name);
    let meta = fs::symlink_metadata(&path).map_err(Error::io("read", &path))?;
    if meta.is_symlink() {
        return Err(wrong(&path, "it is a link: put the file itself there".into()));
    }
    if !meta.is_file() {
        return Err(wrong(&path, "it is not a file".into()));
    }
    if meta.len() == 0 {
        return Err(wrong(&path, "it is empty".into()));
    }
    if meta.len() > most {
        let (has, most) = (meta.len().div_ceil(1 << 20), most >> 20);
        return Err(wrong(&path, format!("it has {has} MB, and {most} MB is the most")));
    }
    Ok(path)
}
