//! System packages on Linux, through apt where there is apt.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{probe, run, say, which};

/// To compile the command line program.
pub const BUILD: &[&str] = &["build-essential", "pkg-config"];
/// To compile and run the window: GTK, WebKit, the tray.
pub const DESKTOP: &[&str] = &["file", "libayatana-appindicator3-dev", "libwebkit2gtk-4.1-dev"];
/// To drive the real window in tests: a display, a window manager, a notification daemon, a bus, a keychain, WebKit's driver;
/// and servers for those of cloud storages.
pub const TESTS: &[&str] = &[
    "adwaita-icon-theme",
    "dbus",
    "dunst",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "gir1.2-gtk-3.0",
    "gnome-keyring",
    "imagemagick",
    "libgl1-mesa-dri",
    "libnotify-bin",
    "openbox",
    "openssh-client",
    "openssh-server",
    "python3-dbus",
    "python3-dbusmock",
    "python3-gi",
    "python3-venv",
    "webkit2gtk-driver",
    "wmctrl",
    "x11-utils",
    "x11-xserver-utils",
    "xclip",
    "xdotool",
    "xvfb",
];
/// To measure against other programs.
pub const BENCH: &[&str] = &[
    "fonts-dejavu-core",
    "fonts-liberation",
    "fonts-noto-cjk",
    "fonts-noto-core",
    "libgl1",
    "python3-venv",
    "tesseract-ocr",
    "tesseract-ocr-chi-sim",
    "tesseract-ocr-chi-sim-vert",
    "tesseract-ocr-deu",
    "tesseract-ocr-eng",
    "tesseract-ocr-fra",
    "tesseract-ocr-jpn",
    "tesseract-ocr-jpn-vert",
    "tesseract-ocr-osd",
    "tesseract-ocr-rus",
];
/// Fonts that the drawings to train on are set in.
pub const KINDS: &[&str] = &[
    "fonts-breip",
    "fonts-bwht",
    "fonts-cantarell",
    "fonts-courier-prime",
    "fonts-dejavu-core",
    "fonts-dejavu-extra",
    "fonts-dkg-handwriting",
    "fonts-ebgaramond",
    "fonts-ecolier-court",
    "fonts-femkeklaver",
    "fonts-hack",
    "fonts-havana",
    "fonts-humor-sans",
    "fonts-inconsolata",
    "fonts-kaushanscript",
    "fonts-klee",
    "fonts-kristi",
    "fonts-lato",
    "fonts-liberation",
    "fonts-linuxlibertine",
    "fonts-open-sans",
    "fonts-roboto-unhinted",
    "fonts-rufscript",
    "fonts-sjfonts",
    "fonts-urw-base35",
];

/// What the packages above are called elsewhere, for the systems that this program cannot install on.
const ELSEWHERE: &str = "\
On Fedora:  dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel libappindicator-gtk3-devel
On Arch:    pacman -S base-devel webkit2gtk-4.1 libappindicator-gtk3
For tests also Xvfb, WebKitWebDriver, openbox, xdotool, wmctrl, xprop, xrandr, xclip, ImageMagick, dunst, notify-send, GNOME
Keyring, OpenSSH with its server, and Python 3 with venv and its GTK 3 and D-Bus modules.";

/// Installs the packages that are missing. On a Linux without apt it says what is needed; elsewhere it does nothing.
pub fn ensure(groups: &[&[&str]]) -> Result<()> {
    let wanted = groups.concat();
    if !cfg!(target_os = "linux") {
        say("packages", "skipped, this system brings what the build needs");
        return Ok(());
    }
    if which("apt-get").is_none() {
        return without_apt(&wanted);
    }
    let missing = missing(&wanted);
    if missing.is_empty() {
        say("packages", format!("skipped, all {} system packages are installed", wanted.len()));
        return Ok(());
    }
    let mut install = vec!["apt-get", "install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    let as_root = as_root().ok_or_else(|| {
        anyhow::anyhow!(
            "system packages are missing, installing them needs root, and sudo is not installed. Run as root:\n  apt-get update && {}",
            install.join(" ")
        )
    })?;
    say("packages", format!("installing {}", missing.join(" ")));
    // A stale third-party list fails the update and does not hinder the installation.
    if let Err(error) = run(&mut apt(as_root, &["apt-get", "update", "-q"])) {
        say("packages", format!("going on with the old package lists: {error}"));
    }
    run(&mut apt(as_root, &install))
}

fn missing<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    // Fails when one package is unknown and still prints the others.
    let query = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status} ${Package}\n"]).args(wanted).output();
    let known = query.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let installed: Vec<_> = known.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    wanted.iter().copied().filter(|package| !installed.contains(package)).collect()
}

/// The words before a command that make it run as root: none if this is root, `None` if there is no way.
fn as_root() -> Option<&'static [&'static str]> {
    if probe("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        Some(&[])
    } else {
        which("sudo").map(|_| ["sudo"].as_slice())
    }
}

fn apt(as_root: &[&str], words: &[&str]) -> Command {
    // `env` because sudo drops the environment.
    let all = [as_root, &["env", "DEBIAN_FRONTEND=noninteractive"], words].concat();
    let mut command = Command::new(all[0]);
    command.args(&all[1..]);
    command
}

fn without_apt(wanted: &[&str]) -> Result<()> {
    let webkit =
        !wanted.contains(&"libwebkit2gtk-4.1-dev") || probe("pkg-config", &["--exists", "webkit2gtk-4.1"]).is_some();
    if webkit && which("cc").is_some() {
        say("packages", "skipped, there is no apt here; a C compiler (and WebKitGTK, where needed) is there");
        return Ok(());
    }
    bail!(
        "there is no apt here, and something is missing. On Debian and Ubuntu these packages are used:\n  {}\n{ELSEWHERE}",
        wanted.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_is_sorted_and_has_no_doubles() {
        for group in [BUILD, DESKTOP, TESTS, BENCH] {
            assert!(group.is_sorted_by(|a, b| a < b), "{group:?}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn an_unknown_package_counts_as_missing() {
        if which("dpkg-query").is_some() {
            assert_eq!(missing(&["dpkg", "legible-no-such-package"]), ["legible-no-such-package"]);
        }
    }
}
