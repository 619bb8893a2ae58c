//! What was granted, and what is refused to who was granted less: in the words of each provider.

use crate::client::{Client, Reply};
use legible_cloud_fakes::Clouds;
use serde_json::json;

const DRIVE: &str = "https://www.googleapis.com/drive/v3";
const GRAPH: &str = "https://graph.microsoft.com/v1.0/me/drive";
const DROPBOX: &str = "https://api.dropboxapi.com/2/files";

#[test]
fn google_tells_only_what_was_granted() {
    let clouds = Clouds::start().unwrap();
    clouds.drive.put("theirs.png", b"theirs");
    let by = |scope: &str| {
        let scope = format!("https://www.googleapis.com/auth/{scope}");
        Client::new(&clouds).with(&clouds.drive.grant_only(&[&scope]).access)
    };
    let names = |client: &Client| -> Vec<String> {
        let listed = client.ask("GET", &format!("{DRIVE}/files"), &[], b"").is(200).json();
        listed["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
    };
    let make = |client: &Client| client.tell("POST", &format!("{DRIVE}/files"), &json!({"name": "ours.png"}));
    let refused = make(&by("drive.readonly")).is(403).json();
    assert_eq!(refused["error"]["errors"][0]["reason"], "insufficientPermissions");
    let narrow = by("drive.file");
    make(&narrow).is(200);
    assert_eq!(names(&narrow), ["ours.png"]);
    assert_eq!(names(&by("drive.readonly")), ["theirs.png", "ours.png"]);
    let theirs = &clouds.drive.ids("theirs.png")[0];
    narrow.ask("GET", &format!("{DRIVE}/files/{theirs}"), &[], b"").is(404);
    let changes = narrow.ask("GET", &format!("{DRIVE}/changes?pageToken=1"), &[], b"").is(200).json();
    assert_eq!(changes["changes"].as_array().unwrap().len(), 1, "{changes}");
    by("drive").ask("DELETE", &format!("{DRIVE}/files/{theirs}"), &[], b"").is(204);
}

#[test]
fn microsoft_lets_do_only_what_was_granted() {
    let clouds = Clouds::start().unwrap();
    clouds.onedrive.put("theirs.png", b"theirs");
    let by = |scope: &str| Client::new(&clouds).with(&clouds.onedrive.grant_only(&[scope]).access);
    let get = |client: &Client, what: &str| client.ask("GET", &format!("{GRAPH}{what}"), &[], b"");
    let put = |client: &Client, what: &str| client.ask("PUT", &format!("{GRAPH}{what}:/content"), &[], b"x");
    let denied = |reply: Reply| assert_eq!(reply.is(403).json()["error"]["code"], "accessDenied");
    get(&by("Files.Read"), "/root:/theirs.png").is(200);
    denied(put(&by("Files.Read"), "/root:/x.txt"));
    put(&by("Files.ReadWrite"), "/root:/x.txt").is(201);
    let narrow = by("Files.ReadWrite.AppFolder");
    denied(get(&narrow, "/root:/theirs.png"));
    let ours = put(&narrow, "/special/approot:/y.txt").is(201).json();
    get(&narrow, &format!("/items/{}", ours["id"].as_str().unwrap())).is(200);
    let theirs = get(&by("Files.Read"), "/root:/theirs.png").json();
    denied(get(&narrow, &format!("/items/{}", theirs["id"].as_str().unwrap())));
}

#[test]
fn dropbox_says_which_scope_is_missing() {
    let clouds = Clouds::start().unwrap();
    clouds.dropbox.put("theirs.png", b"theirs");
    let grant = clouds.dropbox.grant_only(&["files.metadata.read", "files.content.read"]);
    let reads = Client::new(&clouds).with(&grant.access);
    reads.tell("POST", &format!("{DROPBOX}/get_metadata"), &json!({"path": "/theirs.png"})).is(200);
    let refused = reads.tell("POST", &format!("{DROPBOX}/delete_v2"), &json!({"path": "/theirs.png"})).is(401).json();
    let told = (&refused["error"][".tag"], &refused["error"]["required_scope"]);
    assert_eq!(told, (&json!("missing_scope"), &json!("files.content.write")));
    assert!(clouds.dropbox.get("theirs.png").is_some());
    // One that is taken back leaves the others.
    let other = clouds.dropbox.grant();
    reads.ask("POST", "https://api.dropboxapi.com/2/auth/token/revoke", &[], b"").is(200);
    assert_eq!((clouds.dropbox.refreshes(&grant.refresh), clouds.dropbox.refreshes(&other.refresh)), (false, true));
}
