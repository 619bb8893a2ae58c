//! The sources that come with the program: the screen, the clipboard, the camera. There is one of each; a person may change
//! them and switch them off, but not remove them.

use super::free_name;
use crate::error::Result;
use legible_sources::{ClipboardSpec, Filing, Kind, ScreenSpec, Source, SourceId, Spec, add, source_of_kind};
use rusqlite::Transaction;

/// The kinds of which there is always one.
pub const BUILT_IN: [Kind; 3] = [Kind::Screen, Kind::Clipboard, Kind::Camera];

/// Adds those that are not there yet. The watcher of the clipboard is off until it is switched on.
///
/// # Errors
/// When the database fails.
pub fn put_built_in(tx: &Transaction<'_>, now: i64) -> Result<()> {
    let all = [
        ("Screen", Spec::Screen(ScreenSpec { shortcut: None, copy: true }), true),
        ("Clipboard", Spec::Clipboard(ClipboardSpec::default()), false),
        ("Camera", Spec::Camera, true),
    ];
    for (name, spec, enabled) in all {
        if source_of_kind(tx, spec.kind())?.is_none() {
            let name = free_name(name, &legible_sources::names(tx)?);
            // Who captures the screen has no window in front that could show the text.
            let filing = Filing { notify: spec.kind() == Kind::Screen, ..Filing::default() };
            add(tx, &Source { id: SourceId(0), name, spec, filing, enabled, created_at: now })?;
        }
    }
    Ok(())
}
