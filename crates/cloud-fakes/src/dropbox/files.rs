//! Single files and folders: what they are, their content, removing, moving, making.

use super::tree::{Node, folded, is_below};
use super::{DropboxAccount, args, said};
use crate::web::{Answer, Answered, Request, ascii_json};
use serde_json::json;

impl DropboxAccount {
    pub(super) fn get_metadata(&mut self, request: &Request) -> Answered {
        let fields = [
            "path",
            "include_media_info",
            "include_deleted",
            "include_has_explicit_shared_members",
            "include_property_groups",
        ];
        let told = args::of_call(request, &fields)?;
        let path = args::readable(request, &told, "path", "path")?;
        if path.is_empty() {
            return Err(args::bad(request, "path: The root folder is unsupported."));
        }
        let node = self.node(path).ok_or_else(|| said::error("path/not_found"))?;
        Ok(Answer::json(200, &node.told()))
    }

    pub(super) fn download(&mut self, request: &Request) -> Answered {
        let told = args::of_content(request, &["path", "rev"])?;
        if !request.body.is_empty() {
            return Err(args::bad(request, "the body must be empty"));
        }
        let path = args::readable(request, &told, "path", "path")?;
        match self.node(path) {
            None => Err(said::error("path/not_found")),
            Some(Node::Folder { .. }) => Err(said::error("path/not_file")),
            Some(node @ Node::File(file)) => {
                let answer = Answer::content(request, &file.content).of(file.display.trim_start_matches('/'));
                Ok(answer
                    .with("dropbox-api-result", ascii_json(&node.told()))
                    .with("etag", format!("W/\"{}\"", file.rev)))
            }
        }
    }

    pub(super) fn delete(&mut self, request: &Request) -> Answered {
        let told = args::of_call(request, &["path", "parent_rev"])?;
        let path = args::readable(request, &told, "path", "path_lookup")?;
        let node = self.node(path).filter(|_| !path.is_empty()).ok_or_else(|| said::error("path_lookup/not_found"))?;
        if let Some(rev) = told["parent_rev"].as_str() {
            match node {
                Node::File(file) if file.rev == rev => {}
                Node::File(_) => return Err(said::error("path_write/conflict/file")),
                Node::Folder { .. } => return Err(said::error("path_write/conflict/folder")),
            }
        }
        let (display, told) = (node.display().to_owned(), node.told());
        self.delete_at(&display);
        Ok(Answer::json(200, &json!({"metadata": told})))
    }

    pub(super) fn move_to(&mut self, request: &Request) -> Answered {
        let fields = ["from_path", "to_path", "autorename", "allow_shared_folder", "allow_ownership_transfer"];
        let told = args::of_call(request, &fields)?;
        let from = args::readable(request, &told, "from_path", "from_lookup")?;
        let to = args::writable(request, &told, "to_path")?.map_err(|why| said::error(&format!("to/{why}")))?;
        if args::flag(request, &told, "autorename")? {
            return Err(args::bad(request, "the fake finds no other names"));
        }
        let node = self.node(from).ok_or_else(|| said::error("from_lookup/not_found"))?;
        let (from, source) = (node.display().to_owned(), folded(node.display()));
        if is_below(&folded(to), &source) || from == to {
            return Err(said::error("duplicated_or_nested_paths"));
        }
        match self.node(to) {
            Some(_) if folded(to) == source => {}
            Some(Node::File(_)) => return Err(said::error("to/conflict/file")),
            Some(Node::Folder { .. }) => return Err(said::error("to/conflict/folder")),
            None if self.file_above(to) => return Err(said::error("to/conflict/file_ancestor")),
            None => {}
        }
        self.move_at(&from, to);
        let moved = self.node(to).map(Node::told);
        Ok(Answer::json(200, &json!({"metadata": moved})))
    }

    pub(super) fn create_folder(&mut self, request: &Request) -> Answered {
        let told = args::of_call(request, &["path", "autorename"])?;
        let path = args::writable(request, &told, "path")?.map_err(|why| said::error(&format!("path/{why}")))?;
        if args::flag(request, &told, "autorename")? {
            return Err(args::bad(request, "the fake finds no other names"));
        }
        match self.node(path) {
            Some(Node::File(_)) => return Err(said::error("path/conflict/file")),
            Some(Node::Folder { .. }) => return Err(said::error("path/conflict/folder")),
            None if self.file_above(path) => return Err(said::error("path/conflict/file_ancestor")),
            None => {}
        }
        self.folder(path);
        let made = self.node(path).map(Node::told);
        Ok(Answer::json(200, &json!({"metadata": made})))
    }
}
