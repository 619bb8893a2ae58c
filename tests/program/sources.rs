//! Sources as tests set them up and look at them, and what came from them.

use super::{Home, Said};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What the library knows of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name to show.
    pub name: String,
    /// How often it was read.
    pub reads: u32,
    /// What it says.
    pub text: String,
    /// Its tags, in their order.
    pub tags: Vec<String>,
    /// Where it lies: a path in the library, an absolute one, or nothing where only the text is kept.
    pub path: PathBuf,
    /// Whether its file was found to be gone.
    pub missing: bool,
}

impl Home {
    /// Makes a source of these words and returns its number.
    #[track_caller]
    pub fn add_source(&self, words: &[&str]) -> String {
        self.run(["sources", "add"].iter().chain(words).chain(&["--json"])).with(0).json()["id"].to_string()
    }

    /// Watches a folder of the home, which is made; returns the number of the source. Files may be taken at once where
    /// nothing else is said.
    #[track_caller]
    pub fn watch(&self, folder: &str, words: &[&str]) -> String {
        std::fs::create_dir_all(self.path(folder)).unwrap();
        let quiet: &[&str] = if words.contains(&"--quiet") { &[] } else { &["--quiet", "0"] };
        self.add_source(&[&["folder", folder], quiet, words].concat())
    }

    /// A source with what is known of it.
    #[track_caller]
    pub fn source(&self, id: &str) -> Value {
        self.run(["sources", "show", id, "--json"]).with(0).json()["source"].clone()
    }

    /// The looks of a source in words, the newest first.
    #[track_caller]
    pub fn looks(&self, id: &str) -> Vec<String> {
        let shown = self.run(["sources", "show", id, "--json"]).with(0).json();
        shown["looks"].as_array().unwrap().iter().map(|look| look["words"].as_str().unwrap().to_owned()).collect()
    }

    /// Has a source look, in a process of its own or in the one that runs.
    pub fn look(&self, id: &str) -> Said {
        self.run(["sources", "run", "--wait", id])
    }

    /// What a look of a source found, in words.
    #[track_caller]
    pub fn found_by(&self, id: &str) -> String {
        let out = self.look(id).with(0).out;
        out.trim_end().strip_prefix(&format!("{id}\t")).unwrap_or_else(|| panic!("{out}")).to_owned()
    }

    /// Works until nothing is left to do.
    #[track_caller]
    pub fn work(&self) {
        self.run(["run", "--until-idle"]).with(0);
    }

    /// Everything in the library, by name.
    pub fn kept(&self) -> Vec<Kept> {
        let database = self.database();
        let sql = "SELECT name, reads, coalesce((SELECT text FROM reading WHERE item_id = item.id \
             ORDER BY read_at DESC LIMIT 1), ''), coalesce((SELECT group_concat(tag, '\n') FROM \
             (SELECT tag FROM tag WHERE item_id = item.id ORDER BY position)), ''), path, missing_at IS NOT NULL \
             FROM item WHERE trashed_at IS NULL ORDER BY name, id";
        let mut query = database.prepare(sql).unwrap();
        let rows = query.query_map([], |row| {
            let tags: String = row.get(3)?;
            Ok(Kept {
                name: row.get(0)?,
                reads: row.get(1)?,
                text: row.get(2)?,
                tags: tags.lines().map(str::to_owned).collect(),
                path: PathBuf::from(row.get::<_, String>(4)?),
                missing: row.get(5)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The names of everything in the library, sorted.
    pub fn names(&self) -> Vec<String> {
        self.kept().into_iter().map(|kept| kept.name).collect()
    }

    /// The pictures that lie in the library folder.
    pub fn pictures(&self) -> Vec<String> {
        self.library().into_iter().filter(|file| file.ends_with(".png")).collect()
    }

    /// How many images are in the library.
    pub fn images(&self) -> i64 {
        self.count("SELECT count(*) FROM item")
    }

    /// How many jobs of a kind there were.
    pub fn count_jobs(&self, kind: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM job WHERE kind = '{kind}'"))
    }

    /// What a query counts.
    pub fn count(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Leaves the programs that are started from now on without models: what comes in waits to be read.
    pub fn without_models(&mut self) {
        let none = self.path("no models");
        std::fs::create_dir_all(&none).unwrap();
        self.set("LEGIBLE_MODELS_DIR", none.to_str().unwrap());
    }
}

/// All files below a folder, with what is in them.
pub fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push((entry.path(), std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    found.sort();
    found
}
