//! Paths as text, for the database, the sidecars and the payloads of jobs, without losing names that are not Unicode.
//!
//! A Unicode path is its own text. Any other path is `raw:` and the hexadecimal digits of its native form; so is
//! a Unicode path that happens to start with `raw:`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

const RAW: &str = "raw:";
const DAMAGED: &str = "a path has damaged `raw:` digits";

/// The path as text.
pub fn to_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.starts_with(RAW) => text.to_owned(),
        _ => {
            let digits: String = native_bytes(path).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{RAW}{digits}")
        }
    }
}

/// The path that [`to_text`] wrote; `None` when the digits are damaged.
pub fn from_text(text: &str) -> Option<PathBuf> {
    let Some(digits) = text.strip_prefix(RAW) else { return Some(PathBuf::from(text)) };
    if digits.len() % 2 != 0 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect::<Option<_>>()?;
    native_path(bytes).map(PathBuf::from)
}

/// Serde for fields of one path that may be missing.
pub mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use std::path::PathBuf;

    /// Writes the path as text.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
        path.as_deref().map(super::to_text).serialize(to)
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    /// When the digits of the path are damaged.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        super::from_text(&text).map(Some).ok_or_else(|| de::Error::custom(super::DAMAGED))
    }
}

/// Serde for fields of one path.
pub mod as_one_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use std::path::{Path, PathBuf};

    /// Writes the path as text.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        super::to_text(path).serialize(to)
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    /// When the digits of the path are damaged.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        super::from_text(&String::deserialize(from)?).ok_or_else(|| de::Error::custom(super::DAMAGED))
    }
}

/// Serde for fields of several paths.
pub mod as_texts {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use std::path::PathBuf;

    /// Writes the paths as texts.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(paths.iter().map(|path| super::to_text(path)))
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    /// When the digits of a path are damaged.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let path = |text: &String| super::from_text(text).ok_or_else(|| de::Error::custom(super::DAMAGED));
        texts.iter().map(path).collect()
    }
}

#[cfg(unix)]
fn native_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
fn native_path(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes))
}

#[cfg(windows)]
fn native_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

#[cfg(windows)]
fn native_path(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::windows::ffi::OsStringExt;
    let wide: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    (bytes.len() % 2 == 0).then(|| OsString::from_wide(&wide))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn damaged_digits_are_no_path() {
        for text in ["raw:f", "raw:zz", "raw:é1", "raw:+1"] {
            assert_eq!(from_text(text), None, "{text}");
        }
        assert_eq!(from_text("a/b"), Some(PathBuf::from("a/b")));
    }

    #[cfg(unix)]
    proptest! {
        #[test]
        fn any_path_comes_back(bytes in proptest::collection::vec(1u8.., 0..40), raw in any::<bool>()) {
            let bytes = if raw { [RAW.as_bytes(), &bytes].concat() } else { bytes };
            let path = PathBuf::from(native_path(bytes).unwrap());
            prop_assert_eq!(from_text(&to_text(&path)), Some(path));
        }
    }
}
