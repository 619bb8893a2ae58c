//! What of a watched folder is wanted.
//!
//! A pattern is relative to the watched folder, whatever the case of its letters. One without a slash counts at any depth.
//! One whose last part is only stars (`scans/**`) says where: the images there. Any other (`*.dat`) says which files,
//! whatever their ending. A left out folder is left out with everything in it.

use crate::FolderSpec;
use crate::folder::names;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Why a folder cannot be watched as it is set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFolder {
    /// A pattern is none.
    #[error("the pattern “{pattern}” cannot be used: {problem}")]
    Pattern {
        /// The pattern, as the person wrote it.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The folder belongs to Legible: it would read its own output.
    #[error("{} is a folder that Legible writes to; watch another one", .0.display())]
    Own(PathBuf),
    /// The folder's path depends on where the program was started.
    #[error("{} is no absolute path", .0.display())]
    NotAbsolute(PathBuf),
}

/// What of a watched folder is wanted. Paths are relative to it.
#[derive(Debug, Clone)]
pub struct Wanted {
    root: PathBuf,
    recursive: bool,
    /// Where images are taken.
    places: GlobSet,
    /// Which files are taken, whatever their ending.
    files: GlobSet,
    left_out: GlobSet,
    /// Places that are never entered, relative to the root.
    own: Vec<PathBuf>,
    /// All places of Legible's by their real names: a link may lead there.
    own_places: Vec<PathBuf>,
    quiet_ms: u32,
}

impl Wanted {
    /// What `spec` wants. `own` are the absolute places that Legible writes to: the library folder, its data, folders of
    /// exports and those that files are moved to; nothing in them is ever found.
    ///
    /// # Errors
    /// [`BadFolder`].
    pub fn new(spec: &FolderSpec, own: &[PathBuf]) -> Result<Wanted, BadFolder> {
        if !spec.path.is_absolute() {
            return Err(BadFolder::NotAbsolute(spec.path.clone()));
        }
        let own_places = own.iter().map(|place| real(place)).collect();
        let own = own_within(&spec.path, own)?;
        let wanted = Self::like(&spec.include, &spec.exclude)?;
        let (root, recursive, quiet_ms) = (spec.path.clone(), spec.recursive, spec.quiet_ms);
        Ok(Wanted { root, recursive, own, own_places, quiet_ms, ..wanted })
    }

    /// What patterns want of a folder that is none of this machine, with all folders in it.
    ///
    /// # Errors
    /// [`BadFolder::Pattern`].
    pub fn like(include: &[String], exclude: &[String]) -> Result<Wanted, BadFolder> {
        let (mut places, mut files) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in include {
            let last = pattern.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let says_where = pattern.ends_with('/') || last.chars().all(|letter| letter == '*');
            if says_where { &mut places } else { &mut files }.add(glob(pattern)?);
        }
        if include.is_empty() {
            places.add(glob("**")?);
        }
        let mut left_out = GlobSetBuilder::new();
        for pattern in exclude {
            left_out.add(glob(pattern)?);
        }
        Ok(Wanted {
            root: PathBuf::new(),
            recursive: true,
            places: built(&places, include)?,
            files: built(&files, include)?,
            left_out: built(&left_out, exclude)?,
            own: vec![],
            own_places: vec![],
            quiet_ms: 0,
        })
    }

    /// The watched folder, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether folders in it are looked at too.
    pub fn recursive(&self) -> bool {
        self.recursive
    }

    /// How long a file must have been left alone before it is taken, in milliseconds.
    pub fn quiet_ms(&self) -> u32 {
        self.quiet_ms
    }

    /// Whether a file of this name is taken, as far as names tell.
    pub fn takes(&self, path: &Path) -> bool {
        let Some(parent) = path.parent() else { return false };
        self.enters(parent) && self.takes_in(path)
    }

    /// Whether a file of this name is taken, if its folder is known to be entered.
    pub(crate) fn takes_in(&self, path: &Path) -> bool {
        let name = folded(path.file_name().map(Path::new).unwrap_or(path));
        let whole = folded(path);
        !names::is_no_file(&name)
            && (self.files.is_match(&whole) || names::is_image(&name) && self.places.is_match(&whole))
            && !self.left_out.is_match(&whole)
    }

    /// Whether a folder of this name is looked into; the watched folder itself, whose name is empty, is.
    pub fn enters(&self, folder: &Path) -> bool {
        let plain = folder.components().all(|part| matches!(part, Component::Normal(_)));
        let within = self.recursive || folder.as_os_str().is_empty();
        let ancestors = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty());
        plain && within && ancestors.into_iter().all(|folder| self.enters_in(folder))
    }

    /// Whether a folder of this name is looked into, if the one that it lies in is.
    pub(crate) fn enters_in(&self, folder: &Path) -> bool {
        let name = folded(folder.file_name().map(Path::new).unwrap_or(folder));
        self.recursive && !names::is_no_folder(&name) && !self.is_own(folder) && !self.left_out.is_match(folded(folder))
    }

    /// Whether a real path lies in a place that Legible writes to.
    pub(crate) fn is_own_place(&self, real: &Path) -> bool {
        self.own_places.iter().any(|own| real.starts_with(own))
    }

    /// Whether a path, relative to the watched folder, lies in a place that Legible writes to.
    pub(crate) fn is_own(&self, path: &Path) -> bool {
        self.own.iter().any(|own| path.starts_with(own))
    }
}

