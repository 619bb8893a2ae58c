//! What lies in an account of Dropbox, and what happened to it.

use super::DropboxAccount;
use super::said::tagged;
use crate::hash;
use bytes::Bytes;
use serde_json::Value;

/// A file or a folder.
#[derive(Debug, Clone)]
pub enum Node {
    Folder { id: String, display: String },
    File(File),
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    pub id: String,
    pub rev: String,
    pub display: String,
    pub content: Bytes,
    pub hash: String,
    pub client_modified: String,
    pub server_modified: String,
}

/// Something changed at a path.
#[derive(Debug, Clone)]
pub struct Event {
    /// The path in lower case.
    pub path: String,
    /// What is told of it.
    pub told: Value,
}

/// A path as Dropbox compares it.
pub fn folded(path: &str) -> String {
    path.to_lowercase()
}

/// The path of the folder that something lies in; empty for the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

impl Node {
    pub fn display(&self) -> &str {
        match self {
            Node::Folder { display, .. } => display,
            Node::File(file) => &file.display,
        }
    }

    pub fn id(&self) -> &str {
        match self {
            Node::Folder { id, .. } => id,
            Node::File(file) => &file.id,
        }
    }

    pub fn content(&self) -> Option<&Bytes> {
        match self {
            Node::Folder { .. } => None,
            Node::File(file) => Some(&file.content),
        }
    }

    /// What is told of it.
    pub fn told(&self) -> Value {
        let display = self.display();
        let mut fields = vec![
            ("name", name(display).into()),
            ("path_lower", folded(display).into()),
            ("path_display", display.into()),
            ("id", self.id().into()),
        ];
        let Node::File(file) = self else { return tagged("folder", &fields) };
        fields.extend([
            ("client_modified", file.client_modified.as_str().into()),
            ("server_modified", file.server_modified.as_str().into()),
            ("rev", file.rev.as_str().into()),
            ("size", file.content.len().into()),
            ("is_downloadable", true.into()),
            ("content_hash", file.hash.as_str().into()),
        ]);
        tagged("file", &fields)
    }
}

/// What is told of a file or folder that is gone.
fn told_gone(display: &str) -> Value {
    let lower = folded(display);
    tagged("deleted", &[("name", name(display).into()), ("path_lower", lower.into()), ("path_display", display.into())])
}

impl DropboxAccount {
    /// What lies at a path, at an id or at a revision.
    pub fn node(&self, path: &str) -> Option<&Node> {
        if path.starts_with("id:") {
            return self.tree.values().find(|node| node.id() == path);
        }
        match path.strip_prefix("rev:") {
            Some(rev) => self.tree.values().find(|node| matches!(node, Node::File(file) if file.rev == rev)),
            None => self.tree.get(&folded(path)),
        }
    }

    /// Which of the folders above a path is a file.
    pub fn file_above(&self, path: &str) -> bool {
        let mut above = parent(path);
        while !above.is_empty() {
            if self.tree.get(&folded(above)).is_some_and(|node| node.content().is_some()) {
                return true;
            }
            above = parent(above);
        }
        false
    }

    /// Writes a file, with the folders above it. It keeps its id and the case of its name if it is there.
    pub fn write(&mut self, path: &str, content: Bytes, client_modified: &str) -> Value {
        let above = self.folder(parent(path));
        let display = match self.tree.get(&folded(path)) {
            Some(there) => there.display().to_owned(),
            None => format!("{above}/{}", name(path)),
        };
        let id = self.tree.get(&folded(path)).map(|there| there.id().to_owned());
        let id = id.unwrap_or_else(|| format!("id:{:022}", self.number()));
        let (rev, server_modified) = (format!("{:015x}", self.number()), self.clock.tick());
        let (client_modified, hash) = (client_modified.to_owned(), hash::dropbox(&content));
        self.place(Node::File(File { id, rev, display, content, hash, client_modified, server_modified }))
    }

    /// Makes a folder with those above it, where they are not there. Says how its path is written.
    pub fn folder(&mut self, path: &str) -> String {
        if path.is_empty() {
            return String::new();
        }
        if let Some(there) = self.tree.get(&folded(path)) {
            return there.display().to_owned();
        }
        let display = format!("{}/{}", self.folder(parent(path)), name(path));
        let id = format!("id:{:022}", self.number());
        self.place(Node::Folder { id, display: display.clone() });
        display
    }

    /// Removes what is at a path, with all below it: what it was.
    pub fn delete_at(&mut self, path: &str) -> Option<Node> {
        let path = folded(path);
        let node = self.tree.remove(&path)?;
        self.tree.retain(|other, _| !is_below(other, &path));
        self.events.push(Event { path, told: told_gone(node.display()) });
        Some(node)
    }

    /// Moves what is at a path, with all below it. Nothing lies where it goes, unless it is itself.
    pub fn move_at(&mut self, from: &str, to: &str) {
        let source = folded(from);
        let above = self.folder(parent(to));
        let target = format!("{above}/{}", name(to));
        let moved: Vec<(String, Node)> =
            self.tree.iter().filter(|(path, _)| **path == source || is_below(path, &source)).map(own).collect();
        if folded(&target) != source {
            self.delete_at(from);
        }
        let depth = source.matches('/').count();
        for (_, mut node) in moved {
            let below = node.display().split('/').skip(depth + 1).map(|name| format!("/{name}"));
            let moved_to = target.clone() + &below.collect::<String>();
            let number = self.number();
            match &mut node {
                Node::Folder { display, .. } => *display = moved_to,
                Node::File(file) => (file.display, file.rev) = (moved_to, format!("{number:015x}")),
            }
            self.place(node);
        }
    }

    fn place(&mut self, node: Node) -> Value {
        let (path, told) = (folded(node.display()), node.told());
        self.tree.insert(path.clone(), node);
        self.events.push(Event { path, told: told.clone() });
        told
    }
}

fn own((path, node): (&String, &Node)) -> (String, Node) {
    (path.clone(), node.clone())
}

/// Whether a path lies somewhere below another, both folded.
pub fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
