//! The library folder on a disk that refuses: nothing half-written stays, and the error says what to do.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use legible_library::*;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_file_in_the_way_is_no_folder() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "mine").unwrap();
    for root in [file.clone(), file.join("Legible")] {
        match Folder::at(&root).make() {
            Err(FolderError::NotAFolder { path }) => assert_eq!(path, file),
            other => panic!("{root:?}: {other:?}"),
        }
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_said_so() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("Legible");
    fs::create_dir(&root).unwrap();
    fs::set_permissions(&root, PermissionsExt::from_mode(0o555)).unwrap();
    // Permissions do not bind root; the kernel's own file systems do.
    let binds = fs::write(root.join("probe"), "").is_err();
    let root = if binds { root } else { PathBuf::from("/sys/kernel") };
    if !binds && !root.is_dir() {
        return;
    }
    let refused = Folder::at(&root).probe();
    assert!(matches!(refused, Err(FolderError::NotWritable { .. })), "{refused:?}");
}

const CHILD: &str = "LEGIBLE_TEST_FULL_DISK";

/// Runs `on_a_full_disk` in a process of its own whose files may not grow beyond 8 kB: the nearest that an ordinary user can
/// come to a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let home = tempfile::tempdir().unwrap();
    let test = std::env::current_exe().unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" --exact on_a_full_disk --ignored"])
        .arg(test)
        .env(CHILD, home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "runs in the process that a_full_disk_leaves_nothing_half_written starts"]
fn on_a_full_disk() {
    let Some(home) = std::env::var_os(CHILD) else { return };
    let folder = Folder::at(Path::new(&home).join("Legible"));
    folder.make().unwrap();
    let path = folder.place("small.png", &[1; 100], 0).unwrap();
    let refused = folder.place("large.png", &[2; 100_000], 0);
    assert!(matches!(refused, Err(FolderError::DiskFull { .. })), "{refused:?}");

    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    MIGRATIONS.iter().for_each(|batch| connection.execute_batch(batch).unwrap());
    let tx = connection.transaction().unwrap();
    let placement = Placement::Managed { path };
    let (hash, name) = (ContentHash::of(b"1"), "small.png".to_owned());
    let new = NewItem { hash, name, size: 100, placement: placement.clone(), added_at: 0 };
    let id = add_item(&tx, &new, &Origin { kind: OriginKind::Cli, path: None, url: None, at: 0 }).unwrap().id;
    let small = sidecar(&tx, id).unwrap().unwrap();
    folder.write_sidecar(&placement, &small).unwrap();
    let large = Sidecar { note: "n".repeat(100_000), ..small.clone() };
    let refused = folder.write_sidecar(&placement, &large);
    assert!(matches!(refused, Err(FolderError::DiskFull { .. })), "{refused:?}");
    assert_eq!(folder.read_sidecar(&placement, &small.hash).unwrap(), Some(small));

    let mut left: Vec<_> =
        fs::read_dir(folder.root().join("1970/01")).unwrap().map(|f| f.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["small.png", "small.png.json"]);
}
