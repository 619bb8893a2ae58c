//! Tests of where secrets lie, with keychains in memory.

use super::*;
use crate::testing::{Keyring, NoKeychain};
use tempfile::TempDir;

/// A process that opens the database of a home.
fn process(home: &TempDir, keychain: &Arc<impl Secrets + 'static>, passphrase_file: Option<&Path>) -> Sealed {
    let database = Database::open(&home.path().join("legible.db")).unwrap();
    Sealed::new(database, keychain.clone(), home.path(), passphrase_file.map(Path::to_owned))
}

/// Whether a file of the home holds these bytes.
fn holds(home: &TempDir, text: &str) -> bool {
    let files = std::fs::read_dir(home.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|file| file.windows(text.len()).any(|bytes| bytes == text.as_bytes()))
}

#[test]
fn a_secret_is_in_no_file_and_another_process_has_it() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
    let first = process(&home, &keychain, None);
    assert_eq!(first.kept(), SecretsKept::Keychain);
    assert_eq!(first.get("storage 1"), Err(NoSecret::Missing("storage 1".to_owned())));
    first.set("storage 1", "tr0ub4dor&3").unwrap();
    first.set("storage 2", "another one").unwrap();
    let second = process(&home, &keychain, None);
    assert_eq!(second.get("storage 1").unwrap(), "tr0ub4dor&3");
    assert!(holds(&home, "storage 1"), "the names are what is looked through");
    let key = keychain.get(MASTER).unwrap();
    let raw = String::from_utf8_lossy(MasterKey::of_text(&key).unwrap().bytes()).into_owned();
    for secret in ["tr0ub4dor&3", "another one", key.as_str(), raw.as_str()] {
        assert!(!holds(&home, secret));
    }
    second.forget("storage 1").unwrap();
    assert_eq!(first.get("storage 1"), Err(NoSecret::Missing("storage 1".to_owned())));
    assert_eq!(first.get("storage 2").unwrap(), "another one");
}

#[test]
fn what_was_changed_in_the_database_does_not_open() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
    let secrets = process(&home, &keychain, None);
    let check = |change: &'static str, name: &str| {
        secrets.set("storage 1", "the first").unwrap();
        secrets.set("storage 2", "the second").unwrap();
        secrets.database.write_blocking(move |tx| Ok(tx.execute_batch(change)?)).unwrap();
        assert_eq!(secrets.get(name), Err(NoSecret::Damaged(name.to_owned())), "{change}");
    };
    // One in the place of another.
    check("UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'storage 2')", "storage 1");
    check("UPDATE secret SET sealed = CAST(sealed || x'00' AS BLOB)", "storage 1");
    check("UPDATE secret SET sealed = x''", "storage 2");
    // A keychain that was emptied.
    secrets.set("storage 1", "the first").unwrap();
    keychain.forget(MASTER).unwrap();
    let after = process(&home, &keychain, None);
    assert_eq!(after.get("storage 1"), Err(NoSecret::Damaged("storage 1".to_owned())));
    after.set("storage 1", "typed anew").unwrap();
    assert_eq!(process(&home, &keychain, None).get("storage 1").unwrap(), "typed anew");
}

#[test]
fn what_earlier_versions_kept_is_found_and_moves_over_when_it_is_written() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
    for name in ["storage 1", "storage 2"] {
        keychain.set(name, "of before").unwrap();
    }
    let secrets = process(&home, &keychain, None);
    assert_eq!(secrets.get("storage 1").unwrap(), "of before");
    secrets.set("storage 1", "of now").unwrap();
    assert_eq!(secrets.get("storage 1").unwrap(), "of now");
    assert!(keychain.get("storage 1").is_err(), "it lies in one place only");
    assert_eq!(secrets.get("storage 2").unwrap(), "of before");
    secrets.forget("storage 2").unwrap();
    assert!(keychain.get("storage 2").is_err());
}

#[test]
fn a_passphrase_serves_where_there_is_no_keychain() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(NoKeychain));
    let first = process(&home, &keychain, None);
    assert_eq!(first.kept(), SecretsKept::Nowhere);
    assert!(matches!(first.set("storage 1", "s3cret"), Err(NoSecret::NoKeychain(_))));
    assert!(matches!(first.unlock(&Passphrase::new("correct horse")), Err(NoSecret::NoPassphrase(_))));
    first.choose(&Passphrase::new("correct horse")).unwrap();
    assert_eq!(first.choose(&Passphrase::new("another one")), Err(NoSecret::HasPassphrase));
    first.set("storage 1", "s3cret").unwrap();
    assert_eq!((first.kept(), first.get("storage 1").unwrap()), (SecretsKept::Unlocked, "s3cret".to_owned()));
    assert!(!holds(&home, "s3cret") && !holds(&home, "correct horse"));

    let second = process(&home, &keychain, None);
    assert_eq!(second.kept(), SecretsKept::Locked);
    assert_eq!(second.get("storage 1"), Err(NoSecret::Locked));
    assert_eq!(second.set("storage 2", "x"), Err(NoSecret::Locked));
    assert_eq!(second.get("storage 2"), Err(NoSecret::Missing("storage 2".to_owned())));
    assert_eq!(second.unlock(&Passphrase::new("battery staple")), Err(NoSecret::WrongPassphrase));
    assert_eq!(second.kept(), SecretsKept::Locked);
    second.unlock(&Passphrase::new("correct horse\n")).unwrap();
    assert_eq!(second.get("storage 1").unwrap(), "s3cret");
}

#[test]
fn a_file_names_the_passphrase_where_nobody_types() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(NoKeychain));
    let elsewhere = tempfile::tempdir().unwrap();
    let named = elsewhere.path().join("passphrase");
    std::fs::write(&named, "correct horse\n").unwrap();
    process(&home, &keychain, Some(&named)).set("storage 1", "s3cret").unwrap();
    let second = process(&home, &keychain, Some(&named));
    assert_eq!((second.get("storage 1").unwrap(), second.kept()), ("s3cret".to_owned(), SecretsKept::Unlocked));
    std::fs::write(&named, "another").unwrap();
    assert_eq!(process(&home, &keychain, Some(&named)).get("storage 1"), Err(NoSecret::WrongPassphrase));
    process(&home, &keychain, None).unlock(&Passphrase::new("correct horse")).unwrap();
}

#[test]
fn a_keychain_that_is_away_for_once_loses_nothing() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
    process(&home, &keychain, None).set("storage 1", "s3cret").unwrap();
    let away = process(&home, &Arc::new(NoKeychain), None);
    assert!(matches!(away.get("storage 1"), Err(NoSecret::NoKeychain(_))));
    assert!(matches!(away.choose(&Passphrase::new("correct horse")), Err(NoSecret::NoKeychain(_))));
    assert_eq!(process(&home, &keychain, None).get("storage 1").unwrap(), "s3cret");
    let needless = process(&home, &keychain, None).choose(&Passphrase::new("correct horse"));
    assert!(matches!(needless, Err(NoSecret::NoPassphrase(_))));
}

#[test]
fn two_that_begin_at_once_make_one_key() {
    let (home, keychain) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
    let all: Vec<Sealed> = (0..4).map(|_| process(&home, &keychain, None)).collect();
    std::thread::scope(|scope| {
        for (number, secrets) in all.iter().enumerate() {
            scope.spawn(move || secrets.set(&format!("storage {number}"), &format!("secret {number}")).unwrap());
        }
    });
    let last = process(&home, &keychain, None);
    for number in 0..4 {
        assert_eq!(last.get(&format!("storage {number}")).unwrap(), format!("secret {number}"));
    }
}
