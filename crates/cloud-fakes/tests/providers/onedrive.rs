//! OneDrive.

use crate::client::{Client, Reply};
use legible_cloud_fakes::{Clouds, OneDrive};
use serde_json::{Value, json};

const DRIVE: &str = "https://graph.microsoft.com/v1.0/me/drive";
const PIECE: usize = 320 << 10;

fn start() -> (Clouds, Client) {
    let clouds = Clouds::start().unwrap();
    let client = Client::new(&clouds).with(&clouds.onedrive.grant().access);
    (clouds, client)
}

fn get(client: &Client, what: &str) -> Reply {
    client.ask("GET", &format!("{DRIVE}{what}"), &[], b"")
}

fn put(client: &Client, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    client.ask("PUT", &format!("{DRIVE}/root:/{path}"), headers, body)
}

#[test]
fn writes_are_refused_where_another_state_was_expected() {
    let (clouds, client) = start();
    let made = put(&client, "a/b.txt:/content", &[], b"one").is(201).json();
    let tag = made["eTag"].as_str().unwrap();
    let written = put(&client, "A/B.TXT:/content", &[("if-match", tag)], b"two").is(200).json();
    assert_eq!((&written["id"], &written["name"]), (&made["id"], &json!("b.txt")));
    put(&client, "a/b.txt:/content", &[("if-match", tag)], b"three").is(412);
    put(&client, "a/none.txt:/content", &[("if-match", tag)], b"three").is(412);
    put(&client, "a/b.txt:/content?@microsoft.graph.conflictBehavior=fail", &[], b"three").is(409);
    let by_content = written["cTag"].as_str().unwrap();
    let renamed = client.tell("PATCH", &format!("{DRIVE}/root:/a/b.txt"), &json!({"name": "B.txt"})).is(200).json();
    assert_ne!(renamed["eTag"], written["eTag"]);
    assert_eq!(renamed["cTag"], by_content);
    client.ask("DELETE", &format!("{DRIVE}/root:/a/b.txt"), &[("if-match", tag)], b"").is(412);
    put(&client, "a/b.txt:/content", &[("if-match", by_content)], b"three").is(200);
    assert_eq!(clouds.onedrive.get("a/b.txt").unwrap(), b"three");
    client.ask("DELETE", &format!("{DRIVE}/root:/a"), &[], b"").is(204);
    assert_eq!(clouds.onedrive.trash().keys().collect::<Vec<_>>(), ["a/B.txt"]);
    for name in ["a%2A.txt", "a%3F", "con", "x.", "%20x", "COM1"] {
        put(&client, &format!("{name}:/content"), &[], b"x").is(400);
    }
    clouds.onedrive.set_room(Some(5));
    put(&client, "c.txt:/content", &[], b"more than 5").is(507);
}

#[test]
fn contents_are_fetched_where_no_token_goes() {
    let (clouds, client) = start();
    clouds.onedrive.put("a b.txt", b"0123456789");
    let found = get(&client, "/root:/a%20b.txt:/content").is(302);
    let url = found.header("location").unwrap();
    client.ask("GET", url, &[], b"").is(401);
    let nobody = Client::new(&clouds);
    assert_eq!(nobody.ask("GET", url, &[("range", "bytes=4-")], b"").is(206).body, b"456789");
    let told = get(&client, "/root:/a%20b.txt").is(200).json();
    assert_eq!(nobody.ask("GET", told["@microsoft.graph.downloadUrl"].as_str().unwrap(), &[], b"").body, b"0123456789");
    assert_eq!(told["parentReference"]["path"], "/drive/root:");
}

