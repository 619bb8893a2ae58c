//! The folders of Legible itself are no storage, nor is one in them or around them: the library would be copied into itself for ever, and
//! the database would go along.

use super::place::StoredPlace;
use crate::error::Result;
use crate::service::Service;
use legible_cloud::Error as CloudError;
use legible_cloud::remote::storage::Place;
use std::path::{Path, PathBuf};

impl Service {
    /// Looks whether a place lies apart from what Legible keeps on this machine. Blocks.
    ///
    /// # Errors
    /// When it does not, and those of the settings.
    pub(crate) fn refuse_own(&self, place: &StoredPlace) -> Result<()> {
        let StoredPlace::Storage(Place::Folder { path }) = place else { return Ok(()) };
        let there = resolved(path);
        let library = self.folder()?.root().to_owned();
        let own = [library.as_path(), &self.places().data, &self.places().cache];
        for own in own {
            let here = resolved(own);
            if here.starts_with(&there) || there.starts_with(&here) {
                let (path, own) = (path.display(), own.display());
                let message = match path.to_string() == own.to_string() {
                    true => format!("{own} is a folder of Legible itself"),
                    false if there.starts_with(&here) => format!("{path} lies in {own}, a folder of Legible itself"),
                    false => format!("{own}, a folder of Legible itself, lies in {path}"),
                };
                let hint = "Choose a folder that is neither in such a folder nor around one.".to_owned();
                return Err(CloudError::NeedsYou { message, hint }.into());
            }
        }
        Ok(())
    }
}

/// A path without links, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let Some((above, real)) = found else { return path.to_owned() };
    match path.strip_prefix(above) {
        Ok(rest) if rest.as_os_str().is_empty() => real,
        Ok(rest) => real.join(rest),
        Err(_) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Home;

    #[test]
    fn a_storage_lies_apart_from_what_is_legibles() {
        let home = Home::new();
        let library = home.service.folder_to_fill().unwrap().root().to_owned();
        let beside = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&library, beside.path().join("link")).unwrap();
        let check = |path: &Path, expected: bool| {
            let place = StoredPlace::Storage(Place::Folder { path: path.to_owned() });
            assert_eq!(home.service.refuse_own(&place).is_err(), expected, "{}", path.display());
        };
        check(&library, true);
        check(&library.join("2026"), true);
        check(library.parent().unwrap(), true);
        check(&home.service.places().data, true);
        check(&home.service.places().cache.join("deep/below"), true);
        check(beside.path(), false);
        check(&beside.path().join("not there yet"), false);
        check(&library.with_file_name("library of another"), false);
        #[cfg(unix)]
        check(&beside.path().join("link/2026"), true);
    }
}
