//! A folder of a test that lies so far down that the system does not reach all that is in it: what it says of such a path
//! (`PATH_MAX`, 4,096 bytes), it says to every user.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

/// Most bytes of the path of the folder that still leave room for one name of [`LONG`] in it, and not for two.
const DEEP: usize = 3_600;

/// So many letters make a long name.
const LONG: usize = 250;

/// A long name that begins and ends with these.
pub(crate) fn long(begins: &str, ends: &str) -> String {
    format!("{begins}{}{ends}", "x".repeat(LONG - begins.len() - ends.len()))
}

/// Moves a folder far down below another one. What has two long names below it is out of reach then.
pub(crate) fn move_far_down(folder: &Path, below: &Path) -> PathBuf {
    let mut far = below.to_owned();
    while far.as_os_str().len() < DEEP {
        far.push("r".repeat(LONG - 50));
    }
    fs::create_dir_all(far.parent().unwrap()).unwrap();
    fs::rename(folder, &far).unwrap();
    far
}
