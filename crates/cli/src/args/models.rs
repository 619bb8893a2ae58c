//! Options of `models`.

use super::Print;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// Options of `models`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Models {
    /// What to do; without it, list them.
    #[command(subcommand)]
    pub verb: Option<ModelsVerb>,
    /// How to print them.
    #[command(flatten)]
    pub print: Print,
}

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelsVerb {
    /// List all packs and models: whether they are here, size, licence, what they are for
    List(Print),
    /// Install models and packs: those named, or the default models that are missing
    Install {
        /// Names of models and packs
        ids: Vec<String>,
    },
    /// Remove models, the models of packs, or models of your own
    Remove {
        /// Names of models and packs
        #[arg(required = true)]
        ids: Vec<String>,
        /// Forget what they saw, in the library and its sidecars; this cannot be undone
        #[arg(long)]
        forget: bool,
    },
    /// Forget what models saw in all images, in the library and its sidecars, and have none look for it any more; this cannot be
    /// undone
    Forget {
        /// What to forget
        #[arg(required = true)]
        parts: Vec<Seen>,
        /// Do it; else it is only said what would be done
        #[arg(long)]
        yes: bool,
    },
    /// Check the content of all installed models
    Verify,
    /// Add models from files: those that Legible knows by their content, or a model of your own by its TOML
    Add {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Have models of your own look from now on
        #[arg(long = "use")]
        look: bool,
    },
    /// Have a model look again that was switched off because it failed on photo after photo
    On {
        /// Name of the model
        id: String,
    },
    /// Choose the model that looks for something in photos
    Use {
        /// What it looks for
        part: Seen,
        /// Name of the model; automatic: the best that is installed; none: none looks for it
        model: String,
    },
}

/// What models see in photos.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Seen {
    /// What a photo shows as a whole
    Labels,
    /// Things in it
    Objects,
    /// Faces in it
    Faces,
    /// What finds similar photos
    Embedding,
}

impl Seen {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Seen::Labels => "labels",
            Seen::Objects => "objects",
            Seen::Faces => "faces",
            Seen::Embedding => "embedding",
        }
    }
}
