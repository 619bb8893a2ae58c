//! How folders are written. Dropbox tells of a file how its own name is written; those of the folders above may be written in its path as
//! anybody once wrote them. So each is taken from the folder itself, which keeps a path the same in a list, in changes and next year.

use std::collections::HashMap;

/// The names of folders, by their paths in lower case.
#[derive(Default)]
pub(super) struct Spelling(HashMap<String, String>);

impl Spelling {
    /// A folder at a path in lower case has this name.
    pub fn note(&mut self, lower: &str, name: &str) {
        self.0.insert(lower.to_owned(), name.to_owned());
    }

    /// A folder is gone, with those in it.
    pub fn forget(&mut self, lower: &str) {
        let below = format!("{lower}/");
        self.0.retain(|path, _| path != lower && !path.starts_with(&below));
    }

    /// The folders above a path, below the one that is kept in step, whose names are not known.
    pub fn unknown<'a>(&self, lower: &'a str, root: &str) -> Vec<&'a str> {
        above(lower, root).filter(|folder| !self.0.contains_key(*folder)).collect()
    }

    /// The path below the folder that is kept in step, as it is written; `None` for that folder itself.
    pub fn path(&self, lower: &str, name: &str, root: &str) -> Option<String> {
        let depth = names_in(root);
        if names_in(lower) <= depth {
            return None;
        }
        let own = |folder: &str| match self.0.get(folder) {
            Some(name) => name.clone(),
            None => folder.rsplit('/').next().unwrap_or(folder).to_owned(),
        };
        let names: Vec<String> = above(lower, root).map(own).chain([name.to_owned()]).collect();
        Some(names.join("/"))
    }
}

/// The folders above a path, below the root, from the outermost.
fn above<'a>(lower: &'a str, root: &str) -> impl Iterator<Item = &'a str> {
    // The first slash begins the path, and one more stands after each name.
    lower.match_indices('/').map(|(at, _)| &lower[..at]).skip(names_in(root) + 1)
}

fn names_in(path: &str) -> usize {
    path.matches('/').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_their_folders_are() {
        let mut spelling = Spelling::default();
        spelling.note("/apps/lib/photos", "Photos");
        spelling.note("/apps/lib/photos/ümlaut", "Ümlaut");
        let check = |lower: &str, name: &str, root: &str, expected: Option<&str>| {
            assert_eq!(spelling.path(lower, name, root).as_deref(), expected, "{lower}");
        };
        check("/apps/lib/photos/ümlaut/a.png", "A.png", "/Apps/Lib", Some("Photos/Ümlaut/A.png"));
        check("/apps/lib/photos", "Photos", "/Apps/Lib", Some("Photos"));
        check("/apps/lib/other/a.png", "a.png", "/Apps/Lib", Some("other/a.png"));
        check("/apps/lib", "Lib", "/Apps/Lib", None);
        check("/a.png", "A.png", "", Some("A.png"));
        assert_eq!(
            spelling.unknown("/apps/lib/photos/new/deep/a.png", "/Apps/Lib"),
            ["/apps/lib/photos/new", "/apps/lib/photos/new/deep"]
        );
        assert!(spelling.unknown("/a.png", "").is_empty());
        spelling.forget("/apps/lib/photos");
        assert!(spelling.0.is_empty());
    }
}
