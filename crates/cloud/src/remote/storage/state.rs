//! How the state of a file is named, and what a storage tells of its content.

use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::{RemoteFile, Revision};
use http::{HeaderMap, header};
use opendal::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

/// The file that a storage tells of. `raw` is its name there.
pub(super) fn file(path: FilePath, raw: &str, metadata: &Metadata, etags_are_md5: bool) -> RemoteFile {
    let size = metadata.content_length();
    let changed = metadata.last_modified().map(SystemTime::from);
    let since = changed.and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    let etag = metadata.etag().map(normal).filter(|etag| !etag.is_empty());
    let revision = match etag {
        Some(etag) => etag.to_owned(),
        None => format!("{}-{size}", since.map_or(0, |since| since.as_nanos())),
    };
    RemoteFile {
        id: (raw != path.as_str()).then(|| raw.to_owned()),
        path,
        revision: Revision(revision),
        size,
        digest: etag.filter(|_| etags_are_md5).and_then(md5),
        modified: since.and_then(|since| i64::try_from(since.as_millis()).ok()),
    }
}

/// An entity tag without quotes and without the mark of a weak one: some servers write it so in one place and not in another.
pub(super) fn normal(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

/// The state that a server tells of what it took (RFC 9110, section 9.3.4).
pub(super) fn told(headers: &HeaderMap) -> Option<Revision> {
    let etag = headers.get(header::ETAG)?.to_str().ok().map(normal);
    etag.filter(|etag| !etag.is_empty()).map(|etag| Revision(etag.to_owned()))
}

/// A revision as an entity tag of a request (RFC 9110, section 8.8.3).
pub(super) fn quoted(revision: &Revision) -> String {
    format!("\"{}\"", revision.0)
}

/// The MD5 hash that an entity tag is, where it is one: of what was put in several parts it is none.
pub(super) fn md5(etag: &str) -> Option<Digest> {
    let is_one = etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| Digest { kind: DigestKind::Md5, hex: etag.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use opendal::MetadataBuilder;

    #[test]
    fn one_state_has_one_name() {
        let check = |etag: &str| assert_eq!(normal(etag), "5f-1", "{etag}");
        check("\"5f-1\"");
        check("5f-1");
        check("W/\"5f-1\"");
        check(" \"5f-1\" ");
        assert_eq!(quoted(&Revision("5f-1".to_owned())), "\"5f-1\"");
    }

    #[test]
    fn only_what_can_be_a_hash_is_one() {
        let check = |etag: &str, expected: Option<&str>| {
            assert_eq!(md5(etag).map(|digest| digest.hex), expected.map(str::to_owned), "{etag}");
        };
        check("D41D8CD98F00B204E9800998ECF8427E", Some("d41d8cd98f00b204e9800998ecf8427e"));
        check("d41d8cd98f00b204e9800998ecf8427e-2", None);
        check("d41d8cd98f00b204e9800998ecf8427-", None);
        check("12-34", None);
    }

    #[test]
    fn files_without_a_tag_are_told_by_time_and_size() {
        let told = |etag: &str| {
            let mut told = MetadataBuilder::file(12);
            told.last_modified(SystemTime::UNIX_EPOCH.try_into().unwrap()).etag(etag);
            told.build()
        };
        let made = file(FilePath::parse("a.png").unwrap(), "a.png", &told(""), true);
        assert_eq!((made.revision.0.as_str(), made.size, made.digest, made.id), ("0-12", 12, None, None));
        let told = told("\"d41d8cd98f00b204e9800998ecf8427e\"");
        let check = |etags_are_md5: bool, expected: bool| {
            let made = file(FilePath::parse("é.png").unwrap(), "e\u{301}.png", &told, etags_are_md5);
            assert_eq!((made.digest.is_some(), made.id.as_deref()), (expected, Some("e\u{301}.png")));
            assert_eq!(made.revision.0, "d41d8cd98f00b204e9800998ecf8427e");
        };
        check(true, true);
        check(false, false);
    }
}
