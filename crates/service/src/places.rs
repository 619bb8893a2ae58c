//! Where things lie on this machine: database, settings, caches, models, the default library folder.

use crate::error::{Error, Result};
use crate::private;
use directories::{ProjectDirs, UserDirs};
use std::path::{Path, PathBuf};

/// Overrides all places at once; for portable use and for tests.
pub const HOME_VARIABLE: &str = "LEGIBLE_HOME";

/// A directory with model files that is searched first.
pub const MODELS_VARIABLE: &str = "LEGIBLE_MODELS_DIR";

/// The directories Legible uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Database and installed models.
    pub data: PathBuf,
    /// The settings file.
    pub config: PathBuf,
    /// Thumbnails and previews; may be deleted at any time.
    pub cache: PathBuf,
    /// The library folder, unless the settings name another one.
    pub default_library: PathBuf,
    /// Directories that are searched for models, in this order. Models are installed into `data/models`.
    pub models: Vec<PathBuf>,
}

impl Places {
    /// The places of this user, or below `LEGIBLE_HOME` where that is set.
    /// `bundled_models` is the resource directory of an installed app.
    ///
    /// Returns `None` when the system knows no home directory.
    pub fn of_this_user(bundled_models: Option<&Path>) -> Option<Self> {
        let models_variable = std::env::var_os(MODELS_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
        let mut places = match std::env::var_os(HOME_VARIABLE).filter(|v| !v.is_empty()) {
            Some(home) => Self::below(Path::new(&home)),
            None => {
                let dirs = ProjectDirs::from("app", "Legible", "Legible")?;
                let user = UserDirs::new()?;
                let pictures = user.picture_dir().map_or_else(|| user.home_dir().join("Pictures"), Path::to_path_buf);
                Places {
                    data: dirs.data_local_dir().to_path_buf(),
                    config: dirs.config_dir().to_path_buf(),
                    cache: dirs.cache_dir().to_path_buf(),
                    default_library: pictures.join("Legible"),
                    models: vec![dirs.data_local_dir().join("models")],
                }
            }
        };
        places.models.splice(0..0, models_variable);
        places.models.extend(bundled_models.map(Path::to_path_buf));
        Some(places)
    }

    /// All places below one directory.
    pub fn below(home: &Path) -> Self {
        Places {
            data: home.join("data"),
            config: home.join("config"),
            cache: home.join("cache"),
            default_library: home.join("library"),
            models: vec![home.join("data").join("models")],
        }
    }

    /// Makes the directories of data and cache, which are for this user's eyes only.
    ///
    /// # Errors
    /// When one cannot be made.
    pub fn make(&self) -> Result<()> {
        for path in [&self.data, &self.cache] {
            private::make_directory(path).map_err(|error| Error::File { path: path.clone(), error })?;
        }
        Ok(())
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.data.join("legible.db")
    }

    /// Where the texts lie that go to the storage of this number as Markdown files.
    pub fn texts_for(&self, storage: i64) -> PathBuf {
        self.data.join("texts").join(storage.to_string())
    }

    /// Where `models install` puts models.
    pub fn models_target(&self) -> PathBuf {
        self.data.join("models")
    }
}
