//! Keys that capture a region from everywhere: set, taken by another program, cleared.

use crate::capture::overlays;
use crate::desktop::{DEADLINE, Desktop, LOOK};
use crate::program::wait_for;
use fantoccini::Client;
use serde_json::{Value, json};
use std::time::Instant;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, ModMask};

/// Calls a command of the service from the page; `Err` is what it says was wrong.
pub async fn call(client: &Client, name: &str, args: Value) -> Result<Value, Value> {
    let script = "const [name, args, done] = arguments; \
         window.__TAURI_INTERNALS__.invoke('call', { name, args }).then((ok) => done({ ok }), (error) => done({ error }))";
    let answer = client.execute_async(script, vec![json!(name), args]).await.unwrap();
    answer.get("ok").cloned().ok_or_else(|| answer["error"].clone())
}

/// The source of a type.
pub async fn source(client: &Client, of: &str) -> Value {
    let sources = call(client, "sources", json!({})).await.unwrap();
    let mut all = sources["sources"].as_array().unwrap().iter();
    all.find(|source| source["draft"]["spec"]["type"] == of).unwrap().clone()
}

/// Waits until the source of a type is as it is wanted.
pub async fn source_until(client: &Client, of: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + DEADLINE;
    loop {
        let source = source(client, of).await;
        if is(&source) {
            return source;
        }
        assert!(Instant::now() < until, "never {what}: {source:#}");
        tokio::time::sleep(LOOK).await;
    }
}

/// Sets the keys of the screen.
async fn set(client: &Client, keys: Value) -> Result<Value, Value> {
    let mut draft = source(client, "screen").await["draft"].clone();
    draft["spec"]["shortcut"] = keys;
    call(client, "save_source", draft).await
}

/// Waits until the screen says so of its keys.
async fn says(client: &Client, words: Value) {
    source_until(client, "screen", &words.to_string(), |screen| screen["watching"] == words).await;
}

#[tokio::test]
async fn keys_capture_until_they_are_cleared() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    let error = set(&client, json!("Ctrl+Banana")).await.unwrap_err();
    assert_eq!(error["code"], "bad_request");
    assert!(error["message"].as_str().unwrap().contains("Banana is no key of a shortcut"), "{error}");

    // Another program has them.
    let (server, screen) = x11rb::connect(Some(&desktop.display())).unwrap();
    let root = server.setup().roots[screen].root;
    let keycode = keycode(&server, u32::from('y'));
    let held = ModMask::CONTROL | ModMask::SHIFT;
    let grab = || server.grab_key(false, root, held, keycode, GrabMode::ASYNC, GrabMode::ASYNC).unwrap().check();
    grab().unwrap();
    let saved = set(&client, json!("shift+ctrl+y")).await.unwrap();
    assert_eq!(saved["draft"]["spec"]["shortcut"], "Ctrl+Shift+Y");
    says(&client, json!("Ctrl+Shift+Y is not heard: another program may have taken it; choose other keys")).await;
    server.ungrab_key(keycode, root, held).unwrap().check().unwrap();

    set(&client, json!("Ctrl+Shift+U")).await.unwrap();
    says(&client, json!("Ctrl+Shift+U captures a region")).await;
    desktop.tool("xdotool", &["key", "ctrl+shift+u"]);
    overlays(&desktop, 1);
    desktop.tool("xdotool", &["key", "Escape"]);
    overlays(&desktop, 0);

    // Others: the old ones are free.
    set(&client, json!("Ctrl+Shift+Y")).await.unwrap();
    says(&client, json!("Ctrl+Shift+Y captures a region")).await;
    assert!(grab().is_err(), "the app has them");
    desktop.tool("xdotool", &["key", "ctrl+shift+y"]);
    overlays(&desktop, 1);
    desktop.tool("xdotool", &["key", "Escape"]);
    overlays(&desktop, 0);

    // Switched off, then cleared.
    let id = source(&client, "screen").await["id"].clone();
    call(&client, "enable_source", json!({ "id": id, "enabled": false })).await.unwrap();
    wait_for("the keys are free", || grab().ok());
    server.ungrab_key(keycode, root, held).unwrap().check().unwrap();
    call(&client, "enable_source", json!({ "id": id, "enabled": true })).await.unwrap();
    says(&client, json!("Ctrl+Shift+Y captures a region")).await;
    set(&client, Value::Null).await.unwrap();
    wait_for("the keys are free", || grab().ok());
    says(&client, Value::Null).await;
    client.close().await.unwrap();
}

/// The key of the keyboard that types a letter.
fn keycode(server: &impl Connection, letter: u32) -> u8 {
    let (least, most) = (server.setup().min_keycode, server.setup().max_keycode);
    let map = server.get_keyboard_mapping(least, most - least + 1).unwrap().reply().unwrap();
    let mut keys = map.keysyms.chunks(usize::from(map.keysyms_per_keycode));
    least + u8::try_from(keys.position(|symbols| symbols.contains(&letter)).unwrap()).unwrap()
}
