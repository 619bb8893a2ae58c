//! rclone with one remote, by settings of its environment, and trees of files for it.

use legible_cloud_fakes::{Clouds, Drive, Dropbox, Grant, OneDrive};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Puts a file at a path as another client.
type Put = Box<dyn Fn(&str, &[u8])>;

/// What a test needs of a fake, whichever it is.
pub struct Disk {
    pub files: Box<dyn Fn() -> BTreeMap<String, Vec<u8>>>,
    pub put: Put,
}

impl From<&Drive> for Disk {
    fn from(fake: &Drive) -> Self {
        let (files, put) = (fake.clone(), fake.clone());
        Disk { files: Box::new(move || files.files()), put: Box::new(move |path, content| put.put(path, content)) }
    }
}

impl From<&Dropbox> for Disk {
    fn from(fake: &Dropbox) -> Self {
        let (files, put) = (fake.clone(), fake.clone());
        Disk { files: Box::new(move || files.files()), put: Box::new(move |path, content| put.put(path, content)) }
    }
}

impl From<&OneDrive> for Disk {
    fn from(fake: &OneDrive) -> Self {
        let (files, put) = (fake.clone(), fake.clone());
        Disk { files: Box::new(move || files.files()), put: Box::new(move |path, content| put.put(path, content)) }
    }
}

/// rclone with a remote that is called `fake`.
pub struct Rclone<'a> {
    program: &'a Path,
    environment: Vec<(String, String)>,
    refresh: String,
    home: TempDir,
}

/// What makes remotes.
pub trait Remotes {
    /// One that has these settings, and somebody signed in.
    fn remote(&self, clouds: &Clouds, settings: &[(&str, &str)], grant: &Grant) -> Rclone<'_>;
}

impl Remotes for Path {
    fn remote(&self, clouds: &Clouds, settings: &[(&str, &str)], grant: &Grant) -> Rclone<'_> {
        let token = token(&grant.access, &grant.refresh, "2099-01-01T00:00:00Z");
        let own = [("token", token.as_str()), ("client_id", "legible-test"), ("client_secret", "no secret")];
        let settings = own.iter().chain(settings);
        let mut environment: Vec<_> = settings
            .map(|(name, value)| (format!("RCLONE_CONFIG_FAKE_{}", name.to_uppercase()), (*value).to_owned()))
            .collect();
        environment.push(("HTTPS_PROXY".to_owned(), clouds.proxy().to_owned()));
        environment.push(("RCLONE_CA_CERT".to_owned(), clouds.ca_file().to_str().unwrap().to_owned()));
        Rclone { program: self, environment, refresh: grant.refresh.clone(), home: tempfile::tempdir().unwrap() }
    }
}

/// A token as rclone keeps it.
fn token(access: &str, refresh: &str, expiry: &str) -> String {
    format!(r#"{{"access_token":"{access}","token_type":"bearer","refresh_token":"{refresh}","expiry":"{expiry}"}}"#)
}

impl Rclone<'_> {
    /// From now on it has an access token that is out of date, and must get another one first.
    pub fn token_is_out_of_date(&mut self) {
        let late = token("out of date", &self.refresh, "2001-01-01T00:00:00Z");
        self.environment.retain(|(name, _)| name != "RCLONE_CONFIG_FAKE_TOKEN");
        self.environment.push(("RCLONE_CONFIG_FAKE_TOKEN".to_owned(), late));
    }

    /// Runs it, which must go well: what it said.
    pub fn run(&self, args: &[&str]) -> String {
        let (well, said) = self.try_run(args);
        assert!(well, "rclone {args:?}: {said}");
        said
    }

    /// Whether it went well, and what it said.
    pub fn try_run(&self, args: &[&str]) -> (bool, String) {
        let config = self.home.path().join("rclone.conf");
        fs::File::create(&config).unwrap();
        let mut command = Command::new(self.program);
        command.args(args).args(["--retries", "1", "--low-level-retries", "2", "--config"]).arg(config);
        command.env_remove("NO_PROXY").env_remove("no_proxy").envs(self.environment.iter().cloned());
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        if output.status.success() {
            return (true, said);
        }
        (false, said + &String::from_utf8_lossy(&output.stderr))
    }
}

/// Writes files below a folder.
pub fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (path, content) in files {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
}

/// All files below a folder.
pub fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else {
                let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(path, fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}
