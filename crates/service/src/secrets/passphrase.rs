//! The master key in a file, for machines without a keychain: sealed under a key that Argon2id makes of a passphrase (RFC 9106).

use super::NoSecret;
use super::seal::{KEY_BYTES, MasterKey};
use crate::limits::{MAX_KEY_FILE_BYTES, MIN_PASSPHRASE_CHARS};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Debug, Formatter};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// What the sealed key is named.
const NAME: &str = "master key";
/// What a new key costs to make of a passphrase: the second recommended option of RFC 9106, section 4.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// The most that a file may ask for: whoever can write to it must not make this program take all memory.
const MOST: Cost = Cost { memory_kib: 1024 * 1024, passes: 20, lanes: 16 };
/// How many bytes a salt has.
const SALT_BYTES: usize = 16;

/// What a person types. It is wiped when it is dropped, and not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Of a text; the end of its line does not count.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// The first line of a file.
    pub fn of_file(path: &Path) -> Result<Self, NoSecret> {
        let mut text = Zeroizing::new(String::new());
        let read = File::open(path).and_then(|file| file.take(MAX_KEY_FILE_BYTES).read_to_string(&mut text));
        read.map_err(|error| NoSecret::Failed(format!("{}: {error}", path.display())))?;
        Ok(Self::new(text.lines().next().unwrap_or_default()))
    }
}

impl Debug for Passphrase {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// What Argon2 is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The file. Bytes are in base64.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    version: u32,
    kdf: String,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    sealed: String,
}

/// Makes the file with a new master key. What is there is replaced.
pub fn make(path: &Path, passphrase: &Passphrase) -> Result<MasterKey, NoSecret> {
    if passphrase.0.chars().count() < MIN_PASSPHRASE_CHARS {
        return Err(NoSecret::ShortPassphrase);
    }
    let (key, salt) = (MasterKey::random(), rand::random::<[u8; SALT_BYTES]>());
    let sealed = stretched(passphrase, &salt, COST)?.seal(NAME, key.bytes());
    let file = KeyFile {
        version: 1,
        kdf: "argon2id".to_owned(),
        cost: COST,
        salt: BASE64_STANDARD.encode(salt),
        sealed: BASE64_STANDARD.encode(sealed),
    };
    let text = serde_json::to_string_pretty(&file).map_err(|error| NoSecret::Failed(error.to_string()))?;
    write_whole(path, text.as_bytes()).map_err(|error| NoSecret::Failed(format!("{}: {error}", path.display())))?;
    Ok(key)
}

/// Opens the file.
pub fn open(path: &Path, passphrase: &Passphrase) -> Result<MasterKey, NoSecret> {
    let failed = |error: &dyn fmt::Display| NoSecret::Failed(format!("{}: {error}", path.display()));
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_KEY_FILE_BYTES).read_to_string(&mut text));
    read.map_err(|error| failed(&error))?;
    let file: KeyFile = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    if file.version != 1 || file.kdf != "argon2id" {
        return Err(failed(&"it was made by a newer Legible"));
    }
    let bytes = |text: &str| BASE64_STANDARD.decode(text).map_err(|error| failed(&error));
    let (salt, sealed) = (bytes(&file.salt)?, bytes(&file.sealed)?);
    let opened = stretched(passphrase, &salt, file.cost)?.open(NAME, &sealed).ok_or(NoSecret::WrongPassphrase)?;
    MasterKey::of_bytes(&opened).ok_or_else(|| failed(&"there is no key in it"))
}

fn stretched(passphrase: &Passphrase, salt: &[u8], cost: Cost) -> Result<MasterKey, NoSecret> {
    let Cost { memory_kib, passes, lanes } = cost;
    if memory_kib > MOST.memory_kib || passes > MOST.passes || lanes > MOST.lanes {
        return Err(NoSecret::Failed("the key file asks for more memory or time than is taken".to_owned()));
    }
    let failed = |error: argon2::Error| NoSecret::Failed(format!("the key file: {error}"));
    let params = Params::new(memory_kib, passes, lanes, Some(KEY_BYTES)).map_err(failed)?;
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.0.as_bytes(), salt, &mut *key)
        .map_err(failed)?;
    MasterKey::of_bytes(&*key).ok_or_else(|| NoSecret::Failed("the key has another length".to_owned()))
}

/// Writes a file that only this user may read: whole or not at all, also when the power goes.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_opens_the_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("secrets.key");
        let passphrase = Passphrase::new("correct horse\n");
        let key = make(&path, &passphrase).unwrap();
        assert_eq!(open(&path, &Passphrase::new("correct horse")).unwrap().bytes(), key.bytes());
        assert!(matches!(open(&path, &Passphrase::new("Correct horse")), Err(NoSecret::WrongPassphrase)));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("correct horse") && !text.contains(key.to_text().as_str()), "{text}");
        assert!(text.contains("\"memory_kib\": 65536") && text.contains("\"passes\": 3"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let check = |from: &str, to: &str, expected: &str| {
            std::fs::write(&path, text.replace(from, to)).unwrap();
            let error = open(&path, &passphrase).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("\"passes\": 3", "\"passes\": 2", "that is not the passphrase");
        check("\"memory_kib\": 65536", "\"memory_kib\": 4000000000", "more memory or time");
        check("\"version\": 1", "\"version\": 2", "newer");
        check("{", "", "secrets.key");
    }

    #[test]
    fn a_new_passphrase_is_not_short_and_none_is_shown() {
        let home = tempfile::tempdir().unwrap();
        let short = make(&home.path().join("secrets.key"), &Passphrase::new("pässwör"));
        assert!(matches!(short, Err(NoSecret::ShortPassphrase)));
        assert_eq!(format!("{:?}", Passphrase::new("correct horse")), "Passphrase(..)");
    }

    #[test]
    fn a_passphrase_is_the_first_line_of_a_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("passphrase");
        std::fs::write(&path, "correct horse\r\nbattery\n").unwrap();
        assert_eq!(Passphrase::of_file(&path).unwrap(), Passphrase::new("correct horse"));
        assert!(matches!(Passphrase::of_file(home.path().join("none").as_path()), Err(NoSecret::Failed(_))));
    }
}
