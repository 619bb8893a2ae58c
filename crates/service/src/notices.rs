//! Lasting problems of the whole program, each with its remedy.

use crate::api::{ErrorCode, Notice, Remedy, WireError};
use crate::models::Damaged;
use crate::places::Places;
use crate::service::Service;
use legible_models::Model;
use std::path::PathBuf;

/// All problems that hold now.
pub async fn notices(service: &Service) -> Vec<Notice> {
    let mut notices = Vec::new();
    let folder_trouble = match service.current_settings() {
        Ok(_) => service.folder_trouble().await,
        Err(error) => {
            notices.push(Notice { error: error.to_wire(), remedy: Some(Remedy::ResetSettings) });
            None
        }
    };
    let engine = service.settings_or_defaults().engine;
    let looked = move |service: &Service| {
        let missing = service.models_shelf().missing(&engine);
        let missing = (!missing.is_empty()).then(|| models_missing("Reading waits for its models", &missing));
        Ok((damaged_databases(service.places()).pop(), missing, service.models_shelf().known_damaged()))
    };
    let (damaged, missing, models) = service.blocking(looked).await.unwrap_or_default();
    if let Some(aside) = damaged {
        let message = format!("The database was damaged. It is set aside as {}.", aside.display());
        let error = WireError::new(ErrorCode::Database, message).hint(
            "Rebuild makes a new one from the files in your library folder. Nothing in the folder is lost; reminders \
                 and schedules of your own were in the database and have to be set again.",
        );
        notices.push(Notice { error, remedy: Some(Remedy::Rebuild) });
    }
    notices.extend(folder_trouble);
    notices.extend(models.into_iter().map(|Damaged { id, problem }| {
        let message = format!("The model {id} does not look at photos: its files are damaged.");
        Notice { error: WireError::new(ErrorCode::ModelMissing, message).hint(problem), remedy: None }
    }));
    notices.extend(missing.map(|error| Notice { error, remedy: Some(Remedy::InstallModels) }));
    notices
}

/// What is told while models of the chosen engine are missing; `what` begins the message.
pub fn models_missing(what: &str, missing: &[&Model]) -> WireError {
    let list = |name: fn(&Model) -> &str| missing.iter().map(|model| name(model)).collect::<Vec<_>>();
    let (files, ids) = (list(|model| &model.file).join(", "), list(|model| &model.id).join(" "));
    WireError::new(ErrorCode::ModelMissing, format!("{what}: {files}."))
        .hint(format!("Install them in the settings, or run `legible models install {ids}`."))
}

/// The directories of databases that were set aside and not yet rebuilt, the oldest first.
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
        std::fs::rename(&path, away.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}
