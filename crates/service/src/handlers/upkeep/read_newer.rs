//! Reads again what was read otherwise than it would be read now: by an older version of the engine, or by another engine.
//! The old reading is shown until the new one is there.

use super::queue;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::READ;
use crate::limits::{PRIORITY_READ_NEWER, UPKEEP_BATCH};

/// The `read-newer-model` job. Its readings are a batch: the group that the job joins.
pub struct ReadNewer;

impl Handler for ReadNewer {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let name = work.service.current_settings()?.engine;
        let engine = legible_vision::engine::signature(&name).ok_or_else(|| {
            Error::BadRequest(format!(
                "the settings name the engine {name}, which does not exist; choose ppocr or ocrs"
            ))
        })?;
        let (older_than, words) = (engine.clone(), |seen, _| format!("{seen} images with an older reading"));
        let queued = queue::gather(work, PRIORITY_READ_NEWER, words, move |tx, queue, after, now| {
            let items = legible_library::read_otherwise(tx, &older_than, after, UPKEEP_BATCH)?;
            items.iter().try_for_each(|item| queue.put(tx, item, READ, now).map(drop))?;
            Ok(items)
        })?;
        let current = work.service.database().read_blocking(|c| Ok(legible_library::read_by(c, &engine)?))?;
        let output = serde_json::json!({ "queued": queued, "current": current });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::work() })))
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::handler::Handler;
    use crate::handlers::{READ, READ_NEWER, handler};
    use crate::testing::{Home, png};
    use legible_jobs::{Claim, Filter, Owner, Reason};
    use legible_library::ItemId;
    use legible_reading::{Engine, Line, Quad, Reading};
    use serde_json::json;

    fn read(home: &Home, id: i64, engine: &Engine, text: &str, at: i64) {
        let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
        let lines = vec![Line { text: text.into(), quad, confidence: 1.0, words: vec![] }];
        let reading = Reading { engine: engine.clone(), width: 2, height: 2, lines };
        let save =
            move |tx: &rusqlite::Transaction<'_>| Ok(legible_library::save_reading(tx, ItemId(id), &reading, at)?);
        home.service.database().write_blocking(save).unwrap();
    }

    fn text(home: &Home, id: i64) -> String {
        let reading = home.service.database().read_blocking(|c| Ok(legible_library::reading(c, ItemId(id))?));
        reading.unwrap().unwrap().text()
    }

    #[test]
    fn what_an_older_model_read_is_read_again_and_stays_until_then() {
        let home = Home::new();
        let now = legible_vision::engine::signature("ppocr").unwrap();
        let older = Engine { version: "PP-OCRv5-mobile/1".into(), ..now.clone() };
        let ids: Vec<i64> = (1..=4).map(|shade| home.take_in("a.png", &png(shade))).collect();
        let cancel = Filter { kinds: Some(vec![READ.into()]), ..Filter::default() };
        home.service.database().write_blocking(move |tx| Ok(legible_jobs::request_cancel(tx, &cancel, 1)?)).unwrap();
        read(&home, ids[0], &now, "current", 1);
        read(&home, ids[1], &older, "older", 1);
        read(&home, ids[2], &legible_vision::engine::signature("ocrs").unwrap(), "by another engine", 1);

        let output = home.do_job(READ_NEWER, json!({})).unwrap();
        assert_eq!(output, json!({ "queued": 2, "current": 1 }), "the fourth is not read at all yet");
        assert_eq!(home.do_job(READ_NEWER, json!({})).unwrap(), json!({ "queued": 0, "current": 1 }));
        assert_eq!(text(&home, ids[1]), "older");

        // Reading it again fails for good: the old reading stays, with the problem beside it.
        let owner = Owner("test".into());
        let claim = Claim { kinds: Some(vec![READ.into()]), ..Claim::any(1) };
        let claim = move |tx: &rusqlite::Transaction<'_>| Ok(legible_jobs::claim(tx, &owner, i64::MAX / 2, 1, &claim)?);
        let lease = home.service.database().write_blocking(claim).unwrap().remove(0);
        assert_eq!(lease.subject, Some(format!("item:{}", ids[1])));
        let reason = Reason { code: "bad_image".into(), message: "Damaged.".into(), hint: None };
        let reader: &'static dyn Handler = handler(READ).unwrap();
        let subject = lease.subject;
        let fail = move |tx: &rusqlite::Transaction<'_>| reader.failed(tx, subject.as_deref(), &reason, 2);
        home.service.database().write_blocking(fail).unwrap();
        assert_eq!(text(&home, ids[1]), "older");
        // And succeeds: the new one takes its place.
        read(&home, ids[1], &now, "newer", 2);
        assert_eq!(text(&home, ids[1]), "newer");
        assert_eq!(home.do_job(READ_NEWER, json!({})).unwrap(), json!({ "queued": 0, "current": 2 }));
    }

    #[test]
    fn an_engine_that_does_not_exist_is_told() {
        let home = Home::new();
        home.write("config/settings.toml", "engine = \"none\"");
        let error = home.do_job(READ_NEWER, json!({})).unwrap_err();
        assert!(matches!(&error, Error::BadRequest(message) if message.contains("ppocr")), "{error}");
    }
}
