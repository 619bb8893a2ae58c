//! Lasting problems of the whole program, each with its remedy.

use crate::api::{ErrorCode, Notice, Remedy, WireError};
use crate::places::Places;
use crate::service::Service;
use std::path::PathBuf;

/// All problems that hold now.
pub async fn notices(service: &Service) -> Vec<Notice> {
    let mut notices = Vec::new();
    let settings = match service.current_settings() {
        Ok(settings) => settings,
        Err(error) => return vec![Notice { error: error.to_wire(), remedy: None }],
    };
    if let [.., last] = damaged_databases(service.places()).as_slice() {
        let message = format!("The database was damaged. It is set aside as {}.", last.display());
        let error = WireError::new(ErrorCode::Database, message)
            .hint("Rebuild makes a new one from the files in your library folder. Nothing in the folder is lost.");
        notices.push(Notice { error, remedy: Some(Remedy::Rebuild) });
    }
    if let Some(error) = service.folder_trouble().await {
        notices.push(Notice { error, remedy: Some(Remedy::ChooseFolder) });
    }
    let missing = service.models_shelf().missing(&settings.engine);
    if !missing.is_empty() {
        let message = format!("Reading waits for its models: {}.", missing.join(", "));
        let error = WireError::new(ErrorCode::ModelMissing, message)
            .hint("Install them here, or run `legible models install`. New images wait until then.");
        notices.push(Notice { error, remedy: Some(Remedy::InstallModels) });
    }
    notices
}

/// Databases that were set aside and not yet rebuilt, the oldest first.
pub fn damaged_databases(places: &Places) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(&places.data) else { return Vec::new() };
    let is_damaged = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("legible.db.damaged-") && name.rsplit('-').next().is_some_and(|n| n.parse::<i64>().is_ok())
    };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_damaged).collect();
    found.sort();
    found
}

/// Puts set-aside databases away for good once the library was rebuilt: the notice goes, the files stay.
///
/// # Errors
/// When a file cannot be moved.
pub fn put_damaged_away(places: &Places) -> std::io::Result<()> {
    let away = places.data.join("set-aside");
    for path in damaged_databases(places) {
        std::fs::create_dir_all(&away)?;
        for side in ["", "-wal", "-shm"] {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(side);
            let from = path.with_file_name(&name);
            if from.exists() {
                std::fs::rename(from, away.join(name))?;
            }
        }
    }
    Ok(())
}
