//! Compares every installed model with its pinned SHA-256: a disk may damage a file without anyone noticing, and a damaged
//! model reads nonsense.

use super::{fraction, words};
use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::CHECK_MODELS;
use crate::models::ModelShelf;
use legible_models::Model;
use serde_json::json;

/// The `check-models` job.
pub struct CheckModels;

impl Handler for CheckModels {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let service = work.service.clone();
        check(work, service.models_shelf())
    }
}

fn check(work: &mut Work, shelf: &ModelShelf) -> Result<Commit> {
    let models = shelf.manifest().models();
    let (mut checked, mut damaged) = (0, Vec::<&Model>::new());
    for (index, model) in models.iter().enumerate() {
        work.check()?;
        work.progress(fraction(index, models.len()), &format!("checking {}", model.file));
        let sound = shelf.is_sound_now(model);
        checked += usize::from(sound.is_some());
        damaged.extend((sound == Some(false)).then_some(model));
    }
    work.check()?;
    work.progress(1.0, "checking models of your own");
    let own = shelf.verified_own();
    checked += own.len();
    let own: Vec<String> = own.into_iter().filter(|(_, problem)| problem.is_some()).map(|(id, _)| id).collect();
    let with_own = |names: Vec<&str>| {
        names.into_iter().chain(own.iter().map(String::as_str)).map(str::to_owned).collect::<Vec<String>>()
    };
    let ids: Vec<&str> = damaged.iter().map(|model| model.id.as_str()).collect();
    let output = json!({ "checked": checked, "damaged": with_own(ids.clone()) });
    if ids.is_empty() && own.is_empty() {
        return Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })));
    }
    // Reading may have to wait for them now.
    work.service.bus().note(Changes { settings: true, ..Changes::work() });
    let files = with_own(damaged.iter().map(|model| model.file.as_str()).collect());
    let message = format!("{}: {}.", words(CHECK_MODELS, &output), files.join(", "));
    let mut hints = Vec::new();
    if !ids.is_empty() {
        hints.push(format!("Install them again in the settings, or run `legible models install {}`.", ids.join(" ")));
    }
    if !own.is_empty() {
        hints.push("Remove your own and add them again.".to_owned());
    }
    hints.push("If it happens again, the disk may be failing.".to_owned());
    Err(WireError::new(ErrorCode::ModelMissing, message).hint(hints.join(" ")).into())
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::handlers::CHECK_MODELS;
    use crate::testing::Home;
    use serde_json::json;
    use std::fs;

    #[test]
    fn what_is_not_installed_is_no_failure_and_what_is_damaged_is_one() {
        let home = Home::new();
        assert_eq!(home.do_job(CHECK_MODELS, json!({})).unwrap(), json!({ "checked": 0, "damaged": [] }));
        let model = home.service.models_shelf().manifest().models()[0].clone();
        for size in [3, model.bytes] {
            let path = home.write(&format!("data/models/{}", model.file), "abc");
            fs::File::options().write(true).open(path).unwrap().set_len(size).unwrap();
            let Error::Told(error) = home.do_job(CHECK_MODELS, json!({})).unwrap_err() else { panic!() };
            assert_eq!(error.message, format!("1 of 1 models damaged: {}.", model.file), "{size} bytes");
            assert!(error.hint.unwrap().contains(&format!("legible models install {}", model.id)));
        }
    }

    #[test]
    fn own_models_are_checked_too() {
        let home = Home::new();
        home.add_model("mine");
        assert_eq!(home.do_job(CHECK_MODELS, json!({})).unwrap(), json!({ "checked": 1, "damaged": [] }));
        fs::write(home.path("data/models/own/mine/model.onnx"), "mimn").unwrap();
        let Error::Told(error) = home.do_job(CHECK_MODELS, json!({})).unwrap_err() else { panic!() };
        assert_eq!(error.message, "1 of 1 models damaged: mine.");
        let hint = error.hint.unwrap();
        assert!(hint.contains("add them again") && !hint.contains("install"), "{hint}");
    }
}
