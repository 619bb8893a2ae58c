//! Where a folder of a storage is, on the wire: for storages, and for sources that look into a folder of one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a folder of a storage is. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StoragePlace {
    /// Amazon S3, and what speaks like it.
    S3 {
        /// `https://host`, without the bucket.
        endpoint: String,
        /// The region that requests are signed for; `us-east-1` where there are none.
        region: String,
        /// The bucket.
        bucket: String,
        /// The folder in it; empty for all of it.
        folder: String,
        /// The public half of the key.
        key_id: String,
        /// Whether the bucket is part of the host's name, or else of the path.
        virtual_host: bool,
    },
    /// A server that speaks WebDAV.
    WebDav {
        /// The address that the provider tells.
        url: String,
        /// The folder below it; empty for the address itself.
        folder: String,
        /// Who signs in; empty where nobody has to.
        user: String,
    },
    /// A server that is reached by ssh, with a key.
    Sftp {
        /// The name of the server, or of an entry of the settings of ssh.
        host: String,
        /// Its port, if it is not the usual one.
        port: Option<u16>,
        /// Who signs in, if it is not who ssh would take.
        user: Option<String>,
        /// The file with the private key, if it is not one that ssh would take.
        key_file: Option<String>,
        /// The folder: from the home folder, or from the root of the server if it begins with `/`.
        folder: String,
        /// Whether a server that was never seen is trusted and remembered.
        trust_first: bool,
    },
    /// A folder of this machine that another program keeps in the cloud, or a disk of the network.
    Folder {
        /// Its absolute path, as `path_text` writes it.
        path: String,
    },
    /// A folder of Dropbox, which a person signs in to.
    Dropbox {
        /// The folder, from the folder of the app on; empty for all of that.
        folder: String,
    },
    /// A folder of OneDrive, which a person signs in to.
    #[serde(rename = "onedrive")]
    OneDrive {
        /// The folder, from the folder of the app on; empty for all of that.
        folder: String,
    },
    /// A folder of Google Drive, which a person signs in to.
    GoogleDrive {
        /// What it is called: it is made where it is not there. Empty for `Legible`.
        folder: String,
    },
    /// A folder of a remote of rclone, which a person has set up there.
    Rclone {
        /// Which rclone is asked.
        runs: RcloneRuns,
        /// The name of the remote in rclone's configuration.
        remote: String,
        /// The folder in it; empty for all of it.
        folder: String,
    },
}

/// Which rclone is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RcloneRuns {
    /// One that is started for this. The secret is the password of its configuration, if that has one.
    Own {
        /// The program, as `path_text` writes it; none for the one on the search path.
        program: Option<String>,
        /// Its configuration; none for the one that it takes by itself.
        config: Option<String>,
    },
    /// One that runs already on this machine, as `rclone rcd --rc-serve`. The secret is the password that it wants.
    At {
        /// Its address, as `http://127.0.0.1:5572`.
        url: String,
        /// Who signs in; empty where nobody has to.
        user: String,
    },
}

/// A provider that a person signs in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Google Drive.
    GoogleDrive,
    /// Dropbox.
    Dropbox,
    /// OneDrive of Microsoft.
    #[serde(rename = "onedrive")]
    OneDrive,
}
