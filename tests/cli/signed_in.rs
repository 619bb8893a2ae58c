//! A machine whose person signs in at providers, which are fakes behind a proxy; the program keeps its real addresses.

use crate::program::{Home, Said, said_with_input};
use legible_cloud_fakes::Clouds;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

/// What the fakes' tokens and codes have in common, and what the client's secret of Google is.
const SECRETS: [&str; 4] = ["access-0", "refresh-0", "code-0", "known-to-all"];

/// A provider as the command line names it, and what stands in its addresses.
pub struct Named {
    pub option: &'static str,
    pub client: &'static str,
    /// The request that takes a grant back; none where no program can.
    pub revokes: Option<&'static str>,
}

pub const DROPBOX: Named = Named {
    option: "--dropbox",
    client: "dropbox",
    revokes: Some("POST https://api.dropboxapi.com/2/auth/token/revoke"),
};
pub const ONEDRIVE: Named = Named { option: "--onedrive", client: "onedrive", revokes: None };
pub const DRIVE: Named = Named {
    option: "--google-drive",
    client: "google-drive",
    revokes: Some("POST https://oauth2.googleapis.com/revoke"),
};

/// A machine without a keychain that reaches the fakes and nothing else.
pub fn machine(clouds: &Clouds) -> Home {
    let mut home = Home::new();
    let passphrase = "correct horse battery\n";
    said_with_input(&mut home.command(["unlock", "--new"]), passphrase.as_bytes()).with(0);
    let file = home.write("passphrase", passphrase);
    home.set("LEGIBLE_PASSPHRASE_FILE", file.to_str().unwrap());
    for name in ["HTTPS_PROXY", "https_proxy"] {
        home.set(name, clouds.proxy());
    }
    home.set("SSL_CERT_FILE", clouds.ca_file().to_str().unwrap());
    home
}

/// The same, with a client of its own at a provider.
pub fn registered(clouds: &Clouds, provider: &Named) -> Home {
    let home = machine(clouds);
    let secret = home.write("secret", "known-to-all\n");
    let mut words = vec!["cloud", "client", provider.client, "--id", "an-app"];
    if provider.client == DRIVE.client {
        words.extend(["--secret-file", secret.to_str().unwrap()]);
    }
    let told = home.run(words).with(0).out;
    std::fs::remove_file(secret).unwrap();
    assert!(told.contains("an-app") && !told.contains("known"), "{told}");
    home
}

/// Runs a command that has a person sign in, who does so where it says.
pub fn signing_in(home: &Home, clouds: &Clouds, words: &[&str]) -> Said {
    let mut command = home.command(words.iter().chain(&["--no-browser"]));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut err = String::new();
    // The first address; where there is none, it ends without one.
    while said.read_line(&mut err).unwrap() > 0 {
        if let Some(address) = err.lines().last().filter(|line| line.starts_with("https://")) {
            let page = clouds.browse(address).unwrap();
            assert!(page.contains("Legible"), "{page}");
            break;
        }
    }
    said.read_to_string(&mut err).unwrap();
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    Said { code: output.status.code().unwrap_or(-1), out, err }
}

#[track_caller]
pub fn shows_no_secret(said: &Said) {
    for secret in SECRETS {
        assert!(!said.out.contains(secret) && !said.err.contains(secret), "{secret}: {said:?}");
    }
}

/// All files below a folder that hold a secret in the clear.
pub fn leaks(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(leaks(&path));
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let holds = |secret: &&str| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        found.extend(
            SECRETS.iter().filter(|secret| holds(secret)).map(|secret| format!("{}: {secret}", path.display())),
        );
    }
    found
}
