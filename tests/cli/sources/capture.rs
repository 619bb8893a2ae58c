//! `legible capture` on an X server of the test's own: the text that is shown comes out, and stays on the clipboard.
#![cfg(target_os = "linux")]

use crate::program::draw::{number, png};
use crate::program::{DEADLINE, Home, said, wait_for};
use image::{Rgb, RgbImage};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// An X server with programs on it. All ends with this.
struct Screen {
    display: String,
    children: Vec<Child>,
}

impl Screen {
    /// A screen of 1200 by 400 pixels in this home. `None`, said loudly, where a program for it is missing.
    fn of(home: &mut Home) -> Option<Self> {
        let missing =
            ["Xvfb", "display", "xclip", "xrandr", "openbox", "wmctrl", "xprop"].into_iter().find(|program| {
                let mut which = Command::new("which");
                !which.arg(program).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
            });
        if let Some(missing) = missing {
            eprintln!("SKIPPED: needs {missing}; `cargo xtask test` installs it");
            return None;
        }
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "1200x400x24", "-dpi", "96"]);
        let mut server = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // It says its number once it listens.
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        home.set("DISPLAY", &display);
        Some(Screen { display, children: vec![server] })
    }

    /// A program on this screen.
    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).env("DISPLAY", &self.display).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Starts a window manager, so that windows can be in front. It takes over those that are shown already; of one that is shown
    /// while it starts it may lose the request, and then never shows it.
    fn manage(&mut self) {
        let mut manager = self.command("openbox", &["--sm-disable"]);
        self.children.push(manager.stdout(Stdio::null()).spawn().unwrap());
        wait_for("windows are managed", || self.root_says("_NET_SUPPORTING_WM_CHECK").then_some(()));
    }

    /// Puts the window of this title in front, as a click on it does. The manager may not have it yet, so it is asked until it is.
    fn activate(&self, title: &str) {
        wait_for("the window is active", || {
            said(&mut self.command("wmctrl", &["-F", "-a", title]));
            let active = said(&mut self.command("xprop", &["-root", "_NET_ACTIVE_WINDOW"])).out;
            let id = active.split_whitespace().find(|word| word.starts_with("0x"))?;
            let name = said(&mut self.command("xprop", &["-id", id, "WM_NAME"])).out;
            name.contains(&format!("\"{title}\"")).then_some(())
        });
    }

    fn root_says(&self, property: &str) -> bool {
        let told = said(&mut self.command("xprop", &["-root", property]));
        told.out.contains("window id # 0x") && !told.out.contains("# 0x0\n")
    }

    /// Shows an image in a window without edges, at this place.
    fn show(&mut self, home: &Home, name: &str, image: &RgbImage, place: &str) {
        let file = home.write(name, png(image));
        let place = ["-geometry", place, "-borderwidth", "0", "-title", name];
        let window = self.command("display", &place).arg(file).stdout(Stdio::null()).spawn().unwrap();
        self.children.push(window);
        let mut look = self.command("xwininfo", &["-name", name]);
        wait_for("the window is there", || said(&mut look).out.contains("IsViewable").then_some(()));
    }

    /// What is on the clipboard.
    fn clipboard(&self) -> String {
        said(&mut self.command("xclip", &["-selection", "clipboard", "-out"])).out
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The number on enough white for a window of its own.
fn sign(value: u32) -> RgbImage {
    let mut sign = RgbImage::from_pixel(360, 120, Rgb([255; 3]));
    image::imageops::overlay(&mut sign, &number(value), 40, 30);
    sign
}

/// How many processes hold a text for a display.
fn holders(display: &str) -> usize {
    let says = |process: &Path, what: &str, text: &str| {
        std::fs::read(process.join(what))
            .is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(|one| one == text.as_bytes()))
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let display = format!("DISPLAY={display}");
    processes.filter(|one| says(one, "cmdline", "hold-clipboard") && says(one, "environ", &display)).count()
}

/// Captures again until the text is there: a window paints itself when it likes.
#[track_caller]
fn capture_until(home: &Home, args: &[&str], wanted: &str) -> String {
    let until = Instant::now() + DEADLINE;
    loop {
        let captured = home.run(["capture"].iter().chain(args)).with(0);
        if captured.out.trim_end() == wanted {
            return captured.out;
        }
        assert!(Instant::now() < until, "{captured:?}");
    }
}

#[test]
fn what_is_shown_is_text_and_stays_on_the_clipboard() {
    let mut home = Home::new();
    let Some(mut screen) = Screen::of(&mut home) else { return };
    screen.show(&home, "sign", &sign(80_642), "+100+50");
    capture_until(&home, &["--screen"], "80642");
    assert_eq!(screen.clipboard(), "80642", "the screen is set to copy, and the command has ended");
    screen.show(&home, "another", &sign(13_579), "+700+200");
    capture_until(&home, &["--region", "700,200,360x120", "--copy"], "13579");
    assert_eq!(screen.clipboard(), "13579");
    // A program that keeps for others what is copied takes the same text over: then nobody else holds it any longer.
    let mut keeper =
        screen.command("xclip", &["-selection", "clipboard", "-in"]).stdin(Stdio::piped()).spawn().unwrap();
    keeper.stdin.take().unwrap().write_all(b"13579").unwrap();
    assert!(keeper.wait().unwrap().success());
    wait_for("the holder has gone", || (holders(&screen.display) == 0).then_some(()));
    assert_eq!(screen.clipboard(), "13579");
    let json = home.run(["capture", "--region", "100,50,360x120", "--json"]).with(0).json();
    assert_eq!(json["text"], "80642");
    let item = home.count(&format!("SELECT count(*) FROM origin WHERE kind = 'screen' AND item_id = {}", json["item"]));
    assert!(item >= 1 && home.found("80642") >= 1);
    let sources = home.run(["sources", "list"]).with(0).out;
    assert!(sources.lines().any(|line| line.contains("\tScreen\t") && !line.contains("\t0 images\t")), "{sources}");

    // With a service that is warm it is about a second.
    let _serving = home.serve();
    capture_until(&home, &["--region", "100,50,360x120"], "80642");
    screen.show(&home, "fresh", &sign(24_680), "+400+250");
    capture_until(&home, &["--region", "400,250,360x120"], "24680");
    let began = Instant::now();
    screen.show(&home, "last", &sign(97_531), "+100+250");
    let shown = began.elapsed();
    capture_until(&home, &["--region", "100,250,360x120"], "97531");
    println!("from the window's show ({shown:?}) to the text: {:?}", began.elapsed() - shown);
}

#[test]
fn the_window_in_front_is_taken_alone() {
    let mut home = Home::new();
    let Some(mut screen) = Screen::of(&mut home) else { return };
    screen.show(&home, "behind", &sign(11_223), "+20+60");
    screen.show(&home, "front", &sign(44_556), "+620+60");
    screen.manage();
    screen.activate("front");
    // The window in front and no other: with the one behind there would be two numbers.
    capture_until(&home, &["--window"], "44556");
    screen.activate("behind");
    capture_until(&home, &["--window"], "11223");
}

#[test]
fn each_of_two_displays_can_be_taken() {
    let mut home = Home::new();
    let Some(mut screen) = Screen::of(&mut home) else { return };
    for monitor in [["left", "600/159x400/106+0+0", "screen"], ["right", "600/159x400/106+600+0", "none"]] {
        let set = [&["--setmonitor"], &monitor[..]].concat();
        assert!(screen.command("xrandr", &set).status().unwrap().success());
    }
    screen.show(&home, "sign 1", &sign(31_313), "+100+50");
    screen.show(&home, "sign 2", &sign(42_424), "+700+50");
    for (display, text) in [("left", "31313"), ("right", "42424"), ("1", "31313"), ("2", "42424")] {
        capture_until(&home, &["--display", display], text);
    }
    home.run(["capture", "--display", "attic"]).with(1).complains(&["attic"]);
    home.run(["capture", "--display", "3"]).with(1).complains(&["3"]);
    home.run(["capture", "--display", "0"]).with(1).complains(&["displays are counted from 1"]);
}

#[test]
fn without_a_display_it_says_so() {
    let mut home = Home::new();
    for args in [&["--screen"][..], &["--window"], &["--region", "0,0,10x10"], &["--display", "1", "--copy"]] {
        let said = home.run(["capture"].iter().chain(args)).with(1);
        said.complains(&["legible: "]);
        assert!(said.err.to_lowercase().contains("display"), "{}", said.err);
    }
    home.set("DISPLAY", ":4711");
    let said = home.run(["capture", "--screen"]).with(1);
    assert!(said.err.contains(":4711") && said.err.lines().count() <= 2, "{}", said.err);
    home.run(["capture", "--region", "here"]).with(1).complains(&["here"]);
    home.run(["capture", "--screen", "--window"]).with(2).complains(&["cannot be used with"]);
    assert_eq!(home.images(), 0);
}
