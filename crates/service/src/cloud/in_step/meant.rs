//! Which files of a storage and of the library folder are meant: images and what is said of them, and nothing that another program put
//! beside them.

use super::merge::{image_of, is_sidecar, sidecar_of};
use crate::api::SyncContent;
use legible_cloud::FilePath;
use legible_cloud::plan::Direction;
use legible_cloud::run::Wants;
use legible_library::is_image;
use std::collections::BTreeSet;

/// Where the sidecars of images lie that are elsewhere on this machine: they say nothing to another one.
const OF_THIS_MACHINE: &str = "Referenced/";

/// What a person wants in step, and where it may change.
pub struct Meant {
    /// What of the library.
    pub content: SyncContent,
    /// Which side.
    pub direction: Direction,
    /// Images that are damaged here.
    pub damaged: BTreeSet<FilePath>,
}

impl Wants for Meant {
    fn wants(&self, path: &FilePath, is_known: &dyn Fn(&FilePath) -> bool) -> bool {
        if self.damaged.contains(path) {
            return false;
        }
        match self.content {
            SyncContent::Library if path.as_str().starts_with(OF_THIS_MACHINE) => self.direction == Direction::Up,
            SyncContent::Library => is_of_an_image(path, is_known),
            SyncContent::Text => is_sidecar(path),
            SyncContent::Markdown => true,
        }
    }
}

/// Whether a file is an image, or tells of one. One that is not named as images are is known by its sidecar.
fn is_of_an_image(path: &FilePath, is_known: &dyn Fn(&FilePath) -> bool) -> bool {
    let image = image_of(path);
    let other = match sidecar_of(path) {
        None => image.to_str().and_then(|image| FilePath::parse(image).ok()),
        sidecar => sidecar,
    };
    is_image(image) || other.is_some_and(|other| is_known(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_and_what_is_said_of_them_are_meant() {
        let check = |(content, direction): (SyncContent, Direction), known: &[&str], expected: &[&str]| {
            let known: Vec<FilePath> = known.iter().map(|path| FilePath::parse(path).unwrap()).collect();
            let meant = Meant { content, direction, damaged: [FilePath::parse("bad.png").unwrap()].into() };
            let wanted = known.iter().filter(|path| meant.wants(path, &|path| known.contains(path)));
            assert_eq!(wanted.map(FilePath::as_str).collect::<Vec<_>>(), expected, "{content:?} {direction:?}");
        };
        let all = [
            "a.PNG",
            "a.PNG.json",
            "scan",
            "scan.json",
            "notes.txt",
            "package.json",
            "b.jpg.json",
            "Referenced/1.json",
            "bad.png",
        ];
        let both = ["a.PNG", "a.PNG.json", "scan", "scan.json", "b.jpg.json"];
        check((SyncContent::Library, Direction::Both), &all, &both);
        check((SyncContent::Library, Direction::Up), &all, &[both.as_slice(), &["Referenced/1.json"]].concat());
        let texts = ["a.PNG.json", "scan.json", "package.json", "b.jpg.json", "Referenced/1.json"];
        check((SyncContent::Text, Direction::Up), &all, &texts);
        check((SyncContent::Markdown, Direction::Up), &all, &all[..all.len() - 1]);
    }
}
