//! Finds images that look alike by the hashes of their looks, which recognising made, and says how many there are. The page of
//! look-alikes shows them as they are when it is opened.

use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::{MAX_LOOK_ALIKE_GROUPS, MAX_LOOK_ALIKES};

/// The `find-duplicates` job.
pub struct FindDuplicates;

impl Handler for FindDuplicates {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        work.progress(0.0, "comparing");
        let (groups, unseen) = work
            .service
            .database()
            .read_blocking(|c| Ok((legible_library::duplicate_groups(c)?, legible_library::unhashed(c)?)))?;
        let images: usize = groups.iter().map(|group| group.items.len()).sum();
        let ids = |group: &legible_library::DuplicateGroup| -> Vec<i64> {
            group.items.iter().take(MAX_LOOK_ALIKES).map(|image| image.id.0).collect()
        };
        let named: Vec<Vec<i64>> = groups.iter().take(MAX_LOOK_ALIKE_GROUPS).map(ids).collect();
        let output = serde_json::json!({
            "unseen": unseen,
            "more_groups": groups.len() - named.len(),
            "more_images": images - named.iter().map(Vec::len).sum::<usize>(),
            "groups": named,
        });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ItemIds;
    use crate::handlers::FIND_DUPLICATES;
    use crate::testing::{Home, png};
    use legible_library::ItemId;
    use legible_reading::recognition::{PerceptualHash, Recognition};
    use serde_json::{Value, json};

    /// Takes an image in that looks as this hash says.
    fn take_in(home: &Home, shade: u8, hash: u64) -> i64 {
        let id = home.take_in(&format!("{shade}.png"), &png(shade));
        let hash = Some(PerceptualHash { across: hash, down: !hash });
        let recognition = Recognition { hash, ..Recognition::default() };
        home.service
            .database()
            .write_blocking(move |tx| Ok(legible_library::save_recognition(tx, ItemId(id), &recognition, "1", 1)?))
            .unwrap();
        id
    }

    fn find(home: &Home) -> Value {
        home.do_job(FIND_DUPLICATES, json!({})).unwrap()
    }

    #[test]
    fn look_alikes_are_counted_outside_the_trash_and_what_was_not_looked_at_is_said() {
        let home = Home::new();
        let (alike, other) = (0x0123_4567_89AB_CDEF, 0xFFFF_0000_FF00_F0F0);
        let ids = [(1, alike), (2, alike ^ 1), (3, other)].map(|(shade, hash)| take_in(&home, shade, hash));
        home.take_in("4.png", &png(4));
        let found = |groups: Value, unseen: u32| {
            assert_eq!(find(&home), json!({ "groups": groups, "more_groups": 0, "more_images": 0, "unseen": unseen }));
        };
        found(json!([[ids[0], ids[1]]]), 1);
        home.ask(home.service.trash_items(ItemIds { ids: vec![ids[1]] })).unwrap();
        found(json!([]), 1);
    }

    #[test]
    fn the_output_stays_small() {
        let home = Home::new();
        let many = u8::try_from(MAX_LOOK_ALIKES + 3).unwrap();
        for shade in 0..many {
            take_in(&home, shade, 0x0123_4567_89AB_CDEF);
        }
        let output = find(&home);
        assert_eq!(
            (output["groups"][0].as_array().unwrap().len(), &output["more_images"]),
            (MAX_LOOK_ALIKES, &json!(3))
        );
        assert!(output.to_string().len() < legible_jobs::limits::MAX_JSON_BYTES / 4);
    }
}
