//! `legible sources add cloud`: pictures of a folder on a storage, on a folder of this machine and on real servers of WebDAV and S3.

#[path = "../../../crates/cloud/tests/conformance/servers.rs"]
#[allow(dead_code, reason = "some of these servers are for other tests")]
mod servers;

use super::problem;
use crate::program::draw::{number, png};
use crate::program::{Home, wait_for};
use servers::{BUCKET, PASSWORD, Server, USER, moto, programs, wsgidav};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

/// How often a home has read anything.
fn reads(home: &Home) -> usize {
    home.jobs(&["succeeded"]).iter().filter(|job| job["kind"] == "read").count()
}

#[test]
fn pictures_are_fetched_once_and_their_text_goes_beside_them() {
    let home = Home::new();
    home.write("camera/2026/a.png", png(&number(80_642)));
    home.write("camera/b.png", png(&number(13_579)));
    home.write("camera/b.png.txt", "mine");
    let tried = home.run(["sources", "add", "--try", "cloud", "camera"]).with(0).out;
    assert!(tried.starts_with("2 images would be fetched (1 MB).\n  "), "{tried}");
    let id = home.add_source(&["cloud", "camera", "--write-text", "plain", "--tag", "phone", "--needs", "none"]);
    home.work();
    assert_eq!((home.found("80642"), home.found("13579"), reads(&home)), (1, 1, 2));
    let text = fs::read_to_string(home.path("camera/2026/a.png.txt")).unwrap();
    assert!(text.contains("80642"), "{text}");
    assert_eq!(fs::read_to_string(home.path("camera/b.png.txt")).unwrap(), "mine", "a person wrote it");
    let listed = home.run(["sources", "list"]).with(0).out;
    assert!(listed.contains("1 text was not written: b.png.txt: "), "{listed}");

    fs::rename(home.path("camera/2026/a.png"), home.path("camera/2026/c.png")).unwrap();
    assert_eq!(home.found_by(&id), "1 image known already");
    home.work();
    assert_eq!((reads(&home), home.images()), (2, 2), "it is not read twice");
    assert!(home.path("camera/2026/c.png.txt").is_file());
    assert_eq!(home.found_by(&id), "Nothing new");

    let edited = home.run(["sources", "edit", &id, "--write-text", "off", "--include", "2026/**"]).with(0).out;
    assert!(edited.contains("etches new pictures of") && !edited.contains("beside"), "{edited}");
    home.run(["sources", "edit", &id, "--min-side", "9"]).with(1).complains(&["for servers only"]);
    home.run(["sources", "edit", &id, "--flat"]).with(1).complains(&["for folders only"]);
    home.run(["sources", "remove", &id]).with(0);
    assert_eq!(home.images(), 2);
}

#[test]
fn a_first_look_that_is_killed_goes_on_where_it_was() {
    let home = Home::new();
    let count = 40;
    for value in 0..count {
        home.write(&format!("camera/{value}.png"), png(&number(20_000 + value)));
    }
    let id = home.add_source(&["cloud", "camera", "--needs", "none"]);
    let serving = home.serve();
    wait_for("some are fetched", || (home.images() > 3).then_some(()));
    serving.kill();
    let before = home.images();
    home.work();
    assert_eq!((home.images(), before <= i64::from(count)), (i64::from(count), true));
    assert_eq!((home.found_by(&id).as_str(), reads(&home)), ("Nothing new", count as usize));
}

#[test]
fn what_legible_wrote_is_not_fetched() {
    let home = Home::new();
    fs::create_dir_all(home.path("nas/Legible")).unwrap();
    let storage = home.path("nas/Legible").display().to_string();
    home.run(["cloud", "add", &storage]).with(0);
    let add = |place: &str| home.run(["sources", "add", "cloud", place]);
    add(&storage).with(1).complains(&["kept in step", "Choose the folder that your camera"]);
    add("gopher://x").with(1).complains(&["s3://, https://, sftp://"]);
    add("/nowhere/at/all").with(1).complains(&["is not there"]);
}

