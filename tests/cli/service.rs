//! `legible service` against a `systemctl` that writes down what it is told.
#![cfg(target_os = "linux")]

use crate::program::draw::{number, png};
use crate::program::{Home, program};
use std::os::unix::fs::PermissionsExt;

/// Writes its arguments to a file. "is-active" succeeds while the unit is enabled; all else fails once told to.
const SYSTEMCTL: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/told"
if [ -e "$here/broken" ]; then echo "Failed to connect to bus: No medium found" >&2; exit 1; fi
case "$*" in
*"enable --now"*) touch "$here/active" ;;
*"disable --now"*) rm -f "$here/active" ;;
*is-active*) test -e "$here/active" ;;
esac
"#;

/// A home with nothing but this `systemctl` on the path.
fn home() -> Home {
    let mut home = Home::new();
    let script = home.write("bin/systemctl", SYSTEMCTL);
    std::fs::set_permissions(script, PermissionsExt::from_mode(0o755)).unwrap();
    for (name, place) in [("HOME", ""), ("XDG_CONFIG_HOME", "xdg")] {
        home.set(name, home.path(place).to_str().unwrap());
    }
    home.set("PATH", &format!("{}:/usr/bin:/bin", home.path("bin").display()));
    home
}

/// What `systemctl` was told since this was asked last.
fn told(home: &Home) -> Vec<String> {
    let told = std::fs::read_to_string(home.path("bin/told")).unwrap_or_default();
    let _ = std::fs::remove_file(home.path("bin/told"));
    told.lines().map(str::to_owned).collect()
}

#[test]
fn the_unit_is_installed_looked_at_and_removed() {
    let home = home();
    let unit = home.path("xdg/systemd/user/legible.service");
    let said = home.run(["service", "status"]).with(0).out;
    assert!(said.starts_with("unit\tnot installed"), "{said}");
    assert!(said.contains("service\tnobody runs the jobs\nlast output\tnothing yet\n"), "{said}");

    let said = home.run(["service", "install"]).with(0).out;
    assert!(said.contains(unit.to_str().unwrap()), "{said}");
    assert_eq!(told(&home), ["--user daemon-reload", "--user enable --now legible.service"]);
    let text = std::fs::read_to_string(&unit).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for line in [
        format!("ExecStart=\"{}\" run", program().canonicalize().unwrap().display()),
        format!("Environment=\"LEGIBLE_HOME={}\"", home.path("x").parent().unwrap().display()),
        "Restart=on-failure".to_owned(),
        "StartLimitBurst=5".to_owned(),
        "WantedBy=default.target".to_owned(),
    ] {
        assert!(lines.contains(&line.as_str()), "{line:?}: {text}");
    }
    verified(&unit);
    let said = home.run(["service", "status"]).with(0).out;
    assert!(said.starts_with("unit\tinstalled and active\n"), "{said}");

    home.write("n.png", png(&number(7)));
    home.run(["add", "--wait", "n.png"]).with(0);
    let _serving = home.serve();
    let status = home.run(["service", "status", "--json"]).with(0).json();
    let seen = ["installed", "active", "runs", "paused"].map(|field| status[field].as_bool().unwrap());
    assert_eq!((seen, &status["last"]["name"]), ([true, true, true, false], &"n.png".into()));
    home.run(["pause"]).with(0);
    let said = home.run(["service", "status"]).with(0).out;
    assert!(said.contains("service\tpaused\n") && said.contains(" read n.png\n"), "{said}");
    told(&home);

    let said = home.run(["service", "remove"]).with(0).out;
    assert!(said.contains("stopped"), "{said}");
    assert_eq!(told(&home), ["--user disable --now legible.service", "--user daemon-reload"]);
    assert!(!unit.exists());
    home.run(["service", "remove"]).with(1);
    assert_eq!(told(&home), [""; 0]);
}

/// The real systemd understands the unit, where it is installed.
fn verified(unit: &std::path::Path) {
    let Ok(output) = std::process::Command::new("systemd-analyze").args(["verify", "--user"]).arg(unit).output() else {
        return eprintln!("SKIPPED: without systemd-analyze the unit is not verified");
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let about: Vec<&str> = said.lines().filter(|line| line.contains("legible.service")).collect();
    assert!(about.is_empty(), "{said}");
}

#[test]
fn without_systemd_it_says_what_to_do_instead() {
    let home = home();
    home.write("bin/broken", "");
    home.run(["service", "install"]).with(1).complains(&["systemctl --user daemon-reload", "No medium found"]);

    let mut home = Home::new();
    home.set("HOME", home.path("").to_str().unwrap());
    home.set("XDG_CONFIG_HOME", home.path("xdg").to_str().unwrap());
    home.set("PATH", home.path("empty").to_str().unwrap());
    let said = home.run(["service", "install"]).with(1);
    said.complains(&["systemctl could not be started", "legible run"]);
    assert!(!home.path("xdg/systemd/user/legible.service").exists(), "nothing is left of an install that failed");
    home.run(["service", "status"]).with(0);
}