fn built(set: &GlobSetBuilder, patterns: &[String]) -> Result<GlobSet, BadFolder> {
    let bad =
        |error: globset::Error| BadFolder::Pattern { pattern: patterns.join(", "), problem: error.kind().to_string() };
    set.build().map_err(bad)
}

/// The places of `own` that lie in `root`, relative to it, by the names that they were given and by their real ones.
fn own_within(root: &Path, own: &[PathBuf]) -> Result<Vec<PathBuf>, BadFolder> {
    let roots = [root.to_owned(), real(root)];
    let mut within = Vec::new();
    for place in own {
        for place in [place.clone(), real(place)] {
            if roots.iter().any(|root| root.starts_with(&place)) {
                return Err(BadFolder::Own(root.to_owned()));
            }
            within.extend(roots.iter().filter_map(|root| place.strip_prefix(root).ok()).map(Path::to_owned));
        }
    }
    within.sort();
    within.dedup();
    Ok(within)
}

/// The path without links, as far as it is there.
pub(crate) fn real(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|there| {
        let rest = path.strip_prefix(there).ok()?;
        there.canonicalize().ok().map(|there| if rest.as_os_str().is_empty() { there } else { there.join(rest) })
    });
    known.unwrap_or_else(|| path.to_owned())
}

fn glob(pattern: &str) -> Result<globset::Glob, BadFolder> {
    let bad = |problem: String| BadFolder::Pattern { pattern: pattern.to_owned(), problem };
    let mut text = folded(Path::new(pattern.trim()));
    if cfg!(windows) {
        text = text.replace('\\', "/");
    }
    let anchored = text.trim_end_matches('/').contains('/');
    text = text.trim_start_matches('/').trim_start_matches("./").to_owned();
    if text.is_empty() {
        return Err(bad("it is empty".to_owned()));
    }
    if text.split('/').any(|part| part == "..") {
        return Err(bad("it leads out of the folder".to_owned()));
    }
    if text.ends_with('/') {
        text += "**";
    }
    if !anchored {
        text = format!("**/{text}");
    }
    let built = GlobBuilder::new(&text).literal_separator(true).build();
    built.map_err(|error| bad(error.kind().to_string()))
}

