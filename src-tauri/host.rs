//! The desktop's own commands: dialogs, clipboard, opening files, quitting.

use crate::capture;
use crate::clipboard::{self, Content};
use crate::shell::{self, Shell};
use arboard::Clipboard;
use legible_service::api::{
    AddOrigin, AddPaths, Answer, CaptureWhat, Choose, ChooseArgs, Chosen, CopyText, Done, ErrorCode, Host, ItemFile,
    NoArgs, Pasted, Place, WebPage, WireError,
};
use legible_service::path_text;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use tauri::Manager;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

/// The clipboard that holds the text copied last.
static CLIPBOARD: Mutex<Option<Clipboard>> = Mutex::new(None);

/// Endings that the file dialog offers as images.
const IMAGES: &[&str] = &["png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "bmp"];

/// Endings that the file dialog offers as models: their files, and the TOML that describes one of the person's own.
const MODELS: &[&str] = &["onnx", "rten", "toml"];

impl Host for Shell {
    async fn landing(&self, _: NoArgs) -> Answer<Place> {
        Ok(self.take_landing())
    }

    async fn choose(&self, ChooseArgs { what }: ChooseArgs) -> Answer<Chosen> {
        let (send, chosen) = oneshot::channel();
        let dialog = self.app().dialog().file();
        match what {
            Choose::Files => dialog
                .set_title("Add images")
                .add_filter("Images", IMAGES)
                .add_filter("All files", &["*"])
                .pick_files(|files| drop(send.send(files))),
            Choose::Folders => dialog.set_title("Add folders").pick_folders(|folders| drop(send.send(folders))),
            Choose::Pictures => {
                let dialog = match self.app().path().picture_dir() {
                    Ok(pictures) => dialog.set_directory(pictures),
                    Err(_) => dialog,
                };
                dialog
                    .set_title("Add pictures")
                    .add_filter("Images", IMAGES)
                    .pick_files(|files| drop(send.send(files)));
            }
            Choose::Model => dialog
                .set_title("Add a model")
                .add_filter("Models", MODELS)
                .add_filter("All files", &["*"])
                .pick_file(|file| drop(send.send(file.map(|file| vec![file])))),
            Choose::SourceFolder => dialog
                .set_title("Choose a folder")
                .pick_folder(|folder| drop(send.send(folder.map(|folder| vec![folder])))),
            Choose::LibraryFolder => dialog
                .set_title("Choose the library folder")
                .pick_folder(|folder| drop(send.send(folder.map(|folder| vec![folder])))),
        }
        let files = chosen.await.ok().flatten().unwrap_or_default();
        let path = |file: FilePath| Some(path_text(&file.into_path().ok()?));
        Ok(Chosen { paths: files.into_iter().filter_map(path).collect() })
    }

    async fn paste(&self, _: NoArgs) -> Answer<Pasted> {
        let pasted = blocking(clipboard::read).await?;
        match pasted {
            Content::Files(files) => {
                let paths = files.into_iter().map(|path| path_text(&path)).collect();
                let added = self.service().add_paths(AddPaths { paths, origin: AddOrigin::Paste }).await?;
                Ok(Pasted { group: Some(added.group), restored: false })
            }
            Content::Image(png) => {
                Ok(self.service().add_image("Pasted image.png".into(), png, AddOrigin::Paste).await?)
            }
            Content::Nothing => {
                let message = "There is no image on the clipboard.";
                Err(WireError::new(ErrorCode::NothingToPaste, message).hint("Copy an image or image files first."))
            }
        }
    }

    async fn capture(&self, what: CaptureWhat) -> Answer<Done> {
        capture::capture(self.app(), what).await
    }

    async fn copy_text(&self, CopyText { text }: CopyText) -> Answer<Done> {
        copy(text).await?;
        Ok(Done {})
    }

    async fn open_file(&self, ItemFile { id }: ItemFile) -> Answer<Done> {
        let path = file_of(self, id).await?;
        self.app().opener().open_path(path.to_string_lossy(), None::<&str>).map_err(|e| no_program(&e))?;
        Ok(Done {})
    }

    async fn reveal_file(&self, ItemFile { id }: ItemFile) -> Answer<Done> {
        let path = file_of(self, id).await?;
        self.app().opener().reveal_item_in_dir(path).map_err(|e| no_program(&e))?;
        Ok(Done {})
    }

    async fn open_page(&self, page: WebPage) -> Answer<Done> {
        let address = self.service().page_address(page)?;
        self.app().opener().open_url(address, None::<&str>).map_err(|e| no_program(&e))?;
        Ok(Done {})
    }

    async fn quit(&self, _: NoArgs) -> Answer<Done> {
        tauri::async_runtime::spawn(shell::quit(self.app().clone()));
        Ok(Done {})
    }
}

/// Puts text on the clipboard.
///
/// # Errors
/// When the clipboard cannot be reached.
pub async fn copy(text: String) -> Answer<()> {
    blocking(move || clipboard::write(&mut CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner), text)).await
}

async fn file_of(shell: &Shell, id: i64) -> Answer<PathBuf> {
    let path = shell.service().file(id).await?;
    if path.exists() {
        return Ok(path);
    }
    let message = format!("{} is not there any more.", path.display());
    Err(WireError::new(ErrorCode::File, message).hint("Put the file back, or move the image to the trash."))
}

fn no_program(error: &tauri_plugin_opener::Error) -> WireError {
    WireError::new(ErrorCode::File, format!("The desktop could not open the file: {error}"))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Answer<T> {
    let failed = |error: String| WireError::new(ErrorCode::Internal, error);
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| failed(error.to_string()))?;
    done.map_err(|error| failed(format!("{error:#}")))
}
