//! What goes wrong on order.

use crate::client::{Client, Reply};
use legible_cloud_fakes::{Clouds, Entry, Fault, bytes};
use std::time::{Duration, Instant};

const UPLOAD: &str = "https://content.dropboxapi.com/2/files/upload";
const DOWNLOAD: &str = "https://content.dropboxapi.com/2/files/download";
/// More than the buffers of a connection hold.
const LARGE: usize = 8 << 20;

fn start() -> (Clouds, Client) {
    let clouds = Clouds::start().unwrap();
    let client = Client::new(&clouds).with(&clouds.dropbox.grant().access);
    (clouds, client)
}

fn upload(client: &Client, body: &[u8]) -> reqwest::Result<Reply> {
    let headers = [("content-type", "application/octet-stream"), ("dropbox-api-arg", r#"{"path":"/up.bin"}"#)];
    client.try_ask("POST", UPLOAD, &headers, body)
}

fn download(client: &Client) -> reqwest::Result<Reply> {
    client.try_ask("POST", DOWNLOAD, &[("dropbox-api-arg", r#"{"path":"/down.bin"}"#)], b"")
}

#[test]
fn busy_providers_say_so_in_their_words_so_many_times() {
    let clouds = Clouds::start().unwrap();
    let client = Client::new(&clouds);
    let check = |url: &str, status: u16, word: &str| {
        let reply = client.ask("GET", url, &[], b"").is(status);
        assert_eq!(reply.header("retry-after"), Some("7"), "{url}");
        assert!(String::from_utf8_lossy(&reply.body).contains(word), "{reply:?}");
    };
    let busy = |status: u16| Fault::Status { status, retry_after: Some(7) };
    clouds.drive.fault("/drive/v3/files ", 1, Fault::throttled(7));
    clouds.drive.fault("/drive/v3/about ", 1, busy(403));
    clouds.dropbox.fault("", 1, Fault::throttled(7));
    clouds.onedrive.fault("GET https://graph.microsoft.com/v1.0/me ", 1, busy(503));
    check("https://www.googleapis.com/drive/v3/files", 429, "rateLimitExceeded");
    check("https://www.googleapis.com/drive/v3/about", 403, "userRateLimitExceeded");
    check("https://api.dropboxapi.com/2/files/list_folder", 429, "too_many_requests");
    check("https://graph.microsoft.com/v1.0/me", 503, "serviceNotAvailable");
    // And then as before: nobody is signed in.
    client.ask("GET", "https://graph.microsoft.com/v1.0/me", &[], b"").is(401);
    assert_eq!((clouds.drive.faults_left(), clouds.dropbox.faults_left(), clouds.onedrive.faults_left()), (0, 0, 0));
}

#[test]
fn uploads_break_off_and_nothing_is_there() {
    let (clouds, client) = start();
    clouds.dropbox.fault("/upload ", 1, Fault::ResetUpload(LARGE / 2));
    assert!(upload(&client, &vec![1; LARGE]).is_err());
    assert_eq!(clouds.dropbox.files().len(), 0);
    let log = clouds.dropbox.take_log();
    assert_eq!((log.len(), log[0].status, log[0].up), (1, None, LARGE as u64 / 2));
    clouds.dropbox.fault("/upload ", 1, Fault::LoseAnswer);
    assert!(upload(&client, b"lost").is_err());
    assert_eq!(clouds.dropbox.get("up.bin").unwrap(), b"lost", "it was done, and nobody knows");
}

#[test]
fn downloads_break_off_or_are_others() {
    let (clouds, client) = start();
    let content: Vec<u8> = (0..LARGE).map(|at| (at % 251) as u8).collect();
    clouds.dropbox.put("down.bin", &content);
    let fault = |fault: Fault| clouds.dropbox.fault("/download ", 1, fault);
    fault(Fault::ResetDownload(LARGE / 2));
    assert!(download(&client).is_err());
    fault(Fault::ShortDownload(LARGE / 2));
    assert!(download(&client).is_err());
    fault(Fault::Truncated(LARGE / 2));
    assert!(download(&client).unwrap().is(200).body == content[..LARGE / 2]);
    fault(Fault::Damaged);
    let damaged = download(&client).unwrap().is(200).body;
    assert_eq!(damaged.iter().zip(&content).filter(|(one, other)| one != other).count(), 1);
    fault(Fault::WrongHash);
    let wrong = download(&client).unwrap().is(200);
    let right = download(&client).unwrap().is(200);
    assert!(wrong.body == content && right.body == content);
    assert_ne!(wrong.header("dropbox-api-result"), right.header("dropbox-api-result"));
}

#[test]
fn silence_lasts_until_the_client_goes() {
    let (clouds, client) = start();
    clouds.dropbox.put("down.bin", &vec![3; LARGE]);
    clouds.dropbox.fault("/download ", 1, Fault::StallDownload(100));
    let request = client.request("POST", DOWNLOAD, &[("dropbox-api-arg", r#"{"path":"/down.bin"}"#)]);
    client.runtime.block_on(async {
        let mut response = request.send().await.unwrap();
        let mut came = 0;
        while came < 100 {
            came += response.chunk().await.unwrap().unwrap().len();
        }
        assert_eq!(came, 100);
        assert!(tokio::time::timeout(Duration::from_millis(100), response.chunk()).await.is_err());
    });
    clouds.dropbox.fault("/upload ", 1, Fault::StallUpload(100));
    let headers = [("content-type", "application/octet-stream"), ("dropbox-api-arg", r#"{"path":"/up.bin"}"#)];
    let request = client.request("POST", UPLOAD, &headers).body(vec![4; LARGE]);
    let silent = async { tokio::time::timeout(Duration::from_millis(100), request.send()).await.is_err() };
    assert!(client.runtime.block_on(silent));
    assert!(download(&client).unwrap().body == vec![3; LARGE], "others are answered");
    assert_eq!(clouds.dropbox.files().len(), 1);
}

#[test]
fn somebody_writes_between_a_look_and_a_write() {
    let (clouds, client) = start();
    let other = clouds.dropbox.clone();
    clouds.dropbox.fault("/upload ", 1, Fault::before(move || other.put("up.bin", b"of another")));
    upload(&client, b"mine").unwrap().is(409);
    assert_eq!(clouds.dropbox.get("up.bin").unwrap(), b"of another");
    let begun = Instant::now();
    clouds.dropbox.fault("/download ", 1, Fault::Latency(Duration::from_millis(30)));
    download(&client).unwrap().is(409);
    assert!(begun.elapsed() >= Duration::from_millis(30));
}

#[test]
fn the_log_says_what_moved() {
    let (clouds, client) = start();
    clouds.dropbox.put("down.bin", b"12345");
    upload(&client, b"123").unwrap().is(200);
    download(&client).unwrap().is(200);
    let log = clouds.dropbox.take_log();
    let moved = |entry: &Entry| (entry.line.clone(), entry.up, entry.status, entry.file.clone());
    let expected = [
        (format!("POST {UPLOAD} "), 3, Some(200), Some("up.bin".to_owned())),
        (format!("POST {DOWNLOAD} "), 0, Some(200), Some("down.bin".to_owned())),
    ];
    assert_eq!(log.iter().map(moved).collect::<Vec<_>>(), expected);
    assert_eq!((bytes(&log).0, log[1].down), (3, 5));
    assert_eq!(clouds.dropbox.log(), []);
}

#[test]
fn nothing_leaves_the_machine() {
    let (clouds, client) = start();
    for url in ["https://example.org/", "https://api.dropboxapi.com:8443/"] {
        assert!(client.try_ask("GET", url, &[], b"").is_err());
    }
    let refused = clouds.refused();
    assert_eq!(refused.len(), 2);
    assert!(
        refused[0].starts_with("CONNECT example.org:443 ")
            && refused[1].starts_with("CONNECT api.dropboxapi.com:8443 ")
    );
}