#[test]
fn sessions_go_on_where_they_are() {
    let (clouds, client) = start();
    let nobody = Client::new(&clouds);
    let content: Vec<u8> = (0..PIECE + 9).map(|at| (at % 251) as u8).collect();
    let begin = || {
        client.tell("POST", &format!("{DRIVE}/root:/big.bin:/createUploadSession"), &json!({"item": {}})).is(200).json()
    };
    let url = begin()["uploadUrl"].as_str().unwrap().to_owned();
    let piece = |client: &Client, url: &str, from: usize, to: usize| {
        client.ask(
            "PUT",
            url,
            &[("content-range", &format!("bytes {from}-{}/{}", to - 1, content.len()))],
            &content[from..to],
        )
    };
    piece(&client, &url, 0, PIECE).is(401);
    piece(&nobody, &url, 0, 7).is(400);
    assert_eq!(piece(&nobody, &url, 0, PIECE).is(202).json()["nextExpectedRanges"], json!([format!("{PIECE}-")]));
    piece(&nobody, &url, 0, PIECE).is(416);
    assert_eq!(nobody.ask("GET", &url, &[], b"").is(200).json()["nextExpectedRanges"], json!([format!("{PIECE}-")]));
    let made = piece(&nobody, &url, PIECE, content.len()).is(201).json();
    assert_eq!(clouds.onedrive.get("big.bin").unwrap(), content);
    nobody.ask("GET", &url, &[], b"").is(404);

    // Another content of what is there is 200, and refused when it is not what was expected.
    let begin_on = |tag: &Value| {
        let headers = [("content-type", "application/json"), ("if-match", tag.as_str().unwrap())];
        client.ask("POST", &format!("{DRIVE}/root:/big.bin:/createUploadSession"), &headers, b"{}")
    };
    let url = begin_on(&made["eTag"]).is(200).json()["uploadUrl"].as_str().unwrap().to_owned();
    piece(&nobody, &url, 0, PIECE).is(202);
    clouds.onedrive.put("big.bin", b"of another");
    piece(&nobody, &url, PIECE, content.len()).is(412);
    begin_on(&made["eTag"]).is(412);
    let url = begin()["uploadUrl"].as_str().unwrap().to_owned();
    piece(&nobody, &url, 0, PIECE).is(202);
    piece(&nobody, &url, PIECE, content.len()).is(200);
    let url = begin()["uploadUrl"].as_str().unwrap().to_owned();
    clouds.onedrive.expire_sessions();
    piece(&nobody, &url, 0, PIECE).is(404);
}

#[test]
fn delta_tells_all_then_what_changed_without_paths() {
    let (clouds, client) = start();
    for path in ["Apps/Legible/a/1.txt", "Apps/Legible/2.txt", "elsewhere.txt"] {
        clouds.onedrive.put(path, b"x");
    }
    let pages = |first: &str| {
        let (mut told, mut url) = (Vec::new(), first.to_owned());
        loop {
            let page = client.ask("GET", &url, &[], b"").is(200).json();
            for item in page["value"].as_array().unwrap() {
                assert_eq!(item["parentReference"].get("path"), None);
                told.push(if item["deleted"].is_object() {
                    "deleted".to_owned()
                } else {
                    item["name"].as_str().unwrap().to_owned()
                });
            }
            match page["@odata.nextLink"].as_str() {
                Some(next) => url = next.to_owned(),
                None => return (told, page["@odata.deltaLink"].as_str().unwrap().to_owned()),
            }
        }
    };
    assert_eq!(OneDrive::APP_FOLDER, "Apps/Legible");
    let (told, link) = pages(&format!("{DRIVE}/special/approot/delta?$top=2"));
    assert_eq!(told, ["Legible", "a", "2.txt", "1.txt"], "folders before what lies in them");
    assert_eq!(pages(&link).0, Vec::<String>::new());
    clouds.onedrive.rename("Apps/Legible/2.txt", "Apps/Legible/a/3.txt");
    clouds.onedrive.rename("Apps/Legible/a/1.txt", "moved.txt");
    clouds.onedrive.rename("Apps/Legible/a", "Apps/Legible/b");
    assert_eq!(pages(&link).0, ["3.txt", "deleted", "b"]);
    let (_, link) = pages(&link);
    clouds.onedrive.remove("Apps/Legible/b");
    let (told, link) = pages(&link);
    assert_eq!(told, ["deleted", "deleted"], "the folder, and what was in it");
    clouds.onedrive.expire_cursors();
    let gone = client.ask("GET", &link, &[], b"").is(410);
    assert_eq!(gone.json()["error"]["code"], "resyncChangesApplyDifferences");
    let (told, link) = pages(gone.header("location").unwrap());
    assert_eq!(told, ["Legible"]);
    assert_eq!(pages(&link).0, Vec::<String>::new());
}

#[test]
fn children_come_in_pages() {
    let (clouds, client) = start();
    for name in ["B", "a", "c"] {
        clouds.onedrive.put(&format!("f/{name}"), b"x");
    }
    let page = get(&client, "/root:/f:/children?$top=2&$select=name").is(200).json();
    assert_eq!(page["value"], json!([{"name": "a"}, {"name": "B"}]));
    let next = client.ask("GET", page["@odata.nextLink"].as_str().unwrap(), &[], b"").is(200).json();
    assert_eq!((&next["value"], next.get("@odata.nextLink")), (&json!([{"name": "c"}]), None));
    let folder = json!({"name": "F", "folder": {}, "@microsoft.graph.conflictBehavior": "fail"});
    client.tell("POST", &format!("{DRIVE}/root/children"), &folder).is(409);
    get(&client, "/root:/none:/children").is(404);
}
