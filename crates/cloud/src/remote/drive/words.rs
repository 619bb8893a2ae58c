//! What is asked of Drive and what it answers (<https://developers.google.com/workspace/drive/api/reference/rest/v3>).

use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::rest::moment;
use crate::remote::{RemoteFile, Revision};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// Where words are asked for, and where contents go up.
pub(super) const API: &str = "https://www.googleapis.com/drive/v3";
pub(super) const UPLOAD: &str = "https://www.googleapis.com/upload/drive/v3/files";
/// What is wanted to know of a file.
pub(super) const FIELDS: &str =
    "id,name,mimeType,parents,size,md5Checksum,headRevisionId,createdTime,modifiedTime,trashed";
/// How many files or changes one answer tells, at most.
pub(super) const PAGE: u32 = 1_000;
/// What Drive calls a folder.
pub(super) const FOLDER: &str = "application/vnd.google-apps.folder";
/// How the kinds begin that have no bytes: documents, links, folders.
const OF_GOOGLE: &str = "application/vnd.google-apps.";

/// What of a text is written in an address as it is (RFC 3986, section 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileWords {
    pub id: String,
    pub name: String,
    pub mime_type: String,
    #[serde(default)]
    pub parents: Vec<String>,
    /// In bytes, as a text.
    size: Option<String>,
    md5_checksum: Option<String>,
    pub head_revision_id: Option<String>,
    #[serde(default)]
    created_time: String,
    #[serde(default)]
    modified_time: String,
    /// Also of what lies in a folder that is in the trash.
    #[serde(default)]
    pub trashed: bool,
}

impl FileWords {
    pub fn is_folder(&self) -> bool {
        self.mime_type == FOLDER
    }

    /// Whether it has no bytes and holds no files: a document, a link.
    pub fn is_of_google(&self) -> bool {
        self.mime_type.starts_with(OF_GOOGLE) && !self.is_folder()
    }

    /// Its place among those of the same name: the oldest comes first.
    pub fn age(&self) -> (i64, &str) {
        (moment(&self.created_time).unwrap_or(i64::MAX), &self.id)
    }

    /// The file that it is; else why it cannot be kept in step.
    pub fn file(&self, path: FilePath) -> Result<RemoteFile, &'static str> {
        if self.mime_type.starts_with(OF_GOOGLE) {
            return Err("only Google's own programs can open it");
        }
        let size = self.size.as_ref().and_then(|size| size.parse().ok());
        let (Some(size), Some(md5), Some(revision)) = (size, &self.md5_checksum, &self.head_revision_id) else {
            return Err("Google Drive does not tell its content");
        };
        Ok(RemoteFile {
            path,
            id: Some(self.id.clone()),
            revision: Revision(revision.clone()),
            size,
            digest: Some(Digest { kind: DigestKind::Md5, hex: md5.to_ascii_lowercase() }),
            modified: moment(&self.modified_time),
        })
    }
}

/// A page of files.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Files {
    pub files: Vec<FileWords>,
    pub next_page_token: Option<String>,
    /// Drive did not look everywhere.
    #[serde(default)]
    pub incomplete_search: bool,
}

/// A page of changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangePage {
    pub changes: Vec<Change>,
    pub next_page_token: Option<String>,
    /// The mark after these, on the last page.
    pub new_start_page_token: Option<String>,
}

/// That a file is another now.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    /// None of what is not about a file.
    pub file_id: Option<String>,
    #[serde(default)]
    pub removed: bool,
    /// None when it was removed.
    pub file: Option<FileWords>,
}

impl Change {
    /// The file, if it is there and not in the trash.
    pub fn there(&self) -> Option<&FileWords> {
        self.file.as_ref().filter(|file| !self.removed && !file.trashed)
    }
}

/// The mark at which things are now.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StartToken {
    pub start_page_token: String,
}

/// Names that nothing has yet.
#[derive(Deserialize)]
pub(super) struct Ids {
    pub ids: Vec<String>,
}

/// The states that a file had, the oldest first.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Revisions {
    pub revisions: Vec<RevisionWords>,
    pub next_page_token: Option<String>,
}

/// A state that a file had.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RevisionWords {
    pub id: String,
    #[serde(default)]
    pub size: Option<String>,
    #[serde(default)]
    pub md5_checksum: Option<String>,
}

/// What a new file or folder is to be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewFile<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub parents: [&'a str; 1],
    pub mime_type: &'a str,
}

/// The address of something of a file.
pub(super) fn of_file(id: &str, more: &str) -> String {
    format!("{API}/files/{}{more}", encoded(id))
}

/// A part of an address.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// A text within a question (`q`).
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A file of three bytes, or a folder if its name ends with `/`, made at the second `made`.
    pub fn node(id: &str, name: &str, parent: &str, made: u32) -> FileWords {
        let folder = name.strip_suffix('/');
        let mut words = json!({
            "id": id, "name": folder.unwrap_or(name), "parents": [parent],
            "mimeType": if folder.is_some() { FOLDER } else { "image/png" },
            "createdTime": format!("2026-11-22T10:00:{made:02}.000Z"),
            "modifiedTime": "1970-01-01T00:00:01.500Z",
        });
        if folder.is_none() {
            words["size"] = json!("3");
            words["md5Checksum"] = json!("0CC1");
            words["headRevisionId"] = json!(format!("{id}-1"));
        }
        serde_json::from_value(words).unwrap()
    }

    #[test]
    fn files_are_told_with_their_state() {
        let file = node("i", "a.png", "root", 1).file(FilePath::parse("b/a.png").unwrap()).unwrap();
        assert_eq!((file.id.as_deref(), file.revision.0.as_str(), file.size), (Some("i"), "i-1", 3));
        assert_eq!((file.digest.unwrap().hex.as_str(), file.modified), ("0cc1", Some(1_500)));
    }

    #[test]
    fn what_has_no_bytes_is_no_file() {
        let check = |change: Value, expected: bool| {
            let mut words = json!({ "id": "i", "name": "a", "mimeType": "text/plain", "size": "0",
                "md5Checksum": "d4", "headRevisionId": "r" });
            for (key, value) in change.as_object().unwrap() {
                words[key] = value.clone();
            }
            let words: FileWords = serde_json::from_value(words).unwrap();
            assert_eq!(words.file(FilePath::parse("a").unwrap()).is_ok(), expected, "{change}");
        };
        check(json!({}), true);
        check(json!({ "mimeType": "application/vnd.google-apps.document" }), false);
        check(json!({ "mimeType": "application/vnd.google-apps.shortcut" }), false);
        check(json!({ "md5Checksum": null }), false);
        check(json!({ "size": null }), false);
        check(json!({ "headRevisionId": null }), false);
    }

    #[test]
    fn names_do_not_end_a_question() {
        assert_eq!(quoted("it's \\ 收"), r"'it\'s \\ 收'");
        assert_eq!(encoded("it's&x=收/"), "it%27s%26x%3D%E6%94%B6%2F");
    }
}
