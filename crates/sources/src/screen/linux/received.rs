//! The file that the desktop portal leaves: read with suspicion, and not left behind.

use crate::screen::limits::{LARGEST_FILE, MOST_PIXELS};
use crate::screen::{Error, Picture, Rect, Result};
use image::{ImageReader, Limits};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// A received picture.
#[derive(Debug)]
pub struct Received {
    pub picture: Picture,
    /// The file, if it stays: the desktop put it where a person keeps pictures.
    pub left: Option<PathBuf>,
}

/// Reads the picture that this address names, and deletes the file if it lies in one of the temporary directories. The
/// portal hands its file over to the program that asked, so nobody else would ever delete it there.
pub fn receive(uri: &str, temporary: &[PathBuf]) -> Result<Received> {
    let path = path(uri).ok_or_else(|| Error::BadAnswer(format!("it names no file of this computer: {uri:?}")))?;
    let picture = read(&path);
    let left = if is_temporary(&path, temporary) { fs::remove_file(&path).is_err() } else { true };
    Ok(Received { picture: picture?, left: left.then_some(path) })
}

fn read(path: &Path) -> Result<Picture> {
    let unreadable = |problem: String| Error::BadAnswer(format!("{}: {problem}", path.display()));
    let bytes = bytes(path).map_err(|error| unreadable(error.to_string()))?;
    let reader = || ImageReader::new(Cursor::new(&bytes)).with_guessed_format();
    let reader = || reader().map_err(|error| unreadable(error.to_string()));
    let (width, height) = reader()?.into_dimensions().map_err(|error| unreadable(error.to_string()))?;
    // Refuses what is too large before a pixel of it is held.
    let empty =
        Picture::empty(Rect::new(0, 0, width, height), &[]).map(|picture| Picture { bounds: None, ..picture })?;
    let mut reader = reader()?;
    let mut limits = Limits::default();
    // Eight bytes for a pixel: four channels of 16 bits.
    limits.max_alloc = Some(MOST_PIXELS * 8);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|error| unreadable(error.to_string()))?;
    Ok(Picture { rgba: decoded.into_rgba8().into_raw(), ..empty })
}

fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    // A pipe would be waited for for ever.
    let file = fs::metadata(path)?;
    if !file.is_file() {
        return Err(std::io::Error::other("it is no plain file"));
    }
    if file.len() > LARGEST_FILE {
        return Err(std::io::Error::other(format!("it has {} bytes, which is too much", file.len())));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the file really lies in one of these directories, however it is called.
fn is_temporary(path: &Path, temporary: &[PathBuf]) -> bool {
    let Ok(real) = path.canonicalize() else { return false };
    let is_plain = fs::symlink_metadata(path).is_ok_and(|file| file.is_file());
    // Documents of the portal are the person's own files under another name.
    let is_document = real.components().any(|part| part.as_os_str() == "doc") && real.starts_with("/run");
    let within = |directory: &PathBuf| directory.canonicalize().is_ok_and(|directory| real.starts_with(directory));
    is_plain && !is_document && temporary.iter().any(within)
}

/// The file that a `file:` address (RFC 8089) names.
fn path(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let here = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    if !scheme.eq_ignore_ascii_case("file") || !here {
        return None;
    }
    let bytes = unescaped(path.as_bytes())?;
    (!bytes.contains(&0)).then(|| PathBuf::from(OsString::from_vec(bytes)))
}

/// Bytes in place of `%XX`.
fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        if *byte == b'%' {
            let digits = [*rest.next()?, *rest.next()?].map(|digit| char::from(digit).to_digit(16));
            bytes.push(u8::try_from(digits[0]? * 16 + digits[1]?).ok()?);
        } else {
            bytes.push(*byte);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_file() {
        let check = |uri: &str, expected: Option<&str>| assert_eq!(path(uri), expected.map(PathBuf::from), "{uri}");
        check("file:///tmp/a.png", Some("/tmp/a.png"));
        check("file://localhost/tmp/a%20b%C3%BC%25.png", Some("/tmp/a bü%.png"));
        check("FILE:///a", Some("/a"));
        check("file://elsewhere/tmp/a.png", None);
        check("https://example.org/a.png", None);
        check("/tmp/a.png", None);
        check("file:///tmp/%0", None);
        check("file:///tmp/%zz", None);
        check("file:///tmp/%+1", None);
        check("file:///tmp/a%00b", None);
        check("file://", None);
        check("", None);
    }

    #[test]
    fn only_plain_files_in_temporary_directories_are_deleted() {
        let (temporary, pictures) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = |directory: &Path, name: &str| {
            let path = directory.join(name);
            image::RgbImage::new(2, 2).save(&path).unwrap();
            path
        };
        let check = |path: &Path, deleted: bool| {
            let received = receive(&format!("file://{}", path.display()), &[temporary.path().to_owned()]).unwrap();
            assert_eq!(received.left, (!deleted).then(|| path.to_owned()));
            assert_eq!(path.exists(), !deleted, "{}", path.display());
        };
        check(&file(temporary.path(), "a.png"), true);
        let kept = file(pictures.path(), "b.png");
        check(&kept, false);
        let link = temporary.path().join("c.png");
        std::os::unix::fs::symlink(&kept, &link).unwrap();
        check(&link, false);
        check(&temporary.path().join("..").join(pictures.path().file_name().unwrap()).join("b.png"), false);
    }

    #[test]
    fn what_is_no_picture_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let check = |name: &str, content: Option<&[u8]>, expected: &str| {
            let path = directory.path().join(name);
            if let Some(content) = content {
                fs::write(&path, content).unwrap();
            }
            let said = receive(&format!("file://{}", path.display()), &[]).unwrap_err();
            assert!(said.to_string().contains(expected), "{said}");
            assert!(matches!(said, Error::BadAnswer(_) | Error::TooLarge { .. }), "{said:?}");
        };
        check("missing.png", None, "No such file");
        check("empty.png", Some(b""), "empty.png: ");
        check("text.png", Some(b"<html>not found</html>"), "text.png: ");
        check("", None, "no plain file");
        // A valid beginning that promises more pixels than there is memory for.
        let mut header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec();
        let crc = 0x80d2_7542_u32;
        header.extend_from_slice(&crc.to_be_bytes());
        // What follows is never looked at, but there has to be something.
        header.extend_from_slice(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        check("huge.png", Some(&header), "60000 × 60000 pixels is too large");
    }
}
