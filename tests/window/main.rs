//! The whole program through its real window: native drag and drop, WebDriver, keyboard, clipboard, tray over D-Bus,
//! notifications. Linux only: elsewhere there is no Xvfb to put the window on.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod background;
mod batch;
mod camera;
mod capture;
mod clipboard;
mod copying;
mod desktop;
mod displays;
mod dropping;
mod everyday;
mod keys;
#[path = "../program/mod.rs"]
mod program;
mod recognise;
mod schedules;
mod sources;
mod storages;
mod work;

/// Real servers, as the adapters are tried on.
#[allow(dead_code, reason = "not all of them are needed here")]
#[path = "../../crates/cloud/tests/conformance/servers.rs"]
mod servers;

/// One window at a time: two cores read text for both.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