#[test]
fn a_webdav_server_is_a_source_and_its_password_lies_sealed() {
    let Some(programs) = programs() else {
        eprintln!("SKIPPED: LEGIBLE_TEST_SERVERS is not set; `cargo xtask test` sets it up");
        return;
    };
    let (mut home, server) = (Home::new(), wsgidav(&programs));
    home.write("passphrase", "correct horse battery");
    let passphrase = home.path("passphrase").display().to_string();
    home.set("LEGIBLE_PASSPHRASE_FILE", &passphrase);
    home.set("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    home.write("secret", PASSWORD);
    home.write("wrong", "another one");
    let url = format!("{}/dav", server.url());
    let put = |name: &str, value: u32| {
        let path = server.files().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, png(&number(value))).unwrap();
    };
    put("Camera/收据 a.png", 86_420);
    let words = ["cloud", &url, "--folder", "Camera", "--user", USER, "--write-text", "plain", "--needs", "none"];
    let add =
        |secret: &str| home.run(["sources", "add"].iter().chain(&words).chain(&["--secret-from", secret, "--json"]));
    add("wrong").with(1);
    let id = add("secret").with(0).json()["id"].to_string();
    home.work();
    assert_eq!(home.found("86420"), 1, "{}", problem(&home, &id));
    let beside = server.files().join("Camera/收据 a.png.txt");
    assert!(fs::read_to_string(beside).unwrap().contains("86420"));
    let origin = home.database().query_row("SELECT kind, url FROM origin", [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(origin.unwrap(), ("remote".to_owned(), format!("{url}/Camera/收据 a.png")));
    put("Camera/b.png", 97_531);
    assert_eq!(home.found_by(&id), "1 new image");
    for (path, bytes) in crate::program::sources::files_below(&home.path("data")) {
        let holds = bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
        assert!(!holds, "{} holds the password", Path::new(&path).display());
    }
    drop(server);
    home.run(["sources", "run", "--wait", &id]).with(2);
    assert!(!problem(&home, &id).is_empty());
    assert_eq!(home.images(), 2, "what cannot be looked at is not gone");
}

/// Asks moto, as another client; gives the body of the answer.
fn ask(server: &Server, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let length = body.len();
    // It looks who signs, and not whether the signature is right.
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=testing/20261122/us-east-1/s3/aws4_request";
    let head = format!(
        "{method} /{BUCKET}/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{signed}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    answer.split_off(end + 4)
}

#[test]
fn a_bucket_of_s3_is_a_source() {
    let Some(programs) = programs() else {
        eprintln!("SKIPPED: LEGIBLE_TEST_SERVERS is not set; `cargo xtask test` sets it up");
        return;
    };
    let (mut home, server) = (Home::new(), moto(&programs));
    home.write("passphrase", "correct horse battery");
    let passphrase = home.path("passphrase").display().to_string();
    home.set("LEGIBLE_PASSPHRASE_FILE", &passphrase);
    home.set("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    home.write("key", "secret of the bucket");
    let put = |name: &str, value: u32| drop(ask(&server, "PUT", name, &png(&number(value))));
    put("Camera/2026/a.png", 86_420);
    put("elsewhere/z.png", 11_111);
    let (place, url) = (format!("s3://{BUCKET}/Camera"), server.url());
    let at = ["cloud", &place, "--endpoint", &url, "--key-id", "testing", "--secret-from", "key"];
    let id = home.add_source(&[&at[..], &["--write-text", "plain", "--needs", "none"]].concat());
    home.work();
    assert_eq!((home.found("86420"), home.images()), (1, 1), "{}", problem(&home, &id));
    let text = String::from_utf8(ask(&server, "GET", "Camera/2026/a.png.txt", b"")).unwrap();
    assert!(text.contains("86420"), "{text}");
    let url = home.database().query_row("SELECT url FROM origin", [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(url, format!("s3://{BUCKET}/Camera/2026/a.png"));
    put("Camera/b.png", 97_531);
    assert_eq!((home.found_by(&id).as_str(), home.images()), ("1 new image", 2));
    home.set("LEGIBLE_LOG", "trace,reqsign_core=debug");
    let logged = home.run(["sources", "run", "--wait", &id]).with(0).err;
    assert!(logged.contains("opendal") || logged.contains("DEBUG"), "{logged}");
    assert!(!logged.contains("secret of the bucket"), "{logged}");
    drop(server);
    home.run(["sources", "run", "--wait", &id]).with(2);
    assert_eq!(home.images(), 2, "what cannot be looked at is not gone");
}
