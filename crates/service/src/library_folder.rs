//! The library folder of the settings: made on first use, looked at for the notice, changed for another.

use crate::api::{ErrorCode, Notice, Remedy, Settings, WireError};
use crate::error::{Error, Result};
use crate::limits::{FOLDER_LOOK_MS, LOOKED_FOR};
use crate::service::Service;
use legible_library::{Folder, FolderError, Listing, Placement};
use std::path::{Path, PathBuf};

/// What a look at the library folder showed.
pub struct FolderLook {
    root: PathBuf,
    at: i64,
    trouble: Option<Notice>,
}

impl Service {
    /// The library folder, to put something into. The default one is made for the first image; any other that is
    /// missing is an error, since its disk may not be connected. Blocks.
    ///
    /// # Errors
    /// When the folder is not there and not to be made.
    pub(crate) fn folder_to_fill(&self) -> Result<Folder> {
        let folder = self.folder()?;
        if self.is_yet_to_be_made(&folder)? {
            folder.make()?;
        }
        folder.look()?;
        Ok(folder)
    }

    /// The library folder, after writing a file into it and deleting it again. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub(crate) fn try_folder(&self) -> Result<Folder> {
        let folder = self.folder()?;
        if !self.is_yet_to_be_made(&folder)? {
            folder.probe()?;
        }
        Ok(folder)
    }

    /// The library folder with the images in it, to judge or delete what lies there. A folder with nothing in it is taken
    /// for the place where a disk is not mounted. Blocks.
    ///
    /// # Errors
    /// When the folder is not there, which may pass, or another is in its place.
    pub(crate) fn folder_in_place(&self) -> Result<Folder> {
        let folder = self.folder()?;
        if self.is_yet_to_be_made(&folder)? {
            return Ok(folder);
        }
        folder.look()?;
        let looked = self.look_for_images(&folder);
        let is_empty = || std::fs::read_dir(folder.root()).is_ok_and(|mut entries| entries.next().is_none());
        if looked.is_err() && is_empty() {
            return Err(FolderError::Emptied { path: folder.root().to_owned() }.into());
        }
        looked.map(|()| folder)
    }

    /// Looks for the newest images in the library folder; in its trash, if there are no others. Blocks.
    ///
    /// # Errors
    /// When there are such images and none of them is there: a hand has changed the settings or the folder.
    pub(crate) fn look_for_images(&self, folder: &Folder) -> Result<()> {
        let newest = |trashed| {
            let listing = Listing { trashed, limit: LOOKED_FOR, ..Listing::default() };
            self.database().read_blocking(move |c| Ok(legible_library::page(c, &listing)?.entries))
        };
        let entries = match newest(false)? {
            entries if entries.is_empty() => newest(true)?,
            entries => entries,
        };
        let managed = entries.iter().map(|entry| &entry.item.placement);
        let mut managed = managed.filter(|place| matches!(place, Placement::Managed { .. })).peekable();
        if managed.peek().is_none() {
            return Ok(());
        }
        for place in managed {
            if folder.has(place)? {
                return Ok(());
            }
        }
        let message = format!("The newest images of the library are not in {}.", folder.root().display());
        let hint =
            "If the library lies elsewhere, choose its folder in the settings. If files were deleted, add them again.";
        Err(WireError::new(ErrorCode::LibraryFolder, message).hint(hint).into())
    }

    /// What is wrong with the library folder, as seen a few seconds ago at most.
    pub(crate) async fn folder_trouble(&self) -> Option<Notice> {
        let root = self.folder().ok()?.root().to_owned();
        // Whoever asks while another looks waits for that look.
        let mut last = self.folder_look().lock().await;
        let now = self.now();
        match &*last {
            Some(look) if look.root == root && (0..FOLDER_LOOK_MS).contains(&(now - look.at)) => look.trouble.clone(),
            _ => {
                let notice = |error: Error, remedy| Notice { error: error.to_wire(), remedy };
                let look = move |service: &Service| match service.try_folder() {
                    Err(error) => Ok(Some(notice(error, Some(Remedy::ChooseFolder)))),
                    // Images can still come in, those that are not there too.
                    Ok(folder) => Ok(service.look_for_images(&folder).err().map(|error| notice(error, None))),
                };
                let trouble = self.blocking(look).await.unwrap_or_default();
                *last = Some(FolderLook { root, at: now, trouble: trouble.clone() });
                trouble
            }
        }
    }

    /// Saves the settings. Another library folder must hold all files that the library has in its folder, so that none
    /// is lost from sight. Returns whether there is another folder, with something in it to adopt. Blocks.
    ///
    /// # Errors
    /// When the new folder cannot be used or does not hold the library, or the settings file cannot be written.
    pub(crate) fn change_settings(&self, settings: Settings) -> Result<bool> {
        let (old, new) = (self.folder()?, Folder::at(&settings.library_folder));
        if old.root() == new.root() {
            self.settings_file().save(&settings)?;
            return Ok(false);
        }
        if !new.root().is_absolute() {
            return Err(Error::BadRequest("the library folder must be an absolute path".into()));
        }
        if self.is_yet_to_be_made(&new)? {
            new.make()?;
        }
        new.probe()?;
        let looked_for = self.database().read_blocking(|c| Ok(legible_library::managed(c)?))?;
        must_hold(&new, &looked_for, old.root())?;
        let (file, root) = (self.settings_file().clone(), new.root().to_owned());
        self.database().write_blocking(move |tx| {
            // Looking for many files takes its time, and what came in meanwhile went into the old folder.
            let held = legible_library::managed(tx)?;
            if held != looked_for {
                must_hold(&new, &held, old.root())?;
            }
            file.save(&settings)
        })?;
        let entries = std::fs::read_dir(&root).map_err(|error| Error::File { path: root, error })?;
        Ok(entries.count() > 0)
    }

    /// Whether this is the default folder before its first use.
    fn is_yet_to_be_made(&self, folder: &Folder) -> Result<bool> {
        if folder.root() != self.places().default_library || !matches!(folder.look(), Err(FolderError::Missing { .. }))
        {
            return Ok(false);
        }
        Ok(self.database().read_blocking(|c| Ok(legible_library::managed(c)?))?.is_empty())
    }
}

