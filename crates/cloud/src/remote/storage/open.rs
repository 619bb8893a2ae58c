//! Opening a place.

use super::webdav::Server;
use super::{Place, Secret, Way, s3};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::remote::http::client;
use crate::remote::seen::Noting;
use opendal::{HttpTransporter, OperationContext, Operator, services};
use opendal_http_transport_reqwest::ReqwestTransport;
use std::path::Path;
use url::Url;

/// What a storage is made of.
pub(super) struct Opened {
    pub operator: Operator,
    pub way: Way,
    /// See [`super::Storage`].
    pub folder: String,
}

/// Opens a place. Must run within a runtime of tokio.
pub(super) fn open(place: &Place, secret: &Secret) -> Result<Opened> {
    match place {
        Place::S3 { endpoint, region, bucket, folder, key_id, virtual_host } => {
            let (client, endpoint) = (client()?, s3_endpoint(endpoint, bucket, region)?);
            let server = s3::Server::new(client.clone(), &endpoint, (bucket, *virtual_host), region, (key_id, secret));
            let mut s3 = services::S3::default()
                .endpoint(&endpoint)
                .region(region)
                .bucket(bucket)
                .access_key_id(key_id)
                .secret_access_key(secret.reveal())
                // Only what the account says counts, and nothing of the environment.
                .disable_config_load()
                .disable_ec2_metadata();
            if *virtual_host {
                s3 = s3.enable_virtual_host_style();
            }
            let operator = Operator::new(s3).map_err(wrong)?.with_context(through(client));
            Ok(Opened { operator, way: Way::S3(server.into()), folder: folder_of(folder)? })
        }
        Place::WebDav { url, folder, user } => {
            let (client, url) = (client()?, web(url)?);
            let mut webdav = services::Webdav::default().endpoint(&url);
            if !user.is_empty() {
                webdav = webdav.username(user).password(secret.reveal());
            }
            let operator = Operator::new(webdav).map_err(wrong)?.with_context(through(client.clone()));
            let way = Way::WebDav(Server { client, url, user: user.clone(), password: secret.clone() });
            Ok(Opened { operator, way, folder: folder_of(folder)? })
        }
        Place::Folder { path } => open_folder(path),
        #[cfg(unix)]
        Place::Sftp { .. } => open_sftp(place),
        #[cfg(not(unix))]
        Place::Sftp { .. } => Err(needs_you("SFTP is not there on this system", "Use another kind of storage.")),
    }
}

/// The operator begins at the folder above: it makes where it begins, and a folder that is not there may be on a disk that is not.
fn open_folder(path: &Path) -> Result<Opened> {
    let names = path.parent().zip(path.file_name().and_then(|name| name.to_str()));
    let (above, name) = names
        .filter(|_| path.is_absolute())
        .ok_or_else(|| needs_you("this is no folder that can be kept in step", "Choose a folder in another one."))?;
    let is_there = std::fs::metadata(above).is_ok_and(|above| above.is_dir());
    let (true, Some(above)) = (is_there, above.to_str()) else {
        return Err(needs_you(
            &format!("{} is not there", above.display()),
            "Connect the disk, or start the program that keeps the folder in the cloud.",
        ));
    };
    let operator = Operator::new(services::Fs::default().root(above)).map_err(wrong)?;
    Ok(Opened { operator, way: Way::Folder(above.into()), folder: folder_of(name)? })
}

