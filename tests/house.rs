//! The house stands as `DESIGN` draws it: what lies in `crates/` knows no window, arrows go one way, and four rooms
//! have a door to the network: models and sources fetch, the cloud room speaks with storages, and the service pushes.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;

/// Crates that speak HTTP or TLS.
const NETWORK: &[&str] =
    &["ureq", "reqwest", "hyper", "h2", "curl", "isahc", "attohttpc", "minreq", "rustls", "native-tls", "openssl"];

/// What the members of the workspace are built from, by cargo's own account. Dependencies of tests do not count.
struct House {
    names: HashMap<String, String>,
    arrows: HashMap<String, BTreeSet<String>>,
    members: Vec<String>,
}

impl House {
    fn look() -> Self {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["metadata", "--offline", "--format-version", "1"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let names = told["packages"].as_array().unwrap().iter().map(|p| (text(&p["id"]), text(&p["name"]))).collect();
        let built =
            |dependency: &&Value| dependency["dep_kinds"].as_array().unwrap().iter().any(|k| k["kind"] != "dev");
        let arrows = told["resolve"]["nodes"].as_array().unwrap().iter().map(|node| {
            let dependencies = node["deps"].as_array().unwrap().iter().filter(built);
            (text(&node["id"]), dependencies.map(|dependency| text(&dependency["pkg"])).collect())
        });
        let members = told["workspace_members"].as_array().unwrap().iter().map(text).collect();
        House { names, arrows: arrows.collect(), members }
    }

    fn id(&self, name: &str) -> &String {
        self.members.iter().find(|id| self.names[*id] == name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// The names of the members in `crates/`.
    fn rooms(&self) -> Vec<&str> {
        let names = self.members.iter().map(|id| self.names[id].as_str());
        names.filter(|name| !["legible-desktop", "train-kinds", "xtask"].contains(name)).collect()
    }

    /// The rooms that a member uses itself, without `legible-`.
    fn uses(&self, name: &str) -> Vec<&str> {
        let used = self.arrows[self.id(name)].iter().filter_map(|id| self.names[id].strip_prefix("legible-"));
        let mut used: Vec<&str> = used.collect();
        used.sort_unstable();
        used
    }

    /// The names of all crates that a member is built from, through others too.
    fn all_below(&self, name: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.id(name)];
        while let Some(id) = open.pop() {
            open.extend(self.arrows[id].iter().filter(|id| found.insert(*id)));
        }
        found.into_iter().map(|id| self.names[id].as_str()).collect()
    }
}

#[test]
fn nothing_in_crates_depends_on_tauri() {
    let house = House::look();
    assert!(house.rooms().len() >= 7, "{:?}", house.rooms());
    for room in house.rooms() {
        let shell: Vec<_> = house.all_below(room).into_iter().filter(|name| is_of_a_window(name)).collect();
        assert!(shell.is_empty(), "{room} is built from {shell:?}");
    }
    assert!(house.all_below("legible-desktop").contains("tauri"), "the look finds tauri where it is");
}

/// Tauri, and the GTK and WebKit that a machine without a desktop lacks. `tauri-winrt-notification` has only its name from
/// there: it is how `notify-rust` speaks to Windows.
fn is_of_a_window(name: &str) -> bool {
    if name == "tauri-winrt-notification" {
        return false;
    }
    let of_tauri = name == "tauri" || name.starts_with("tauri-") || name == "wry" || name == "tao";
    of_tauri || name.starts_with("gtk") || name.starts_with("webkit2gtk")
}

#[test]
fn arrows_go_one_way() {
    let house = House::look();
    let check = |member: &str, expected: &[&str]| assert_eq!(house.uses(member), expected, "{member}");
    check("legible-desktop", &["service"]);
    check("legible-cli", &["service"]);
    check(
        "legible-service",
        &["cloud", "documents", "facts", "jobs", "library", "models", "paths", "reading", "sources", "vision"],
    );
    check("legible-vision", &["reading"]);
    check("legible-library", &["facts", "paths", "reading"]);
    check("legible-sources", &["paths", "reading"]);
    check("legible-jobs", &[]);
    check("legible-cloud", &[]);
    check("legible-cloud-fakes", &[]);
    check("legible-models", &["reading"]);
    check("legible-reading", &[]);
    check("legible-facts", &[]);
    check("legible-documents", &["reading"]);
    assert_eq!(house.rooms().len(), 13, "a new room needs its arrows here: {:?}", house.rooms());
}

#[test]
fn only_models_sources_storages_and_pushes_reach_the_network() {
    let house = House::look();
    for room in
        ["legible-vision", "legible-library", "legible-jobs", "legible-reading", "legible-facts", "legible-documents"]
    {
        let below = house.all_below(room);
        let doors: Vec<_> = NETWORK.iter().filter(|name| below.contains(**name)).collect();
        assert!(doors.is_empty(), "{room} is built from {doors:?}");
    }
    let direct = |member: &str| -> Vec<_> {
        let names = house.arrows[house.id(member)].iter().map(|id| house.names[id].as_str());
        names.filter(|name| NETWORK.contains(name)).collect()
    };
    assert!(direct("legible-cli").is_empty(), "{:?}", direct("legible-cli"));
    // Pushes, and nothing else of the service: see the next test.
    assert_eq!(direct("legible-service"), ["ureq"]);
    assert_eq!(direct("legible-sources"), ["reqwest", "rustls"]);
    assert_eq!(direct("legible-cloud"), ["reqwest", "rustls"]);
    assert!(house.all_below("legible-models").contains("ureq"), "the look finds the client where it is");
}

#[test]
fn within_a_room_only_the_places_that_are_named_reach_the_network() {
    assert_eq!(rooms_that_say("crates/service/src", "ureq"), ["push"]);
    assert_eq!(rooms_that_say("crates/sources/src", "reqwest"), ["fetch"]);
    assert_eq!(rooms_that_say("crates/cloud/src", "reqwest"), ["account", "remote"]);
    assert_eq!(rooms_that_say("crates/cloud/src", "opendal"), ["remote"]);
}

/// The folders and files of a crate's source whose code has a word.
fn rooms_that_say(source: &str, word: &str) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let mut open = vec![source.clone()];
    let mut doors = BTreeSet::new();
    while let Some(directory) = open.pop() {
        for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if std::fs::read_to_string(&path).unwrap().contains(word) {
                let room = path.strip_prefix(&source).unwrap().iter().next().unwrap();
                doors.insert(room.to_str().unwrap().to_owned());
            }
        }
    }
    doors.into_iter().collect()
}

#[test]
fn only_the_shells_and_tests_use_anyhow() {
    let house = House::look();
    for room in house.rooms().into_iter().filter(|room| *room != "legible-cli") {
        let direct: Vec<_> = house.arrows[house.id(room)].iter().map(|id| house.names[id].as_str()).collect();
        assert!(!direct.contains(&"anyhow"), "{room} uses anyhow");
    }
}
