//! The system's clipboard: what is on it to add, and text to put on it. Blocks.

use anyhow::Context;
use arboard::{Clipboard, Error};
use std::io::Cursor;
use std::path::PathBuf;

/// What can be pasted.
pub enum Content {
    /// Files that were copied in a file browser.
    Files(Vec<PathBuf>),
    /// An image, as PNG.
    Image(Vec<u8>),
    /// Neither.
    Nothing,
}

/// Reads the clipboard; files go before images, since file browsers offer icons beside.
///
/// # Errors
/// When the clipboard cannot be reached or its image cannot be encoded.
pub fn read() -> anyhow::Result<Content> {
    let mut clipboard = Clipboard::new().context("the clipboard cannot be reached")?;
    match clipboard.get().file_list() {
        Ok(files) if !files.is_empty() => return Ok(Content::Files(files)),
        Ok(_) | Err(_) => {}
    }
    match clipboard.get_image() {
        Ok(image) => {
            let (width, height) = (u32::try_from(image.width)?, u32::try_from(image.height)?);
            let pixels = image::RgbaImage::from_raw(width, height, image.bytes.into_owned())
                .context("the image on the clipboard is not whole")?;
            let mut png = Cursor::new(Vec::new());
            pixels.write_to(&mut png, image::ImageFormat::Png)?;
            Ok(Content::Image(png.into_inner()))
        }
        Err(Error::ContentNotAvailable | Error::ConversionFailure) => Ok(Content::Nothing),
        Err(error) => Err(error).context("the clipboard cannot be read"),
    }
}

/// Puts text on the clipboard.
///
/// # Errors
/// When the clipboard cannot be reached.
pub fn write(clipboard: &mut Option<Clipboard>, text: String) -> anyhow::Result<()> {
    // On Linux the text lives in this program, so the clipboard is kept open.
    if clipboard.is_none() {
        *clipboard = Some(Clipboard::new().context("the clipboard cannot be reached")?);
    }
    if let Some(clipboard) = clipboard {
        clipboard.set_text(text).context("the clipboard cannot be written")?;
    }
    Ok(())
}