#[cfg(unix)]
fn open_sftp(place: &Place) -> Result<Opened> {
    let Place::Sftp { host, port, user, key_file, folder, trust_first } = place else { unreachable!("it is SFTP") };
    // What begins with a dash would be an option of ssh.
    let is_name = |text: &str| !text.is_empty() && !text.starts_with('-') && !text.contains(['/', '@', ' ']);
    if !is_name(host) || user.as_deref().is_some_and(|user| !is_name(user)) {
        return Err(needs_you("this is no name of a server or user", "Look whether the address is right."));
    }
    if user.as_deref().is_some_and(|user| user.contains(':')) {
        let hint = "Leave it out. A key opens the server: one of the SSH agent, or the file that is named.";
        return Err(needs_you("a password is not used for SFTP", hint));
    }
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let mut sftp = services::Sftp::default()
        .endpoint(&format!("ssh://{host}{port}"))
        .user(user.as_deref().unwrap_or_default())
        .key(key_file.as_deref().and_then(Path::to_str).unwrap_or_default())
        .known_hosts_strategy(if *trust_first { "Add" } else { "Strict" });
    if folder.starts_with('/') {
        sftp = sftp.root("/");
    }
    let folder = folder_of(folder)?;
    if folder.is_empty() {
        return Err(needs_you("no folder is named", "Name a folder on the server."));
    }
    Ok(Opened { operator: Operator::new(sftp).map_err(wrong)?, way: Way::Sftp, folder })
}

/// The path of a folder, as a [`super::Storage`] has it.
fn folder_of(text: &str) -> Result<String> {
    let names: Vec<&str> = text.split('/').filter(|name| !name.is_empty()).collect();
    let is_odd =
        |name: &&str| matches!(*name, "." | "..") || name.trim() != *name || name.chars().any(char::is_control);
    if names.iter().any(is_odd) {
        return Err(needs_you("there cannot be a folder of this name", "Look whether the folder is right."));
    }
    Ok(names.iter().map(|name| format!("{name}/")).collect())
}

/// An address of the web without what nobody needs, and without `/` at its end.
fn web(text: &str) -> Result<String> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none() && url.query().is_none());
    let url =
        url.ok_or_else(|| needs_you("this is no address of a storage", "It looks like https://cloud.example/dav."))?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The address of a server without the name of the bucket, and that of Amazon S3 with its region: what opendal makes of it too.
fn s3_endpoint(text: &str, bucket: &str, region: &str) -> Result<String> {
    let endpoint = web(text)?.replace(&format!("//{bucket}."), "//");
    Ok(if endpoint == "https://s3.amazonaws.com" { format!("https://s3.{region}.amazonaws.com") } else { endpoint })
}

fn through(client: reqwest::Client) -> OperationContext {
    OperationContext::new().with_http_transport(HttpTransporter::new(Noting(ReqwestTransport::new(client))))
}

fn wrong(error: opendal::Error) -> Error {
    needs_you(error.message(), "Look at the settings of the storage.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_paths_that_lead_down() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(folder_of(text).ok().as_deref(), expected, "{text:?}");
        };
        check("", Some(""));
        check("/", Some(""));
        check("a b//收据/", Some("a b/收据/"));
        check("/srv/x", Some("srv/x/"));
        check("a/../b", None);
        check(" a", None);
    }

    #[test]
    fn addresses_of_s3_have_a_region_and_no_bucket() {
        let check = |text: &str, expected: &str| {
            assert_eq!(s3_endpoint(text, "photos", "eu-west-1").unwrap(), expected, "{text}");
        };
        check("https://s3.amazonaws.com/", "https://s3.eu-west-1.amazonaws.com");
        check("https://photos.s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com");
        check("https://s3.eu-north-1.amazonaws.com", "https://s3.eu-north-1.amazonaws.com");
        check("http://127.0.0.1:9000", "http://127.0.0.1:9000");
    }

    #[test]
    fn addresses_are_of_the_web_and_hold_no_password() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(web(text).ok().as_deref(), expected, "{text:?}");
        check("https://cloud.example/remote.php/dav/", Some("https://cloud.example/remote.php/dav"));
        check(" http://127.0.0.1:5000 ", Some("http://127.0.0.1:5000"));
        check("https://me:secret@cloud.example/", None);
        check("ftp://cloud.example", None);
        check("cloud.example", None);
    }
}
