//! How items of a drive are addressed: by id, by path, by both, and what is to be done with them
//! (<https://learn.microsoft.com/graph/onedrive-addressing-driveitems>).

/// The identity of the one drive there is.
pub const DRIVE: &str = "fa4e0000fa4e0000";

/// Where a path begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Anchor {
    /// The drive itself, not an item of it.
    Drive,
    Root,
    AppFolder,
    Item(String),
}

/// An item, and what of it is meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    pub anchor: Anchor,
    /// The path from there; empty for the anchor itself.
    pub path: String,
    /// What follows, such as `children`; empty for the item itself.
    pub part: String,
}

impl Address {
    /// Reads the path of a request, which is decoded.
    pub fn read(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/v1.0")?;
        let rest = match rest.strip_prefix("/me/drive") {
            Some(rest) => rest,
            None => {
                let rest = rest.strip_prefix("/drives/")?;
                let (drive, _) = rest.split_once('/').unwrap_or((rest, ""));
                drive.eq_ignore_ascii_case(DRIVE).then(|| &rest[drive.len()..])?
            }
        };
        if rest.is_empty() {
            return Some(Address { anchor: Anchor::Drive, path: String::new(), part: String::new() });
        }
        let (anchor, rest) = if let Some(rest) = rest.strip_prefix("/root") {
            (Anchor::Root, rest)
        } else if let Some(rest) = rest.strip_prefix("/special/approot") {
            (Anchor::AppFolder, rest)
        } else {
            let rest = rest.strip_prefix("/items/")?;
            let end = rest.find(['/', ':']).unwrap_or(rest.len());
            let (id, rest) = rest.split_at(end);
            if id == "root" { (Anchor::Root, rest) } else { (Anchor::Item(id.to_owned()), rest) }
        };
        let (path, part) = match rest.strip_prefix(":/") {
            Some(rest) => rest.split_once(':').unwrap_or((rest, "")),
            None => ("", rest.strip_prefix(':').unwrap_or(rest)),
        };
        let is_part = part.is_empty() || part.starts_with('/');
        let path = path.trim_end_matches('/').to_owned();
        is_part.then(|| Address { anchor, path, part: part.trim_start_matches('/').to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let check = |path: &str, anchor: Anchor, within: &str, part: &str| {
            let expected = Address { anchor, path: within.to_owned(), part: part.to_owned() };
            assert_eq!(Address::read(path), Some(expected), "{path}");
        };
        let item = || Anchor::Item("A!7".to_owned());
        check("/v1.0/me/drive", Anchor::Drive, "", "");
        check("/v1.0/me/drive/root", Anchor::Root, "", "");
        check("/v1.0/me/drive/root/children", Anchor::Root, "", "children");
        check("/v1.0/me/drive/root:/a/b c.png", Anchor::Root, "a/b c.png", "");
        check("/v1.0/me/drive/root:/a/b:/content", Anchor::Root, "a/b", "content");
        check("/v1.0/me/drive/special/approot:/a:/children", Anchor::AppFolder, "a", "children");
        check("/v1.0/drives/FA4E0000FA4E0000/items/A!7:/b:/createUploadSession", item(), "b", "createUploadSession");
        check("/v1.0/me/drive/items/A!7/content", item(), "", "content");
        for wrong in ["/v1.0/drives/other/root", "/beta/me/drive", "/v1.0/me/drive/rooted", "/v1.0/me/drive/root:/a:b"]
        {
            assert_eq!(Address::read(wrong), None, "{wrong}");
        }
    }
}