/// A text to compare names by: without case, and whichever way its accents are written.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(include: &[&str], exclude: &[&str], own: &[&str]) -> Result<Wanted, BadFolder> {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let (path, recursive, quiet_ms) = (PathBuf::from("/w"), true, 1000);
        let spec = FolderSpec { path, recursive, include: texts(include), exclude: texts(exclude), quiet_ms };
        Wanted::new(&spec, &own.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn patterns_choose_files() {
        let check = |include: &[&str], exclude: &[&str], taken: &str, left: &str| {
            let wanted = wanted(include, exclude, &["/w/lib", "/elsewhere"]).unwrap();
            for path in taken.split_whitespace() {
                assert!(wanted.takes(Path::new(path)), "{include:?} -{exclude:?} takes {path}");
            }
            for path in left.split_whitespace() {
                assert!(!wanted.takes(Path::new(path)), "{include:?} -{exclude:?} leaves {path}");
            }
        };
        check(
            &[],
            &[],
            "a.png A.JPG a/b/c.webp ä.Tiff",
            "a.txt a lib/a.png lib/x/a.png .h/a.png a/.h.png ../a.png /a.png",
        );
        check(&["*.png"], &[], "a.png a/b.PNG", "a.jpg a/b.jpg");
        check(&["*.dat", "*.png"], &[], "a.dat a/b.dat c.png", "a.jpg a.dat.part");
        check(&["scans/**"], &[], "scans/a.png Scans/b/c.jpg", "a.png x/scans/a.png scans/a.txt");
        check(&["/scans/*"], &[], "scans/a.png", "scans/b/c.jpg a.png");
        check(&["scans/"], &[], "scans/a.png scans/b/c.png x/scans/d.png", "a.png scans/a.txt");
        check(&["*"], &[], "a.png b/a.png", "a.txt .a.png");
        check(&["Ä*.png"], &[], "ä1.png a\u{308}2.png", "a.png");
        check(&["{a,b}?.[pj]*"], &[], "a1.png x/b2.jpg", "c1.png a.png");
        check(&[], &["old"], "a.png older/a.png", "old/a.png x/old/y/a.png");
        check(&[], &["old/**"], "x/old/a.png", "old/a.png old/b/c.png");
        check(&[], &["*-draft.*"], "a.png", "a-draft.png b/C-DRAFT.JPG");
    }

    #[test]
    fn a_flat_folder_has_no_other_folders() {
        let spec = FolderSpec { path: "/w".into(), recursive: false, include: vec![], exclude: vec![], quiet_ms: 0 };
        let wanted = Wanted::new(&spec, &[]).unwrap();
        let taken = ["a.png", "a/b.png"].map(|path| wanted.takes(Path::new(path)));
        assert_eq!(taken, [true, false]);
        assert!(wanted.enters(Path::new("")) && !wanted.enters(Path::new("a")));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |include: &[&str], own: &[&str], expected: &str| {
            assert_eq!(wanted(include, &[], own).unwrap_err().to_string(), expected);
        };
        let of = |pattern, problem| format!("the pattern “{pattern}” cannot be used: {problem}");
        check(&["*.png", "[a"], &[], &of("[a", "unclosed character class; missing ']'"));
        check(&["{a"], &[], &of("{a", "unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"));
        check(&[" "], &[], &of(" ", "it is empty"));
        check(&["../a/*"], &[], &of("../a/*", "it leads out of the folder"));
        check(&[], &["/w"], "/w is a folder that Legible writes to; watch another one");
        check(&[], &["/"], "/w is a folder that Legible writes to; watch another one");
    }

    #[cfg(unix)]
    #[test]
    fn own_places_are_known_by_their_real_names() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(real.join("w/lib")).unwrap();
        std::os::unix::fs::symlink(real.join("w"), real.join("link")).unwrap();
        let wanted = |root: &str, own: &str| {
            let path = real.join(root);
            let spec = FolderSpec { path, recursive: true, include: vec![], exclude: vec![], quiet_ms: 0 };
            Wanted::new(&spec, &[real.join(own)])
        };
        assert!(!wanted("link", "w/lib").unwrap().takes(Path::new("lib/a.png")));
        assert!(!wanted("w", "link/lib").unwrap().takes(Path::new("lib/a.png")));
        assert!(!wanted("w", "link/later").unwrap().takes(Path::new("later/a.png")));
        assert!(wanted("link", "w").is_err());
    }
}
