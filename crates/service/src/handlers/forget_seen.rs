//! Forgets what models saw in images, in the library and in its sidecars. Each image is a transaction of its own with its sidecar,
//! so whatever is killed in between, an image is either as it was or done, and the next attempt does the rest. In the end the
//! database is written anew, so that its file holds nothing of it any more.

use super::upkeep::fraction;
use crate::api::WireError;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::intake::write_sidecar;
use crate::letters::counted;
use crate::limits::UPKEEP_BATCH;
use legible_library::{Forget, ItemId};
use legible_reading::recognition::Part;
use serde::{Deserialize, Serialize};

/// How often all images are gone through: what a model saw while it went on, being asked before, is forgotten the second time.
const PASSES: usize = 2;

/// The payload of the job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payload {
    /// What is forgotten.
    pub parts: Vec<Part>,
    /// Only where this model made it.
    pub model: Option<String>,
}

/// The `forget-seen` job.
pub struct ForgetSeen;

impl Handler for ForgetSeen {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { parts, model } = work.payload()?;
        let forget = Forget { parts, model };
        let (mut forgotten, mut unwritten) = (0, Vec::new());
        for _ in 0..PASSES {
            unwritten.clear();
            go_through(work, &forget, &mut forgotten, &mut unwritten)?;
        }
        work.progress(1.0, "writing the database anew");
        // Also where an attempt before this one forgot all: it may have been killed before it came here.
        work.service.database().rewrite_blocking()?;
        match unwritten.first() {
            None => {
                let output = serde_json::json!({ "forgotten": forgotten });
                Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::work() })))
            }
            Some(error) => {
                let images = counted(unwritten.len() as u64, "image", "images");
                let message = format!("What models saw could not be forgotten in {images}: {}", error.message);
                Err(WireError { message, ..error.clone() }.into())
            }
        }
    }
}

/// Goes through all images once. One whose sidecar cannot be written stays as it is, and the others do not wait for it.
fn go_through(work: &mut Work, forget: &Forget, forgotten: &mut u64, unwritten: &mut Vec<WireError>) -> Result<()> {
    let total = work.service.database().read_blocking(|c| Ok(legible_library::counts(c)?.items))?;
    let (mut after, mut seen) = (ItemId(0), 0);
    loop {
        work.progress(fraction(seen, total), &format!("{seen} of {total} images looked at"));
        let ids = work
            .service
            .database()
            .read_blocking(|c| Ok(legible_library::recognised_after(c, after, UPKEEP_BATCH)?))?;
        let Some(last) = ids.last() else { return Ok(()) };
        // Without the folder no sidecar can forget. Where nothing was recognised, it may never have been made.
        work.service.folder()?.look()?;
        (after, seen) = (*last, seen + ids.len());
        let mut changed = Vec::new();
        for id in ids {
            work.check()?;
            match forget_in(work, forget, id) {
                Ok(true) => changed.push(id.0),
                Ok(false) => {}
                Err(error @ (Error::Folder(_) | Error::File { .. } | Error::Library(_))) => {
                    unwritten.push(error.to_wire());
                }
                Err(error) => return Err(error),
            }
        }
        *forgotten += changed.len() as u64;
        work.service.bus().note(Changes::items(changed));
    }
}

