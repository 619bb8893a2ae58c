//! Of the library folder, sidecars are merged. An image is what it is: of two with one name both are kept, each with its sidecar.

use legible_cloud::FilePath;
use legible_cloud::run::Merge;
use legible_library::{ContentHash, bare_gist, is_damaged, merge_sidecars, sidecar_gist, understood};
use std::path::Path;

/// Merges sidecars field by field.
pub struct Sidecars;

impl Merge for Sidecars {
    fn may_merge(&self, path: &FilePath) -> bool {
        is_sidecar(path)
    }

    fn gist(&self, _: &FilePath, content: &[u8]) -> Option<Vec<u8>> {
        sidecar_gist(content)
    }

    fn bare(&self, gist: &[u8]) -> Option<Vec<u8>> {
        bare_gist(gist)
    }

    fn merge(&self, _: &FilePath, was: Option<&[u8]>, local: &[u8], remote: &[u8]) -> Option<Vec<u8>> {
        merge_sidecars(was, local, remote)
    }

    fn is_damaged(&self, path: &FilePath, content: &[u8]) -> bool {
        is_sidecar(path) && is_damaged(content)
    }

    fn sidecar_of(&self, path: &FilePath) -> Option<FilePath> {
        sidecar_of(path)
    }

    /// An image and its sidecar get the same word, so that they stay together under their new name.
    fn named_by(&self, path: &FilePath, content: &[u8]) -> Option<String> {
        let image = if is_sidecar(path) { understood(content)?.hash } else { ContentHash::of(content) };
        Some(image.as_str().to_owned())
    }
}

/// What the name of a sidecar ends with, after the whole name of its image.
pub const ENDING: &str = ".json";

/// Whether a file of the library folder tells of an image.
pub fn is_sidecar(path: &FilePath) -> bool {
    path.as_str().ends_with(ENDING)
}

/// Where the sidecar of an image lies; `None` for one.
pub fn sidecar_of(path: &FilePath) -> Option<FilePath> {
    if is_sidecar(path) { None } else { FilePath::parse(&format!("{path}{ENDING}")).ok() }
}

/// Where the image lies that a file of the library folder is, or tells of.
pub fn image_of(path: &FilePath) -> &Path {
    Path::new(path.as_str().strip_suffix(ENDING).unwrap_or(path.as_str()))
}

/// The path of an image below the library folder, as storages have it.
pub fn slashed(image: &Path) -> Option<FilePath> {
    let names = image.iter().map(|name| name.to_str()).collect::<Option<Vec<_>>>()?;
    FilePath::parse(&names.join("/")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Home, png};

    #[test]
    fn an_image_and_its_sidecar_are_named_alike() {
        let home = Home::new();
        home.take_in("a.png", &png(1));
        let file = |name: &str| std::fs::read(home.path("library/1970/01").join(name)).unwrap();
        let word = |name: &str| Sidecars.named_by(&FilePath::parse(name).unwrap(), &file(name));
        assert_eq!(word("a.png"), word("a.png.json"));
        assert!(word("a.png").is_some_and(|word| word.len() == 64));
        let path = FilePath::parse("a.png.json").unwrap();
        assert!(Sidecars.gist(&path, &file("a.png.json")).is_some());
        assert!(Sidecars.may_merge(&path) && !Sidecars.may_merge(&FilePath::parse("a.png").unwrap()));
    }
}
