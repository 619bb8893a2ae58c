//! Dropbox.

use crate::client::{Client, Reply};
use legible_cloud_fakes::Clouds;
use serde_json::{Value, json};

const API: &str = "https://api.dropboxapi.com/2/files";
const CONTENT: &str = "https://content.dropboxapi.com/2/files";

fn start() -> (Clouds, Client) {
    let clouds = Clouds::start().unwrap();
    let client = Client::new(&clouds).with(&clouds.dropbox.grant().access);
    (clouds, client)
}

fn content(client: &Client, what: &str, arg: &Value, body: &[u8]) -> Reply {
    let headers = [("content-type", "application/octet-stream"), ("dropbox-api-arg", &arg.to_string())];
    client.ask("POST", &format!("{CONTENT}/{what}"), &headers, body)
}

fn call(client: &Client, what: &str, arg: &Value) -> Reply {
    client.tell("POST", &format!("{API}/{what}"), arg)
}

/// What is told of the entries of a page: their tags and paths.
fn entries(page: &Value) -> Vec<String> {
    let told =
        |entry: &Value| format!("{} {}", entry[".tag"].as_str().unwrap(), entry["path_display"].as_str().unwrap());
    page["entries"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn writes_are_refused_where_another_state_was_expected() {
    let (clouds, client) = start();
    let check = |path: &str, mode: Value, strict: bool, body: &[u8], expected: &str| {
        clouds.dropbox.put("a.txt", b"one");
        let arg = json!({"path": path, "mode": mode, "strict_conflict": strict});
        let reply = content(&client, "upload", &arg, body);
        let outcome =
            if reply.status == 200 { "written".to_owned() } else { reply.json()["error_summary"].to_string() };
        assert!(outcome.contains(expected), "{arg}: {outcome}");
        let there = if expected == "written" { body } else { b"one" };
        assert_eq!(clouds.dropbox.get("A.TXT").unwrap(), there, "{arg}");
    };
    let stale = || json!({".tag": "update", "update": "0123456789abc"});
    check("/a.txt", json!("overwrite"), false, b"two", "written");
    check("/A.txt", json!("add"), false, b"two", "path/conflict/file");
    check("/a.txt", stale(), false, b"two", "path/conflict/file");
    // The same content is no conflict, unless one is strict.
    check("/a.txt", stale(), false, b"one", "written");
    check("/a.txt", stale(), true, b"one", "path/conflict/file");
    check("/a.txt", json!("add"), true, b"one", "path/conflict/file");
    // What is gone is written, unless one is strict.
    check("/gone.txt", stale(), true, b"two", "path/conflict/file");
    check("/a.txt/b.txt", json!("add"), false, b"two", "path/conflict/file_ancestor");
    check("/desktop.ini", json!("add"), false, b"two", "path/disallowed_name");
    clouds.dropbox.set_room(Some(10));
    check("/b.txt", json!("add"), false, b"more than 10", "path/insufficient_space");
}

#[test]
fn a_state_that_is_known_is_overwritten_once() {
    let (clouds, client) = start();
    clouds.dropbox.put("a.txt", b"one");
    let rev = call(&client, "get_metadata", &json!({"path": "/a.txt"})).json()["rev"].clone();
    let arg = json!({"path": "/a.txt", "mode": {".tag": "update", "update": rev}});
    content(&client, "upload", &arg, b"two").is(200);
    content(&client, "upload", &arg, b"three").is(409);
    call(&client, "delete_v2", &json!({"path": "/a.txt", "parent_rev": rev})).is(409);
    assert_eq!(clouds.dropbox.get("a.txt").unwrap(), b"two");
}

#[test]
fn names_of_all_letters_go_through_headers_of_ascii() {
    let (clouds, client) = start();
    let arg = r#"{"path": "/\u4e2d \ud83d\ude00.txt"}"#;
    let headers = [("content-type", "application/octet-stream"), ("dropbox-api-arg", arg)];
    let told = client.ask("POST", &format!("{CONTENT}/upload"), &headers, b"x").is(200).json();
    assert_eq!(told["path_display"], "/\u{4e2d} \u{1f600}.txt");
    let reply = client.ask("POST", &format!("{CONTENT}/download"), &[("dropbox-api-arg", arg)], b"").is(200);
    assert_eq!(serde_json::from_str::<Value>(reply.header("dropbox-api-result").unwrap()).unwrap(), {
        let mut told = told;
        told.as_object_mut().unwrap().remove(".tag");
        told[".tag"] = "file".into();
        told
    });
    let raw = [("content-type", "application/octet-stream"), ("dropbox-api-arg", "{\"path\": \"/\u{4e2d}.txt\"}")];
    client.ask("POST", &format!("{CONTENT}/upload"), &raw, b"x").is(400);
    assert_eq!(clouds.dropbox.files().len(), 1);
}

#[test]
fn lists_come_in_pages_and_then_what_changed() {
    let (clouds, client) = start();
    for path in ["a/1.txt", "a/2.txt", "b.txt"] {
        clouds.dropbox.put(path, b"x");
    }
    let mut page = call(&client, "list_folder", &json!({"path": "", "recursive": true, "limit": 3})).is(200).json();
    assert_eq!(
        (entries(&page), page["has_more"].as_bool()),
        (vec!["folder /a".into(), "file /a/1.txt".into(), "file /a/2.txt".into()], Some(true))
    );
    // Somebody changes what was not told yet.
    clouds.dropbox.remove("b.txt");
    let next = |page: &Value| call(&client, "list_folder/continue", &json!({"cursor": page["cursor"]})).is(200).json();
    page = next(&page);
    assert_eq!((entries(&page), page["has_more"].as_bool()), (vec!["file /b.txt".into()], Some(true)));
    page = next(&page);
    assert_eq!((entries(&page), page["has_more"].as_bool()), (vec!["deleted /b.txt".into()], Some(false)));
    let early = page.clone();
    clouds.dropbox.rename("a", "C");
    clouds.dropbox.put("c/1.txt", b"y");
    page = next(&page);
    assert_eq!(entries(&page), ["deleted /a", "folder /C", "file /C/2.txt"], "a page of three");
    page = next(&page);
    assert_eq!((entries(&page), page["has_more"].as_bool()), (vec!["file /C/1.txt".into()], Some(false)));
    assert_eq!(entries(&next(&early)).len(), 3, "a mark can be gone on from again");
    clouds.dropbox.remove("c");
    clouds.dropbox.put("c/new.txt", b"z");
    assert_eq!(entries(&next(&page)), ["deleted /C", "folder /c", "file /c/new.txt"], "all of the old folder is gone");
    clouds.dropbox.expire_cursors();
    let reply = call(&client, "list_folder/continue", &json!({"cursor": page["cursor"]})).is(409);
    assert_eq!(reply.json()["error"], json!({".tag": "reset"}));
}

#[test]
fn sessions_tell_where_they_are() {
    let (clouds, client) = start();
    let id = content(&client, "upload_session/start", &json!({}), b"0123").is(200).json()["session_id"].clone();
    let cursor = |offset: u64| json!({"session_id": id, "offset": offset});
    let wrong = content(&client, "upload_session/append_v2", &json!({"cursor": cursor(2)}), b"x").is(409).json();
    assert_eq!(wrong["error"], json!({".tag": "incorrect_offset", "correct_offset": 4}));
    content(&client, "upload_session/append_v2", &json!({"cursor": cursor(4)}), b"4567").is(200);
    let finish = |offset: u64| json!({"cursor": cursor(offset), "commit": {"path": "/a/b.txt", "mode": "add"}});
    let wrong = content(&client, "upload_session/finish", &finish(4), b"").is(409).json();
    assert_eq!(wrong["error"]["lookup_failed"], json!({".tag": "incorrect_offset", "correct_offset": 8}));
    content(&client, "upload_session/finish", &finish(8), b"89").is(200);
    assert_eq!(clouds.dropbox.get("a/b.txt").unwrap(), b"0123456789");
    let gone = content(&client, "upload_session/finish", &finish(8), b"89").is(409).json();
    assert_eq!(gone["error"]["lookup_failed"], json!({".tag": "not_found"}));
    clouds.dropbox.set_upload_limit(3);
    content(&client, "upload_session/start", &json!({}), b"0123").is(409);
}

#[test]
fn what_dropbox_does_not_understand_is_refused_in_words() {
    let (_clouds, client) = start();
    call(&client, "list_folder", &json!({"path": "/"})).is(400);
    call(&client, "list_folder", &json!({"path": "", "limit": 0})).is(400);
    call(&client, "list_folder", &json!({"path": "", "recursiv": true})).is(400);
    call(&client, "get_metadata", &json!({"path": ""})).is(400);
    call(&client, "get_metadata", &json!({"path": "/no"})).is(409);
    client.ask("POST", &format!("{API}/list_folder"), &[], b"{\"path\":\"\"}").is(400);
    content(&client, "upload", &json!({"path": "/a", "client_modified": "2026-01-01T00:00:00.5Z"}), b"").is(400);
}
