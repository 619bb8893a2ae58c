//! Names that are no files of a person: hidden, unfinished, temporary, kept by a system. All are given in lower case.

/// Endings of files that are expected to be images, whatever is in them.
pub const IMAGE_ENDINGS: &[&str] =
    &["png", "jpg", "jpeg", "jfif", "webp", "gif", "tif", "tiff", "bmp", "avif", "heic", "heif", "jxl", "jp2"];

/// Endings of files that a program is still writing: browsers, download and sync programs, editors.
const UNFINISHED: &[&str] = &[
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    ".download",
    ".opdownload",
    ".tmp",
    ".temp",
    ".!ut",
    ".!qb",
    ".bc!",
    ".aria2",
    ".ytdl",
    ".swp",
];

/// Names that file managers put beside a person's files.
const KEPT_BY_SYSTEMS: &[&str] = &["thumbs.db", "ehthumbs.db", "desktop.ini"];

/// Folders that systems and network disks keep for themselves: trash, snapshots, thumbnails.
const FOLDERS_OF_SYSTEMS: &[&str] = &[
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "@eadir",
    "#recycle",
    "@recycle",
    "#snapshot",
    "~snapshot",
];

/// Whether a file of this name is never taken.
pub fn is_no_file(name: &str) -> bool {
    is_hidden(name)
        || name.starts_with("~$")
        || name.starts_with("~syncthing~")
        || name.ends_with('~')
        || KEPT_BY_SYSTEMS.contains(&name)
        || UNFINISHED.iter().any(|ending| name.ends_with(ending))
}

/// Whether a folder of this name is never entered.
pub fn is_no_folder(name: &str) -> bool {
    // Safari writes a download into a folder.
    is_hidden(name) || name.ends_with(".download") || FOLDERS_OF_SYSTEMS.contains(&name)
}

/// Whether a file of this name is expected to be an image.
pub fn is_image(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| IMAGE_ENDINGS.contains(&ending))
}

/// A leading dot hides: so are named the halves of rsync, Syncthing, Nextcloud and Android, and what Finder adds.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_of_a_person() {
        let no = "a.png.part a.partial a.filepart a.crdownload a.download a.tmp a.opdownload a.!ut ~$a.png a.png~ ._a.png \
                  .ds_store thumbs.db .syncthing.a.png.tmp ~syncthing~a.png.tmp .a.png.x3fGh1 .a.png desktop.ini \
                  .pending-1-a.jpg .~a.png .goutputstream-aa";
        for name in no.split_whitespace() {
            assert!(is_no_file(name), "{name}");
        }
        for name in ["a.png", "part.png", "tmp", "a.part.png", "~a.png", "download", "a~b.png", "$.png"] {
            assert!(!is_no_file(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_folder_of_a_person() {
        for (name, expected) in
            [(".git", true), ("@eadir", true), ("a.download", true), ("a.part", false), ("a", false)]
        {
            assert_eq!(is_no_folder(name), expected, "{name}");
        }
    }

    #[test]
    fn images_are_known_by_their_ending() {
        for (name, expected) in [("a.png", true), ("png", false), ("a.b.jpeg", true), ("a.txt", false), ("a.", false)] {
            assert_eq!(is_image(name), expected, "{name}");
        }
    }
}
