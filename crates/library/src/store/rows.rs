//! Items between their type and their row.

use crate::error::{Error, Result};
use crate::hash::ContentHash;
use crate::item::{ImageFacts, ItemId, ItemSummary, OriginKind, Placement, Problem};
use legible_paths as paths;
use rusqlite::Row;

/// The columns that `summary` reads, in its order. The table must be called `item`.
pub(super) const SUMMARY_COLUMNS: &str = "item.id, item.hash, item.name, item.size, item.managed, item.path, item.added_at, \
     item.trashed_at, item.width, item.height, item.format, item.taken_at, item.camera, item.problem_code, \
     item.problem_message, item.problem_hint, item.has_reading, item.text_len, item.reads, item.missing_at, \
     item.taken_offset, item.latitude, item.longitude";

/// The item in a row of `SUMMARY_COLUMNS`.
pub(super) fn summary(row: &Row<'_>) -> Result<ItemSummary> {
    let facts = match (row.get(8)?, row.get(9)?, row.get(10)?) {
        (Some(width), Some(height), Some(format)) => Some(ImageFacts {
            width,
            height,
            format,
            taken_at: row.get(11)?,
            taken_offset: row.get(20)?,
            camera: row.get(12)?,
            latitude: row.get(21)?,
            longitude: row.get(22)?,
        }),
        _ => None,
    };
    let problem = match (row.get(13)?, row.get(14)?, row.get(15)?) {
        (Some(code), Some(message), Some(hint)) => Some(Problem { code, message, hint }),
        _ => None,
    };
    Ok(ItemSummary {
        id: ItemId(row.get(0)?),
        hash: hash(&row.get::<_, String>(1)?)?,
        name: row.get(2)?,
        size: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        placement: placement(row.get(4)?, &row.get::<_, String>(5)?)?,
        added_at: row.get(6)?,
        trashed_at: row.get(7)?,
        facts,
        problem,
        has_reading: row.get(16)?,
        text_len: count(row, 17)?,
        reads: row.get(18)?,
        missing_at: row.get(19)?,
    })
}

/// The condition that more of an item was kept than its text.
pub(super) const HAS_ORIGINAL: &str = "(managed OR path <> '')";

/// A column that counts something.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    Ok(usize::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

pub(super) fn hash(text: &str) -> Result<ContentHash> {
    ContentHash::parse(text).map_err(|e| Error::Damaged { what: "content hash", detail: e.to_string() })
}

pub(super) fn placement(managed: bool, path: &str) -> Result<Placement> {
    if !managed && path.is_empty() {
        return Ok(Placement::TextOnly);
    }
    let path = paths::from_text(path).ok_or_else(|| Error::Damaged { what: "path", detail: path.to_owned() })?;
    Ok(if managed { Placement::Managed { path } } else { Placement::Referenced { path } })
}

/// Whether it is managed, and the path as text.
pub(super) fn placement_columns(placement: &Placement) -> (bool, String) {
    match placement {
        Placement::Managed { path } => (true, paths::to_text(path)),
        Placement::Referenced { path } => (false, paths::to_text(path)),
        Placement::TextOnly => (false, String::new()),
    }
}

pub(super) fn kind_text(kind: OriginKind) -> &'static str {
    match kind {
        OriginKind::Drop => "drop",
        OriginKind::Paste => "paste",
        OriginKind::Dialog => "dialog",
        OriginKind::Cli => "cli",
        OriginKind::Rebuild => "rebuild",
        OriginKind::Folder => "folder",
        OriginKind::Web => "web",
        OriginKind::Screen => "screen",
        OriginKind::Clipboard => "clipboard",
        OriginKind::Camera => "camera",
        OriginKind::Remote => "remote",
    }
}

pub(super) fn kind_of(text: &str) -> Result<OriginKind> {
    Ok(match text {
        "drop" => OriginKind::Drop,
        "paste" => OriginKind::Paste,
        "dialog" => OriginKind::Dialog,
        "cli" => OriginKind::Cli,
        "rebuild" => OriginKind::Rebuild,
        "folder" => OriginKind::Folder,
        "web" => OriginKind::Web,
        "screen" => OriginKind::Screen,
        "clipboard" => OriginKind::Clipboard,
        "camera" => OriginKind::Camera,
        "remote" => OriginKind::Remote,
        other => return Err(Error::Damaged { what: "origin", detail: format!("unknown kind {other:?}") }),
    })
}