fn forget_in(work: &Work, forget: &Forget, id: ItemId) -> Result<bool> {
    let (folder, forget) = (work.service.folder()?, forget.clone());
    work.service.database().write_blocking(move |tx| {
        let had = legible_library::forget_seen(tx, id, &forget)?;
        if had {
            write_sidecar(tx, &folder, id)?;
        }
        Ok(had)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ForgetSeen as Asked, NoArgs, RemoveModel};
    use crate::testing::{Home, png};
    use legible_reading::recognition::{Label, Recognition, Stamp};
    use rusqlite::Transaction;
    use std::fs;

    /// Images in which the model `mine` saw a label.
    fn home_with_labels(count: u8) -> (Home, Vec<i64>) {
        let home = Home::new();
        home.add_model("mine");
        let ids: Vec<i64> = (1..=count).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
        let (folder, items) = (home.service.folder().unwrap(), ids.clone());
        let save = move |tx: &Transaction| {
            for id in items {
                let by = vec![Stamp { part: Part::Labels, name: "mine".into(), version: "1".into() }];
                let labels = vec![Label { name: "morel".into(), confidence: 0.9 }];
                let seen = Recognition { by, labels, ..Recognition::default() };
                legible_library::save_recognition(tx, ItemId(id), &seen, "1", 1)?;
                write_sidecar(tx, &folder, ItemId(id))?;
            }
            Ok(())
        };
        home.service.database().write_blocking(save).unwrap();
        (home, ids)
    }

    /// In how many sidecars the label stands, and in how many images of the library.
    fn left(home: &Home, ids: &[i64]) -> (usize, usize) {
        let sidecars = ids.iter().zip(1..).filter(|(_, shade)| {
            let path = home.path(&format!("library/1970/01/{shade}.png.json"));
            fs::read_to_string(path).is_ok_and(|text| text.contains("morel"))
        });
        let known = |id: &&i64| {
            let found =
                home.service.database().read_blocking(|c| Ok(legible_library::whole_recognition(c, ItemId(**id))?));
            !found.unwrap().unwrap().labels.is_empty()
        };
        (sidecars.count(), ids.iter().filter(known).count())
    }

    /// Whether the label stands anywhere in the files of the database.
    fn is_in_the_file(home: &Home) -> bool {
        ["data/legible.db", "data/legible.db-wal"].iter().any(|file| {
            let bytes = fs::read(home.path(file)).unwrap_or_default();
            bytes.windows("morel".len()).any(|part| part == b"morel")
        })
    }

    #[test]
    fn a_part_is_forgotten_and_not_looked_for_again() {
        // So many that pages of the database are split and joined.
        let (home, ids) = home_with_labels(60);
        assert_eq!((left(&home, &ids), is_in_the_file(&home)), ((60, 60), true));
        let asked = |parts: &[&str]| {
            let parts = parts.iter().map(|&part| part.to_owned()).collect();
            home.ask(home.service.forget_seen(Asked { parts, model: None }))
        };
        for wrong in [&[][..], &["colours"], &["labels", "smell"]] {
            assert!(matches!(asked(wrong), Err(Error::BadRequest(_))), "{wrong:?}");
        }
        asked(&["labels"]).unwrap();
        assert_eq!(home.work().pop().unwrap(), serde_json::json!({ "forgotten": 60 }));
        assert_eq!((left(&home, &ids), is_in_the_file(&home)), ((0, 0), false));
        assert_eq!(home.ask(home.service.settings(NoArgs {})).unwrap().models.labels, "none");
    }

    #[test]
    fn what_a_removed_model_saw_stays_unless_that_was_asked_for() {
        let (home, ids) = home_with_labels(2);
        let remove = |forget| {
            home.ask(home.service.remove_model(RemoveModel { id: "mine".into(), forget })).unwrap();
            home.work();
            left(&home, &ids)
        };
        assert_eq!(remove(false), (2, 2));
        home.add_model("mine");
        assert_eq!(remove(true), (0, 0));
    }

    #[test]
    fn whatever_stops_it_the_next_attempt_does_the_rest() {
        let (home, ids) = home_with_labels(3);
        home.ask(home.service.forget_seen(Asked { parts: vec!["labels".into()], model: None })).unwrap();
        let lease = home.claim().unwrap();
        assert_eq!(home.stop_at(&lease, 2), None);
        assert_eq!(left(&home, &ids), (1, 1), "what was done stays so, image by image");
        let lease = home.claim().unwrap();
        home.work_one(&lease);
        assert_eq!(left(&home, &ids), (0, 0));
    }

    #[test]
    fn without_the_folder_nothing_is_forgotten_and_without_images_it_is_not_needed() {
        let home = Home::new();
        let ask = |home: &Home| {
            home.ask(home.service.forget_seen(Asked { parts: vec!["labels".into()], model: None })).unwrap();
            home.claim().unwrap()
        };
        assert_eq!(home.work_one(&ask(&home)), serde_json::json!({ "forgotten": 0 }));
        let (home, ids) = home_with_labels(2);
        fs::rename(home.path("library"), home.path("unmounted")).unwrap();
        let lease = ask(&home);
        assert!(matches!(home.run(&lease), Err(Error::Folder(_))));
        fs::rename(home.path("unmounted"), home.path("library")).unwrap();
        assert_eq!(left(&home, &ids), (2, 2));
    }

    #[test]
    fn an_image_whose_sidecar_cannot_be_written_stays_as_it_is_and_is_told() {
        let (home, ids) = home_with_labels(2);
        let sidecar = home.path("library/1970/01/1.png.json");
        fs::remove_file(&sidecar).unwrap();
        fs::create_dir_all(sidecar.join("in the way")).unwrap();
        home.ask(home.service.forget_seen(Asked { parts: vec!["labels".into()], model: None })).unwrap();
        let error = home.run(&home.claim().unwrap()).err().unwrap().to_string();
        assert!(error.contains("could not be forgotten in 1 image:"), "{error}");
        assert_eq!(left(&home, &ids), (0, 1));
    }
}
