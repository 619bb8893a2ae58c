//! Google Drive.

use crate::client::{Client, Reply};
use legible_cloud_fakes::{Clouds, Fault};
use serde_json::{Value, json};

const API: &str = "https://www.googleapis.com/drive/v3";
const UPLOAD: &str = "https://www.googleapis.com/upload/drive/v3/files";
const PIECE: usize = 256 << 10;

fn start() -> (Clouds, Client) {
    let clouds = Clouds::start().unwrap();
    let client = Client::new(&clouds).with(&clouds.drive.grant().access);
    (clouds, client)
}

fn get(client: &Client, what: &str) -> Reply {
    client.ask("GET", &format!("{API}/{what}"), &[], b"")
}

/// The names of a list of files.
fn names(reply: &Reply) -> Vec<String> {
    reply.json()["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn few_fields_are_told_unless_more_are_wanted() {
    let (clouds, client) = start();
    clouds.drive.put("a.txt", b"abc");
    let id = clouds.drive.ids("a.txt").remove(0);
    let few = get(&client, &format!("files/{id}")).is(200).json();
    assert_eq!(few, json!({"kind": "drive#file", "id": id, "name": "a.txt", "mimeType": "application/octet-stream"}));
    let told = get(&client, &format!("files/{id}?fields=size,md5Checksum")).is(200).json();
    assert_eq!(told, json!({"size": "3", "md5Checksum": "900150983cd24fb0d6963f7d28e17f72"}));
    get(&client, &format!("files/{id}?fields=size,")).is(400);
    get(&client, "about").is(400);
}

#[test]
fn names_may_be_there_twice_and_are_found_in_folders() {
    let (clouds, client) = start();
    clouds.drive.put("it's/a.txt", b"one");
    clouds.drive.put_twin("it's/a.txt", b"two");
    clouds.drive.put("b.txt", b"three");
    let folder = clouds.drive.ids("it's").remove(0);
    assert_eq!(
        names(&get(&client, &format!("files?q='{folder}'+in+parents+and+trashed=false")).is(200)),
        ["a.txt", "a.txt"]
    );
    assert_eq!(names(&get(&client, r"files?q=name='it\'s'").is(200)), ["it's"]);
    let mut seen = Vec::new();
    let mut page = get(&client, "files?pageSize=3").is(200);
    while let Some(next) = page.json()["nextPageToken"].as_str() {
        seen.extend(names(&page));
        page = get(&client, &format!("files?pageSize=3&pageToken={next}")).is(200);
    }
    seen.extend(names(&page));
    assert_eq!(seen, ["it's", "a.txt", "a.txt", "b.txt"]);
    get(&client, "files?q=nme='a'").is(400);
    get(&client, "files?pageToken=what").is(400);
}

#[test]
fn sessions_keep_whole_pieces_and_know_their_end() {
    let (clouds, client) = start();
    let content: Vec<u8> = (0..PIECE * 3 + 5).map(|at| (at % 251) as u8).collect();
    let begun = client
        .tell("POST", &format!("{UPLOAD}?uploadType=resumable&fields=id,size"), &json!({"name": "a.bin"}))
        .is(200);
    let session = begun.header("location").unwrap().to_owned();
    let total = content.len();
    let put = |from: usize, to: usize| {
        client.try_ask(
            "PUT",
            &session,
            &[("content-range", &format!("bytes {from}-{}/{total}", to - 1))],
            &content[from..to],
        )
    };
    let state = || client.ask("PUT", &session, &[("content-range", &format!("bytes */{total}"))], b"");
    assert_eq!(state().is(308).header("range"), None);
    put(0, 100).unwrap().is(400);
    assert_eq!(put(0, PIECE).unwrap().is(308).header("range"), Some("bytes=0-262143"));
    put(PIECE * 2, total).unwrap().is(400);
    // Of what is cut short, whole pieces stay.
    clouds.drive.fault("upload_id", 1, Fault::ResetUpload(PIECE + 7));
    assert!(put(PIECE, total).is_err());
    assert_eq!(state().is(308).header("range"), Some("bytes=0-524287"));
    clouds.drive.fault("upload_id", 1, Fault::LoseAnswer);
    assert!(put(PIECE * 2, total).is_err());
    let told = state().is(200).json();
    assert_eq!(told["size"], total.to_string());
    assert_eq!(clouds.drive.ids("a.bin"), [told["id"].as_str().unwrap()]);
    assert_eq!(clouds.drive.get("a.bin").unwrap(), content);
    clouds.drive.expire_sessions();
    state().is(404);
}

#[test]
fn changes_are_told_once_each_and_old_marks_are_refused() {
    let (clouds, client) = start();
    clouds.drive.put("a/1.txt", b"x");
    let mark = get(&client, "changes/startPageToken").is(200).json()["startPageToken"].as_str().unwrap().to_owned();
    let changes = |mark: &str| get(&client, &format!("changes?pageToken={mark}&pageSize=2&fields=*"));
    clouds.drive.put("b.txt", b"1");
    clouds.drive.put("b.txt", b"2");
    let folder = clouds.drive.ids("a").remove(0);
    client.tell("PATCH", &format!("{API}/files/{folder}"), &json!({"trashed": true})).is(200);
    clouds.drive.put("c.txt", b"3");
    clouds.drive.remove("c.txt");
    let told = |page: &Value| -> Vec<String> {
        let one = |change: &Value| match change["removed"].as_bool() {
            Some(true) => "removed".to_owned(),
            _ => format!("{} {}", change["file"]["name"].as_str().unwrap(), change["file"]["trashed"]),
        };
        page["changes"].as_array().unwrap().iter().map(one).collect()
    };
    let page = changes(&mark).is(200).json();
    // The folder alone: of what lies in it nothing is said.
    assert_eq!(told(&page), ["b.txt false", "a true"]);
    assert_eq!(page.get("newStartPageToken"), None);
    let page = changes(page["nextPageToken"].as_str().unwrap()).is(200).json();
    assert_eq!(told(&page), ["removed"]);
    let last = page["newStartPageToken"].as_str().unwrap().to_owned();
    assert_eq!(told(&changes(&last).is(200).json()), Vec::<String>::new());
    assert_eq!(names(&get(&client, "files?q=trashed=true").is(200)), ["a", "1.txt"]);
    clouds.drive.expire_cursors();
    changes(&last).is(410);
    changes("9999999").is(404);
    changes("what").is(400);
}

#[test]
fn ids_are_used_once_and_contents_are_kept() {
    let (clouds, client) = start();
    let id = get(&client, "files/generateIds?count=1").is(200).json()["ids"][0].clone();
    let made = client.tell("POST", &format!("{API}/files"), &json!({"id": id, "name": "a.txt"})).is(200).json();
    assert_eq!(made["id"], id);
    client.tell("POST", &format!("{API}/files"), &json!({"id": id, "name": "a.txt"})).is(409);
    client.tell("POST", &format!("{API}/files"), &json!({"id": "mine", "name": "a.txt"})).is(400);
    client.tell("POST", &format!("{UPLOAD}?uploadType=resumable"), &json!({"id": id, "name": "a.txt"})).is(409);
    clouds.drive.put("a.txt", b"one");
    clouds.drive.put("a.txt", b"two");
    let id = id.as_str().unwrap();
    let revisions = get(&client, &format!("files/{id}/revisions?fields=revisions(id)")).is(200).json();
    let revisions: Vec<&str> =
        revisions["revisions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    let content = |revision: &str| get(&client, &format!("files/{id}/revisions/{revision}?alt=media")).is(200).body;
    assert_eq!(
        revisions.iter().map(|one| content(one)).collect::<Vec<_>>(),
        [b"".to_vec(), b"one".to_vec(), b"two".to_vec()]
    );
    let head = get(&client, &format!("files/{id}?fields=headRevisionId")).json();
    assert_eq!(head["headRevisionId"], *revisions.last().unwrap());
    client.tell("PATCH", &format!("{API}/files/{id}"), &json!({"parents": ["root"]})).is(403);
    clouds.drive.set_room(Some(5));
    let full = client.ask("PATCH", &format!("{UPLOAD}/{id}?uploadType=media"), &[], b"more than 5").is(403).json();
    assert_eq!(full["error"]["errors"][0]["reason"], "storageQuotaExceeded");
}
