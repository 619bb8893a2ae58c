//! What the person is told when work ended.

use super::*;
use crate::error::Error;
use crate::tables::outbox;
use crate::telling::message::Kind;
use legible_jobs::{Chain, Reason};

/// What waits to be told: kinds and first lines.
async fn messages(scene: &Scene) -> Vec<(Kind, String, String)> {
    let waiting = scene.service.database().read(|c| Ok(outbox::waiting(c)?.0)).await.unwrap();
    waiting.into_iter().map(|one| (one.message.kind, one.message.summary, one.message.body)).collect()
}

#[tokio::test]
async fn only_news_of_a_schedule_is_told() {
    let scene = Scene::new();
    let mut runner = scene.runner().await;
    let end = |output: Option<serde_json::Value>| {
        let job = NewJob { title: "Tidy".into(), ..NewJob::new(handlers::TIDY, serde_json::json!({}), 1000) };
        let owner = runner.owner.clone();
        let service = scene.service.clone();
        async move {
            let end = move |tx: &Transaction<'_>| {
                let id = legible_jobs::enqueue(tx, &job, 1000)?.id;
                tx.execute("UPDATE job SET schedule_id = 1 WHERE id = ?1", [id.0])?;
                let lease = legible_jobs::claim(tx, &owner, 1000, 60_000, &Claim::any(1))?.remove(0);
                match output {
                    Some(output) => {
                        outcome::Run::leased(&lease).unwrap().tell_success(tx, Some(&output), 1000)?;
                        legible_jobs::succeed(tx, &lease, Some(output), 1000)?;
                    }
                    // The process dies, again and again.
                    None => drop(tx.execute("UPDATE job SET attempts = max_attempts WHERE id = ?1", [id.0])?),
                }
                Ok(())
            };
            service.database().write(end).await.unwrap();
        }
    };
    let deleted = |images: u32| Some(serde_json::json!({ "deleted_images": images }));
    for output in [deleted(0), deleted(3), deleted(3), deleted(4), deleted(0)] {
        end(output).await;
    }
    let done = |words: &str| (Kind::Schedule, "Tidy".to_owned(), words.to_owned());
    assert_eq!(messages(&scene).await, [done("3 images deleted"), done("4 images deleted")]);
    end(None).await;
    scene.clock.advance(60_000);
    runner.tend_leases().await;
    let (kind, summary, body) = messages(&scene).await.pop().unwrap();
    assert_eq!((kind, summary.as_str()), (Kind::Failure, "Tidy: failed"), "{body}");
}

#[tokio::test]
async fn what_a_person_asked_for_is_told_when_its_last_step_ended() {
    let scene = Scene::new();
    let runner = scene.runner().await;
    let (owner, service) = (runner.owner.clone(), scene.service.clone());
    let work = move |tx: &Transaction<'_>| {
        let step =
            |title: &str| NewJob { title: title.into(), ..NewJob::new(handlers::TIDY, serde_json::json!({}), 1000) };
        let chain = Chain::begin([step("first")]).then([step("second")]).then([step("third")]);
        legible_jobs::enqueue_chain(tx, &chain, None, 1000)?;
        let claim = || Ok::<_, Error>(legible_jobs::claim(tx, &owner, 1000, 60_000, &Claim::any(1))?.remove(0));
        let nothing = serde_json::json!({ "deleted_images": 0 });
        for _ in 0..2 {
            let lease = claim()?;
            outcome::Run::leased(&lease).unwrap().tell_success(tx, Some(&nothing), 1000)?;
            legible_jobs::succeed(tx, &lease, Some(nothing.clone()), 1000)?;
        }
        let lease = claim()?;
        let reason = Reason { code: "disk_full".into(), message: "The disk is full.".into(), hint: None };
        outcome::Run::leased(&lease).unwrap().tell_failure(tx, &reason, 1000)?;
        // Tried again, it ends well.
        outcome::Run::leased(&lease).unwrap().tell_success(tx, Some(&nothing), 1000)
    };
    service.database().write(work).await.unwrap();
    let told = messages(&scene).await;
    let told: Vec<_> = told.iter().map(|(kind, summary, body)| (*kind, summary.as_str(), body.as_str())).collect();
    let failed = (Kind::Failure, "third: failed", "The disk is full.");
    assert_eq!(told, [failed, (Kind::Schedule, "third", "Nothing to tidy")]);
}
