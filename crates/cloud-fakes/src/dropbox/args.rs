//! What endpoints of Dropbox are told, held as strictly as Dropbox does: unknown fields and malformed values are refused in words.

use super::said;
use crate::web::{Answer, Answered, Request};
use serde_json::Value;

/// Letters of one name in a path.
const MOST_NAME: usize = 255;
/// Names of which Dropbox says `disallowed_name`.
const DISALLOWED: &[&str] = &["desktop.ini", "thumbs.db", ".ds_store", "icon\r", ".dropbox", ".dropbox.attr"];

/// That nothing is told.
pub fn none(request: &Request) -> Answered<()> {
    let is_null = serde_json::from_slice::<Value>(&request.body).is_ok_and(|value| value.is_null());
    if request.body.is_empty() || is_null { Ok(()) } else { Err(bad(request, "expected null")) }
}

/// The arguments of an endpoint that answers in JSON.
pub fn of_call(request: &Request, fields: &[&str]) -> Answered<Value> {
    if request.content_type() != "application/json" {
        return Err(bad(request, "the Content-Type must be application/json"));
    }
    let value = serde_json::from_slice(&request.body).map_err(|error| bad(request, &error.to_string()))?;
    only(request, value, fields)
}

/// The arguments of an endpoint whose body, or answer, is a content: they stand in a header, which is ASCII.
pub fn of_content(request: &Request, fields: &[&str]) -> Answered<Value> {
    let header = request.headers.get("dropbox-api-arg").map(http::HeaderValue::as_bytes);
    let text = header.or(request.query("arg").map(str::as_bytes)).ok_or(bad(request, "no Dropbox-API-Arg"))?;
    if !text.is_ascii() {
        return Err(bad(request, "HTTP header \"Dropbox-API-Arg\": could not decode input as JSON"));
    }
    let value = serde_json::from_slice(text).map_err(|error| bad(request, &error.to_string()))?;
    only(request, value, fields)
}

/// That the body is a content and nothing else.
pub fn is_content(request: &Request) -> Answered<()> {
    let told = request.content_type();
    let fits = told == "application/octet-stream" || told == "text/plain";
    if fits { Ok(()) } else { Err(bad(request, &format!("bad HTTP \"Content-Type\" header: {told:?}"))) }
}

/// An object without other fields than these.
pub fn only(request: &Request, value: Value, fields: &[&str]) -> Answered<Value> {
    let object = value.as_object().ok_or(bad(request, "expected an object"))?;
    match object.keys().find(|name| !fields.contains(&name.as_str())) {
        Some(name) => Err(bad(request, &format!("unknown field '{name}'"))),
        None => Ok(value),
    }
}

/// A field that is a text.
pub fn text<'a>(request: &Request, args: &'a Value, field: &str) -> Answered<&'a str> {
    args[field].as_str().ok_or_else(|| bad(request, &format!("{field}: expected string")))
}

/// A field that is yes or no, and no if it is not there.
pub fn flag(request: &Request, args: &Value, field: &str) -> Answered<bool> {
    match args.get(field) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| bad(request, &format!("{field}: expected boolean"))),
    }
}

/// A path that something may be written to: of names that Dropbox takes. The other is the reason why not.
pub fn writable<'a>(request: &Request, args: &'a Value, field: &str) -> Answered<Result<&'a str, &'static str>> {
    let path = text(request, args, field)?;
    if !path.starts_with('/') {
        return Err(bad(request, &format!("{field}: '{path}' did not match the pattern of paths")));
    }
    Ok(names(path).map(|()| path))
}

fn names(path: &str) -> Result<(), &'static str> {
    for name in path[1..].split('/') {
        if name.is_empty() || name == "." || name == ".." || name.contains('\\') || name.ends_with(' ') {
            return Err("malformed_path");
        }
        if name.chars().count() > MOST_NAME {
            return Err("malformed_path");
        }
        if DISALLOWED.contains(&name.to_lowercase().as_str()) {
            return Err("disallowed_name");
        }
    }
    Ok(())
}

/// A path, an id or (where `field` is of a file) a revision of what is there already. The other errors are of `path` in `union`.
pub fn readable<'a>(request: &Request, args: &'a Value, field: &str, union: &str) -> Answered<&'a str> {
    let path = text(request, args, field)?;
    if path.starts_with("id:") || path.starts_with("rev:") || path.is_empty() {
        return Ok(path);
    }
    if !path.starts_with('/') || path == "/" {
        return Err(bad(request, &format!("{field}: '{path}' did not match the pattern of paths; the root is \"\"")));
    }
    // Dropbox bears a second slash at the beginning, which rclone sends.
    let path = if path.starts_with("//") { &path[1..] } else { path };
    match names(path) {
        Err("malformed_path") => Err(said::error(&format!("{union}/malformed_path"))),
        _ => Ok(path),
    }
}

/// A call that cannot be understood.
pub fn bad(request: &Request, why: &str) -> Answer {
    let function = request.path.trim_start_matches("/2/");
    Answer::text(400, format!("Error in call to API function \"{function}\": {why}"))
}
