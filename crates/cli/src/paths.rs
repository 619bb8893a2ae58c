//! Paths as the service needs them: named from the root, for it runs in another directory than the person's shell.

use legible_service::api::{Rule, Trigger};
use legible_service::path_text;
use std::path::Path;

/// A rule whose folder, if it waits for one, is named from the root.
///
/// # Errors
/// When the directory of this process is gone.
pub fn in_full(mut rule: Rule) -> anyhow::Result<Rule> {
    if let Rule::On { trigger: Trigger::FolderChanged { path, .. } } = &mut rule {
        *path = whole_path(Path::new(&*path))?;
    }
    Ok(rule)
}

/// The text of a path from the root.
///
/// # Errors
/// When the directory of this process is gone.
pub fn whole_path(path: &Path) -> anyhow::Result<String> {
    Ok(path_text(&std::path::absolute(path)?))
}
