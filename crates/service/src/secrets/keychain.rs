//! The keychain of the system. It holds the master key; versions of before kept each secret in it.

use super::{NoSecret, Secrets};

/// What the keychain calls us.
const SERVICE: &str = "Legible";

/// The keychain of the system: the Keychain of macOS, the Credential Manager of Windows, the Secret Service elsewhere.
#[derive(Debug, Default)]
pub struct Keychain;

impl Keychain {
    fn entry(name: &str) -> Result<keyring::Entry, NoSecret> {
        keyring::Entry::new(SERVICE, name).map_err(|error| NoSecret::NoKeychain(error.to_string()))
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<String, NoSecret> {
        match Self::entry(name)?.get_password() {
            Err(keyring::Error::NoEntry) => Err(NoSecret::Missing(name.to_owned())),
            got => got.map_err(|error| NoSecret::NoKeychain(error.to_string())),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), NoSecret> {
        Self::entry(name)?.set_password(secret).map_err(|error| NoSecret::NoKeychain(error.to_string()))
    }

    fn forget(&self, name: &str) -> Result<(), NoSecret> {
        match Self::entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(NoSecret::NoKeychain(error.to_string())),
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use crate::api::SecretsKept;
    use crate::database::Database;
    use crate::secrets::Sealed;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::Arc;

    /// Set for the process in the session: where its home is.
    const HOME: &str = "LEGIBLE_TEST_KEYCHAIN_HOME";
    /// The password of the session's keychain; the daemon ends with the session's bus.
    const SCRIPT: &str =
        "printf legible-test | gnome-keyring-daemon --unlock --components=secrets >/dev/null && \"$@\"";

    fn is_there(program: &str) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
    }

    /// This program again, in a session of its own with a home of its own.
    fn in_a_session(test: &str, home: &Path, begin: &str) {
        let this = std::env::current_exe().unwrap();
        let mut session = Command::new("dbus-run-session");
        session.args(["--", "sh", "-c", begin, "sh"]).arg(this).args([test, "--exact", "--ignored", "--nocapture"]);
        for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", HOME] {
            session.env(name, home);
        }
        let done = session.env_remove("GNOME_KEYRING_CONTROL").output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
    }

    #[test]
    fn a_real_keychain_keeps_the_key_to_all_secrets() {
        if let Some(missing) = ["dbus-run-session", "gnome-keyring-daemon"].into_iter().find(|name| !is_there(name)) {
            eprintln!("SKIPPED the keychain: there is no {missing} (Debian: dbus, gnome-keyring)");
            return;
        }
        let home = tempfile::tempdir().unwrap();
        in_a_session("secrets::keychain::tests::with_a_keychain", home.path(), SCRIPT);
        let without = tempfile::tempdir().unwrap();
        in_a_session("secrets::keychain::tests::without_a_keychain", without.path(), "\"$@\"");
    }

    fn home() -> PathBuf {
        std::env::var_os(HOME).map(PathBuf::from).expect("another test runs this one in a session of its own")
    }

    fn process(home: &Path) -> Sealed {
        let database = Database::open(&home.join("legible.db")).unwrap();
        Sealed::new(database, Arc::new(Keychain), home, None)
    }

    #[test]
    #[ignore = "a_real_keychain_keeps_the_key_to_all_secrets runs it in a session of its own"]
    fn with_a_keychain() {
        let home = home();
        Keychain.set("storage 1", "of before").unwrap();
        let secrets = process(&home);
        assert_eq!(secrets.get("storage 1").unwrap(), "of before");
        secrets.set("storage 1", "收据 tr0ub4dor").unwrap();
        assert_eq!(process(&home).get("storage 1").unwrap(), "收据 tr0ub4dor");
        assert_eq!(secrets.kept(), SecretsKept::Keychain);
        assert_eq!(Keychain.get("storage 1"), Err(NoSecret::Missing("storage 1".to_owned())));
        assert!(Keychain.get("master key").is_ok());
        let database = std::fs::read(home.join("legible.db")).unwrap();
        assert!(!database.windows(9).any(|bytes| bytes == b"tr0ub4dor"));
        secrets.forget("storage 1").unwrap();
        assert_eq!(process(&home).get("storage 1"), Err(NoSecret::Missing("storage 1".to_owned())));
    }

    #[test]
    #[ignore = "a_real_keychain_keeps_the_key_to_all_secrets runs it in a session of its own"]
    fn without_a_keychain() {
        let secrets = process(&home());
        assert!(matches!(secrets.set("storage 1", "s3cret"), Err(NoSecret::NoKeychain(_))));
        assert_eq!(secrets.kept(), SecretsKept::Nowhere);
        secrets.choose(&crate::secrets::Passphrase::new("correct horse")).unwrap();
        secrets.set("storage 1", "s3cret").unwrap();
        assert_eq!(process(&home()).get("storage 1"), Err(NoSecret::Locked));
    }
}