/// Fails when a folder does not hold all of these images.
fn must_hold(folder: &Folder, images: &[Placement], old: &Path) -> Result<()> {
    let mut missing = Vec::new();
    for image in images {
        if !folder.has(image)? {
            missing.push(image);
        }
    }
    let Some(Placement::Managed { path } | Placement::Referenced { path }) = missing.first() else { return Ok(()) };
    let (new, old) = (folder.root().display(), old.display());
    let message = format!(
        "{} of {} images of the library are not in {new}, such as {}. The library stays in {old}.",
        missing.len(),
        images.len(),
        path.display()
    );
    let hint = format!(
        "Move all that is in {old} to {new} first, the hidden folder .trash too, then choose it again. \
         Or choose a folder that holds the library."
    );
    Err(WireError::new(ErrorCode::LibraryFolder, message).hint(hint).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ItemIds, ItemsQuery, NoArgs};
    use crate::testing::{Home, png};

    fn settings(home: &Home, folder: &Path) -> Settings {
        let settings = home.ask(home.service.settings(NoArgs {})).unwrap();
        Settings { library_folder: folder.to_str().unwrap().into(), ..settings }
    }

    fn change(home: &Home, folder: &Path) -> Result<Settings> {
        let settings = settings(home, folder);
        home.ask(home.service.save_settings(settings))
    }

    fn found(home: &Home) -> u32 {
        home.ask(home.service.items(ItemsQuery::default())).unwrap().total
    }

    #[test]
    fn another_folder_must_hold_the_library_and_its_strangers_are_adopted() {
        let home = Home::new();
        let kept = home.take_in("kept.png", &png(1));
        let trashed = home.take_in("trashed.png", &png(2));
        home.ask(home.service.trash_items(ItemIds { ids: vec![trashed] })).unwrap();
        let new = home.path("moved");
        std::fs::create_dir(&new).unwrap();

        let refused = change(&home, &new).unwrap_err().to_wire();
        assert_eq!(refused.code, ErrorCode::LibraryFolder);
        assert!(refused.message.starts_with("2 of 2 images"), "{refused:?}");
        assert!(refused.hint.unwrap().contains(".trash"));
        assert_eq!(home.ask(home.service.settings(NoArgs {})).unwrap(), settings(&home, &home.path("library")));

        std::fs::remove_dir(&new).unwrap();
        std::fs::rename(home.path("library"), &new).unwrap();
        std::fs::rename(new.join(".trash"), home.path("forgotten")).unwrap();
        assert!(change(&home, &new).unwrap_err().to_wire().message.starts_with("1 of 2 images"));

        std::fs::rename(home.path("forgotten"), new.join(".trash")).unwrap();
        std::fs::write(new.join("stranger.png"), png(3)).unwrap();
        change(&home, &new).unwrap();
        let outputs = home.work();
        assert_eq!((&outputs[0]["found"], &outputs[0]["known"]), (&1.into(), &2.into()), "{outputs:?}");
        assert_eq!(found(&home), 2);
        assert!(home.ask(home.service.file(kept)).unwrap().is_file());
        assert_eq!(home.take_in("kept.png", &png(1)), kept);
    }

    #[test]
    fn a_folder_without_the_images_of_the_library_is_told() {
        let home = Home::new();
        let notices = || home.ask(home.service.status(NoArgs {})).unwrap().notices.len();
        home.take_in("a.png", &png(1));
        let before = notices();
        std::fs::create_dir_all(home.path("empty")).unwrap();
        let by_hand = format!("library_folder = {:?}", home.path("empty").to_str().unwrap());
        home.write("config/settings.toml", by_hand);
        let told = home.ask(home.service.status(NoArgs {})).unwrap().notices;
        assert_eq!(told.len(), before + 1, "{told:?}");
        assert!(
            told.iter().any(|notice| notice.remedy.is_none() && notice.error.message.contains("empty")),
            "{told:?}"
        );
        home.take_in("a.png", &png(1));
        home.clock.advance(FOLDER_LOOK_MS);
        assert_eq!(notices(), before, "adding it again puts it there");
    }

    #[test]
    fn an_empty_library_goes_where_it_is_told_to_and_nowhere_else() {
        let home = Home::new();
        let new = home.path("disk/library");
        assert!(matches!(change(&home, &new), Err(Error::Folder(FolderError::Missing { .. }))));
        assert!(matches!(change(&home, Path::new("relative")), Err(Error::BadRequest(_))));
        assert!(!new.exists() && !home.path("library").exists(), "nothing is made by looking");
        std::fs::create_dir_all(&new).unwrap();
        change(&home, &new).unwrap();
        assert!(home.work().is_empty(), "there is nothing to adopt in an empty folder");
        home.take_in("a.png", &png(1));
        assert_eq!((new.read_dir().unwrap().count(), home.path("library").exists()), (1, false));
    }

    #[test]
    fn a_folder_that_is_gone_is_told_and_not_made_anew() {
        let home = Home::new();
        let trouble = || {
            home.ask(home.service.status(NoArgs {}))
                .unwrap()
                .notices
                .into_iter()
                .map(|n| n.error)
                .find(|error| error.code == ErrorCode::LibraryFolder)
        };
        assert_eq!((trouble(), home.path("library").exists()), (None, false), "the first image makes it");
        let id = home.take_in("a.png", &png(1));
        home.clock.advance(FOLDER_LOOK_MS);
        assert_eq!(trouble(), None);

        std::fs::rename(home.path("library"), home.path("unmounted")).unwrap();
        assert_eq!(trouble(), None, "it is not looked at again within seconds");
        home.clock.advance(FOLDER_LOOK_MS);
        assert!(trouble().unwrap().message.contains("is not there; connect its disk"));
        assert!(home.try_take_in("b.png", &png(2)).is_err());
        assert!(home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).is_err());
        assert!(!home.path("library").exists());

        std::fs::rename(home.path("unmounted"), home.path("library")).unwrap();
        home.clock.advance(FOLDER_LOOK_MS);
        assert_eq!(trouble(), None);
        home.take_in("b.png", &png(2));
        assert_eq!(found(&home), 2);
    }

    #[test]
    fn a_picture_is_shown_from_a_folder_that_cannot_be_written() {
        let home = Home::new();
        let id = home.take_in("a.png", &png(1));
        let entries = || walkdir::WalkDir::new(home.path("library")).into_iter().count();
        let modified = || home.path("library").metadata().unwrap().modified().unwrap();
        let before = (entries(), modified());
        for _ in 0..3 {
            home.ask(home.service.item(crate::api::ItemQuery { id, query: String::new() })).unwrap();
            home.ask(home.service.file(id)).unwrap();
            home.ask(home.service.picture(id, crate::View::Whole)).unwrap();
        }
        assert_eq!((entries(), modified()), before, "a look leaves no trace");
    }
}
