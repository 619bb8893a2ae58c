//! What Graph tells of items (<https://learn.microsoft.com/graph/api/resources/driveitem>).

use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::rest::moment;
use crate::remote::{RemoteFile, Revision};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What is asked for of an item.
pub(super) const FIELDS: &str =
    "id,name,size,eTag,cTag,file,folder,package,remoteItem,deleted,parentReference,lastModifiedDateTime";

/// A file, a folder, or something else in one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub id: String,
    /// Not told of some that are gone.
    pub name: Option<String>,
    pub size: Option<u64>,
    pub e_tag: Option<String>,
    pub c_tag: Option<String>,
    pub file: Option<FileFacet>,
    pub folder: Option<FolderFacet>,
    /// A notebook.
    pub package: Option<IgnoredAny>,
    /// Shared from another drive.
    pub remote_item: Option<IgnoredAny>,
    pub deleted: Option<IgnoredAny>,
    pub parent_reference: Option<Parent>,
    pub last_modified_date_time: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FileFacet {
    pub hashes: Option<Hashes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Hashes {
    pub quick_xor_hash: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FolderFacet {
    /// How many items are directly in it.
    pub child_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parent {
    pub id: Option<String>,
    /// `personal`, or another of accounts of work and school.
    pub drive_type: Option<String>,
}

/// What names the state of a file in a drive. One drive always has the same: they are never equal to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tag {
    /// The `cTag`, which is another one when the content is.
    #[default]
    Content,
    /// The `eTag`: of drives of work and school, `delta` tells no other.
    Item,
}

/// A page of changes.
#[derive(Deserialize)]
pub(super) struct Page {
    pub value: Vec<Item>,
    #[serde(rename = "@odata.nextLink")]
    pub next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    pub delta: Option<String>,
}

impl Item {
    pub fn is_there(&self) -> bool {
        self.deleted.is_none()
    }

    pub fn parent(&self) -> Option<&str> {
        self.parent_reference.as_ref()?.id.as_deref()
    }

    /// What names the states in its drive, if that is told.
    pub fn tag(&self) -> Option<Tag> {
        let kind = self.parent_reference.as_ref()?.drive_type.as_deref()?;
        Some(if kind == "personal" { Tag::Content } else { Tag::Item })
    }

    /// Why it cannot be kept in step, if it cannot.
    pub fn is_no_file(&self) -> Option<&'static str> {
        match (&self.remote_item, &self.package, &self.file) {
            (Some(_), ..) => Some("it lies on somebody else's drive"),
            (_, Some(_), _) => Some("it is a notebook"),
            (_, _, None) => Some("it is no file"),
            _ => None,
        }
    }

    /// The file, which lies at a path; `None` if it is none, or nothing names its state.
    pub fn file_at(self, path: FilePath, tag: Tag) -> Option<RemoteFile> {
        let (None, Some(facet)) = (self.is_no_file(), &self.file) else { return None };
        let hash = facet.hashes.as_ref().and_then(|hashes| digest(hashes.quick_xor_hash.as_deref()?));
        let modified = self.last_modified_date_time.as_deref().and_then(moment);
        let tag = match tag {
            Tag::Content => self.c_tag,
            Tag::Item => self.e_tag,
        };
        let revision = Revision(tag?);
        Some(RemoteFile { path, id: Some(self.id), revision, size: self.size?, digest: hash, modified })
    }
}

/// Graph writes it in Base64.
fn digest(told: &str) -> Option<Digest> {
    let bytes = STANDARD.decode(told).ok()?;
    Some(Digest { kind: DigestKind::QuickXor, hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_graph_tells() {
        let check = |told: &str, tag: Tag, expected: Option<(&str, u64, Option<&str>)>| {
            let item: Item = serde_json::from_str(told).unwrap();
            let file = item.file_at(FilePath::parse("a.png").unwrap(), tag);
            let told = file.as_ref().map(|file| {
                (file.revision.0.as_str(), file.size, file.digest.as_ref().map(|digest| digest.hex.as_str()))
            });
            assert_eq!(told, expected);
        };
        let hashed = r#"{"id": "1", "name": "a.png", "size": 2, "eTag": "e", "cTag": "c",
                         "file": {"hashes": {"quickXorHash": "AQgAAAAAAAAAAAAAAgAAAAAAAAA="}}}"#;
        check(hashed, Tag::Content, Some(("c", 2, Some("0108000000000000000000000200000000000000"))));
        check(hashed, Tag::Item, Some(("e", 2, Some("0108000000000000000000000200000000000000"))));
        check(r#"{"id": "1", "size": 0, "eTag": "e", "file": {}}"#, Tag::Item, Some(("e", 0, None)));
        check(r#"{"id": "1", "size": 0, "eTag": "e", "file": {}}"#, Tag::Content, None);
        check(r#"{"id": "1", "size": 0, "cTag": "c", "folder": {}}"#, Tag::Content, None);
        check(r#"{"id": "1", "size": 0, "cTag": "c", "file": {}, "remoteItem": {"id": "2"}}"#, Tag::Content, None);
        check(r#"{"id": "1", "size": 0, "file": {}}"#, Tag::Content, None);
    }

    #[test]
    fn the_drive_tells_what_names_a_state() {
        let check = |told: &str, expected: Option<Tag>| {
            let item: Item = serde_json::from_str(told).unwrap();
            assert_eq!(item.tag(), expected, "{told}");
        };
        check(r#"{"id": "1", "parentReference": {"driveType": "personal"}}"#, Some(Tag::Content));
        check(r#"{"id": "1", "parentReference": {"driveType": "business"}}"#, Some(Tag::Item));
        check(r#"{"id": "1", "parentReference": {"driveType": "documentLibrary"}}"#, Some(Tag::Item));
        check(r#"{"id": "1", "parentReference": {"id": "2"}}"#, None);
        check(r#"{"id": "1"}"#, None);
    }
}
