//! `cargo xtask train-kinds`: the weights of the classifier of kinds of images, made anew.

use std::ffi::OsString;

use anyhow::Result;

use crate::command::{cargo, run, say};
use crate::{packages, places};

/// Trains with the fonts that the drawings need and writes the committed weights, unless `args` say otherwise.
pub fn train_kinds(args: &[OsString]) -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::KINDS])?;
    let root = places::root()?;
    let mut command = cargo();
    command.current_dir(&root).args(["run", "--release", "--package", "train-kinds", "--"]);
    if args.is_empty() {
        command.arg("--weights").arg(root.join("crates/vision/src/recognise/kind/kinds.weights"));
        let images = root.join("../shared/images/kinds");
        if images.is_dir() {
            command.arg("--kinds").arg(images);
        } else {
            say(
                "train",
                "without real images: ../shared/images/kinds is not there, so the weights will differ from the committed ones",
            );
        }
    }
    run(command.args(args))
}
