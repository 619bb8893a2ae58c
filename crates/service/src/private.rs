//! Directories that only this user may enter. Elsewhere than on Unix a user's own directories are so by themselves.

use std::io;
use std::path::Path;

/// Makes a directory with those above it, and closes it to other users.
#[cfg(unix)]
pub fn make_directory(path: &Path) -> io::Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if path.metadata()?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    match std::fs::set_permissions(path, Permissions::from_mode(0o700)) {
        // A file system without permissions, or a directory that someone else shares with us on purpose.
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) => {
            tracing::warn!(path = %path.display(), "other users may be able to look into this directory");
            Ok(())
        }
        result => result,
    }
}

/// Makes a directory with those above it.
#[cfg(not(unix))]
pub fn make_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(all(test, unix))]
mod tests {
    use crate::places::Places;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn data_and_cache_are_closed_to_others_also_when_they_were_open() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        std::fs::create_dir(&places.data).unwrap();
        std::fs::set_permissions(&places.data, std::fs::Permissions::from_mode(0o755)).unwrap();
        places.make().unwrap();
        for path in [&places.data, &places.cache] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
    }
}
