//! Sources through the real program: images come by themselves, none is missed and none comes twice.

mod bad_input;
mod capture;
mod cloud;
mod disk;
mod filing;
mod folder;
mod in_place;
mod providers;
mod secrets;
mod setting;
mod storm;
mod web;

use crate::program::draw::{png, speck};
use crate::program::{Home, wait_for};

/// Writes a last image into a folder and waits until it is taken: then all that happened there before was looked at.
#[track_caller]
fn wait_for_sentinel(home: &Home, path: &str) {
    // A colour of its own for each name (FNV-1a).
    let colour = path.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    home.write(path, png(&speck(colour | 0x0080_0000)));
    let name = path.rsplit('/').next().unwrap().to_owned();
    wait_for(&format!("{name} is taken"), || home.names().contains(&name).then_some(()));
}

/// The problem that the last look of a source left, in words; empty if there is none.
fn problem(home: &Home, id: &str) -> String {
    home.source(id)["problem"]["error"]["message"].as_str().unwrap_or_default().to_owned()
}
