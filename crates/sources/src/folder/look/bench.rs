//! A watched folder on a disk, whose looks are told as text.

use super::{Look, Place};
use crate::folder::{Finding, Known, Move, Step, Wanted, ledger};
use crate::{Filing, FolderSpec, MIGRATIONS, Source, SourceId, Spec};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A watched folder, its ledger, and what was offered.
pub struct Bench {
    _temp: tempfile::TempDir,
    pub root: PathBuf,
    pub conn: Connection,
    pub source: SourceId,
    pub wanted: Arc<Wanted>,
    pub now: i64,
    items: i64,
}

impl Bench {
    pub fn new(quiet_ms: u32) -> Bench {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap().join("w");
        fs::create_dir(&root).unwrap();
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "foreign_keys", true).unwrap();
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        let spec = FolderSpec { path: root.clone(), recursive: true, include: vec![], exclude: vec![], quiet_ms };
        let (name, filing) = ("w".to_owned(), Filing::default());
        let new =
            Source { id: SourceId(0), name, spec: Spec::Folder(spec.clone()), filing, enabled: true, created_at: 0 };
        let tx = conn.transaction().unwrap();
        let source = crate::add(&tx, &new).unwrap();
        tx.commit().unwrap();
        let wanted = watched(&root, quiet_ms);
        Bench { _temp: temp, root, conn, source, wanted, now: i64::MAX / 4, items: 0 }
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        let to = self.root.join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.root.join(from), to).unwrap();
    }

    /// Looks, carries out what is found, and tells it as text.
    pub fn look_at(&mut self, places: Vec<Place>) -> Vec<String> {
        let mut look = Look::at(self.wanted.clone(), self.source, places);
        let mut told = Vec::new();
        loop {
            match look.step(&self.conn, self.now).unwrap() {
                Step::Found(findings) => findings.iter().for_each(|finding| told.extend(self.carry_out(finding))),
                Step::RootMissing { .. } => told.push("root missing".to_owned()),
                Step::Done(_) => return told,
            }
        }
    }

    pub fn look(&mut self) -> Vec<String> {
        self.look_at(vec![Place::Tree(PathBuf::new())])
    }

    fn carry_out(&mut self, finding: &Finding) -> Vec<String> {
        let text = |path: &Path| path.to_str().unwrap().replace('\\', "/");
        let tx = self.conn.transaction().unwrap();
        ledger::note(&tx, self.source, finding, self.now).unwrap();
        let told = match finding {
            Finding::New { path, stamp } | Finding::Changed { path, stamp, .. } => {
                let content = fs::read_to_string(self.root.join(path)).unwrap();
                if content == "bad" {
                    ledger::note_refused(&tx, self.source, path, stamp, "bad", "it is bad").unwrap();
                } else {
                    self.items += 1;
                    ledger::note_taken(&tx, self.source, path, stamp, &content, self.items).unwrap();
                }
                let word = if matches!(finding, Finding::New { .. }) { "new" } else { "changed" };
                vec![format!("{word} {}", text(path))]
            }
            Finding::Moved(moves) => {
                let told = |Move { known, to, over, .. }: &Move| {
                    let over = over.as_ref().map(|_| " over").unwrap_or_default();
                    format!("moved {} to {}{over}", text(&known.path), text(to))
                };
                moves.iter().map(told).collect()
            }
            Finding::Missing(known) => vec![format!("missing {}", text(&known.path))],
            Finding::Back { known, .. } => vec![format!("back {}", text(&known.path))],
            Finding::NotYet { path, .. } => vec![format!("not yet {}", text(path))],
            Finding::Trouble(trouble) => vec![format!("trouble {} {:?}", text(&trouble.path), trouble.kind)],
            Finding::Root(_) | Finding::Complete => vec![],
        };
        tx.commit().unwrap();
        told
    }

    /// Those that are known to be there, with their contents, and those that are missing, with a star.
    pub fn known(&self) -> Vec<String> {
        let folders = ledger::folders_below(&self.conn, self.source, Path::new("")).unwrap();
        let files = folders.iter().flat_map(|folder| ledger::files_in(&self.conn, self.source, folder).unwrap());
        let star = |known: &Known| if known.missing_since.is_some() { "*" } else { "" };
        files.map(|known| format!("{}{}", known.path.display(), star(&known))).collect()
    }
}

pub fn watched(root: &Path, quiet_ms: u32) -> Arc<Wanted> {
    let spec = FolderSpec { path: root.to_owned(), recursive: true, include: vec![], exclude: vec![], quiet_ms };
    Arc::new(Wanted::new(&spec, &[root.join("own")]).unwrap())
}
