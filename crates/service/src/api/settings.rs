//! What a person can set.

use super::{Hours, Provider};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// The folder that holds the images, absolute.
    pub library_folder: String,
    /// What happens to dropped files.
    pub keep: Keep,
    /// The engine that reads text: `ppocr` or `ocrs`.
    pub engine: String,
    /// Which models look at photos.
    pub models: ModelChoices,
    /// What is told by notifications and pushes.
    pub notify: Notify,
    /// When only reminders are told; everything else waits for the end of these hours.
    pub quiet_hours: Option<Hours>,
    /// Where notifications are sent besides this screen.
    pub push: Push,
    /// What closing the window means.
    pub window_close: WindowClose,
    /// Start when the person logs in.
    pub start_at_login: bool,
    /// Whether a start at login shows no window.
    pub start_hidden: bool,
    /// How providers of cloud storage know this program, where that is not left to the build.
    #[serde(default)]
    pub cloud: CloudClients,
}

/// How providers of cloud storage know this program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CloudClients {
    /// Google Drive.
    pub google_drive: CloudClient,
    /// Dropbox, which wants no secret.
    pub dropbox: CloudClient,
    /// OneDrive, which wants no secret.
    pub onedrive: CloudClient,
}

/// How a provider knows this program. An empty id leaves that to the build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CloudClient {
    /// Its public name there.
    pub id: String,
    /// What Google shows beside the id. It counts as no secret there, and is not shown in logs.
    #[ts(type = "string")]
    pub secret: ClientSecret,
}

/// What Google calls the secret of a client.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// Of a text.
    pub fn new(text: impl Into<String>) -> Self {
        ClientSecret(text.into())
    }

    /// The text, for who sends it to the provider.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(..)")
    }
}

impl CloudClients {
    /// That of a provider.
    pub fn of(&self, provider: Provider) -> &CloudClient {
        match provider {
            Provider::GoogleDrive => &self.google_drive,
            Provider::Dropbox => &self.dropbox,
            Provider::OneDrive => &self.onedrive,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, provider: Provider) -> &mut CloudClient {
        match provider {
            Provider::GoogleDrive => &mut self.google_drive,
            Provider::Dropbox => &mut self.dropbox,
            Provider::OneDrive => &mut self.onedrive,
        }
    }
}

/// Which model looks for each thing in photos: `automatic` (the best one that is installed), `none`, or the id of a model. One
/// that is not installed counts as `automatic`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelChoices {
    /// What the image shows as a whole.
    pub labels: String,
    /// Things in it.
    pub objects: String,
    /// Faces in it.
    pub faces: String,
    /// What finds images that show something alike.
    pub embedding: String,
    /// What a model that takes descriptions is to tell besides its own list, each a word or a few.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Default for ModelChoices {
    fn default() -> Self {
        let automatic = || "automatic".to_owned();
        ModelChoices {
            labels: automatic(),
            objects: automatic(),
            faces: automatic(),
            embedding: automatic(),
            tags: Vec::new(),
        }
    }
}

/// Which kinds of notifications a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notify {
    /// A batch ended, or goes on for long.
    pub batches: bool,
    /// Something failed, or needs the person.
    pub failures: bool,
    /// A reminder is due.
    pub reminders: bool,
    /// A schedule ended.
    pub schedules: bool,
}

/// Where notifications are sent besides this screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Push {
    /// How they are sent.
    pub kind: PushKind,
    /// The address of the webhook or of the ntfy topic. It may hold a secret and is never logged.
    pub url: String,
}

/// How notifications are sent to another device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PushKind {
    /// They are not.
    #[default]
    Off,
    /// As JSON to any address.
    Webhook,
    /// To a topic of an ntfy server.
    Ntfy,
}

/// What closing the window means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WindowClose {
    /// The work goes on in the tray.
    #[default]
    KeepRunning,
    /// The program ends.
    Quit,
}

/// What happens to files that are dropped or added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// A copy goes into the library folder.
    #[default]
    Copy,
    /// The file stays where it is and is only referred to.
    InPlace,
}
