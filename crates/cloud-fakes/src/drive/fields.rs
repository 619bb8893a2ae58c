//! Which fields of an answer a client wants. One that does not say gets few, as of Google: it must ask for hashes, sizes and the like
//! (<https://developers.google.com/workspace/drive/api/guides/fields-parameter>).

use serde_json::{Map, Value};

/// A part of what is wanted: a name, and what is wanted within.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted(Vec<(String, Wanted)>);

impl Wanted {
    /// Reads `files(id,name),nextPageToken`, `a/b` and `*`. Nothing within means everything.
    pub fn read(text: &str) -> Option<Self> {
        let mut rest = text;
        let wanted = Self::list(&mut rest)?;
        rest.is_empty().then_some(wanted)
    }

    fn list(rest: &mut &str) -> Option<Self> {
        let mut wanted = Vec::new();
        loop {
            wanted.push(Self::one(rest)?);
            match rest.trim_start().strip_prefix(',') {
                Some(after) => *rest = after,
                None => return Some(Wanted(wanted)),
            }
        }
    }

    fn one(rest: &mut &str) -> Option<(String, Wanted)> {
        *rest = rest.trim_start();
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '*').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return None;
        }
        *rest = after;
        let within = if let Some(after) = rest.strip_prefix('/') {
            *rest = after;
            Wanted(vec![Self::one(rest)?])
        } else if let Some(after) = rest.strip_prefix('(') {
            *rest = after;
            let within = Self::list(rest)?;
            *rest = rest.trim_start().strip_prefix(')')?;
            within
        } else {
            Wanted(Vec::new())
        };
        Some((name.to_owned(), within))
    }

    /// What of an answer is wanted.
    pub fn of(&self, value: Value) -> Value {
        match value {
            _ if self.0.is_empty() => value,
            Value::Array(values) => values.into_iter().map(|value| self.of(value)).collect(),
            Value::Object(fields) => {
                let wanted = fields.into_iter().filter_map(|(name, value)| {
                    let (_, within) = self.0.iter().find(|(wanted, _)| *wanted == name || wanted == "*")?;
                    Some((name, within.of(value)))
                });
                wanted.collect::<Map<_, _>>().into()
            }
            value => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wanted_is_given_and_nothing_else() {
        let files = json!([{"id": "1", "name": "a", "size": "3"}, {"id": "2", "capabilities": {"canEdit": true, "canCopy": false}}]);
        let value = json!({"files": files, "nextPageToken": "n"});
        let check = |fields: &str, expected: Value| {
            assert_eq!(Wanted::read(fields).map(|wanted| wanted.of(value.clone())), Some(expected), "{fields}");
        };
        check("*", value.clone());
        check("files(id), nextPageToken", json!({"files": [{"id": "1"}, {"id": "2"}], "nextPageToken": "n"}));
        check("files/name", json!({"files": [{"name": "a"}, {}]}));
        check("files(capabilities(canEdit))", json!({"files": [{}, {"capabilities": {"canEdit": true}}]}));
        for wrong in ["", "files(", "files(id", "a,,b", "a)"] {
            assert_eq!(Wanted::read(wrong), None, "{wrong}");
        }
    }
}
