//! Finds images that look alike by the perceptual hashes of their thumbnails, which are computed once for each content.

use super::{dhash, fraction, look_alikes, queue};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::{MAX_LOOK_ALIKE_GROUPS, MAX_LOOK_ALIKES, PRIORITY_READ_NEW, UPKEEP_BATCH};
use crate::pictures::thumbnail_path;
use legible_library::{ContentHash, ItemId, ItemSummary, PerceptualHash};
use std::io::ErrorKind;

/// The `find-duplicates` job.
pub struct FindDuplicates;

/// The part of the work that computing hashes is, as progress shows it.
const HASHING: f32 = 0.9;

impl Handler for FindDuplicates {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Unusable { broken, unseen } = hash_all(work)?;
        let hashes = work.service.database().read_blocking(|c| Ok(legible_library::perceptual_hashes(c)?))?;
        let telling: Vec<(i64, PerceptualHash)> =
            hashes.iter().filter(|(_, hash)| !dhash::is_plain(*hash)).map(|(id, hash)| (id.0, *hash)).collect();
        let groups = look_alikes::groups(&telling, |compared| {
            if compared % UPKEEP_BATCH == 0 {
                work.check()?;
                let share = HASHING + (1.0 - HASHING) * fraction(compared, telling.len());
                work.progress(share, &format!("{compared} of {} images compared", telling.len()));
            }
            Ok::<(), Error>(())
        })?;
        let images: usize = groups.iter().map(Vec::len).sum();
        let named: Vec<&[i64]> =
            groups.iter().take(MAX_LOOK_ALIKE_GROUPS).map(|group| &group[..group.len().min(MAX_LOOK_ALIKES)]).collect();
        let output = serde_json::json!({
            "compared": telling.len(),
            "plain": hashes.len() - telling.len(),
            "broken": broken,
            "unseen": unseen,
            "groups": named,
            "more_groups": groups.len() - named.len(),
            "more_images": images - named.iter().map(|group| group.len()).sum::<usize>(),
        });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })))
    }
}

/// Images without a usable thumbnail.
struct Unusable {
    /// With a damaged one.
    broken: usize,
    /// With none yet.
    unseen: usize,
}

/// Computes the hashes that are missing.
fn hash_all(work: &mut Work) -> Result<Unusable> {
    let total = work.service.database().read_blocking(|c| Ok(legible_library::counts(c)?.items))?;
    let known = work.service.database().read_blocking(|c| Ok(legible_library::perceptual_hashes(c)?.len()))?;
    let (mut after, mut seen, mut unusable) = (ItemId(0), known, Unusable { broken: 0, unseen: 0 });
    loop {
        let next = |c: &rusqlite::Connection| Ok(legible_library::without_perceptual_hash(c, after, UPKEEP_BATCH)?);
        let items = work.service.database().read_blocking(next)?;
        let Some(last) = items.last() else { return Ok(unusable) };
        after = last.id;
        let (mut hashed, mut broken) = (Vec::new(), Vec::new());
        for item in items {
            work.check()?;
            work.progress(HASHING * fraction(seen, total), &format!("{seen} of {total} images looked at"));
            seen += 1;
            match look(work, &item)? {
                Look::Hash(hash) => hashed.push((item.hash, hash)),
                Look::Broken => broken.push(item),
                Look::Unseen => unusable.unseen += 1,
            }
        }
        unusable.broken += broken.len();
        keep(work, hashed, broken)?;
    }
}

enum Look {
    Hash(PerceptualHash),
    Broken,
    Unseen,
}

/// What the thumbnail of an item shows.
fn look(work: &Work, item: &ItemSummary) -> Result<Look> {
    let path = thumbnail_path(work.service.places(), &item.hash);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(dhash::of_thumbnail(&bytes).map_or(Look::Broken, Look::Hash)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Look::Unseen),
        Err(error) => Err(Error::File { path, error }),
    }
}

/// Keeps hashes, and has broken thumbnails made anew.
fn keep(work: &Work, hashed: Vec<(ContentHash, PerceptualHash)>, broken: Vec<ItemSummary>) -> Result<()> {
    let (now, places) = (work.service.now(), work.service.places().clone());
    work.service.database().write_blocking(move |tx| {
        for (content, hash) in &hashed {
            // Deleted for good meanwhile: nothing of it is to stay.
            if legible_library::find_by_hash(tx, content)?.is_some() {
                legible_library::save_perceptual_hash(tx, content, *hash)?;
            }
        }
        for item in &broken {
            let path = thumbnail_path(&places, &item.hash);
            std::fs::remove_file(&path).map_err(|error| Error::File { path, error })?;
            queue::thumbnail(tx, &places, item, PRIORITY_READ_NEW, now)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ItemIds;
    use crate::handlers::{FIND_DUPLICATES, THUMBNAIL};
    use crate::limits::THUMBNAIL_SIDE;
    use crate::testing::Home;
    use image::codecs::jpeg::JpegEncoder;
    use image::imageops::{FilterType, resize};
    use image::{ImageFormat, Rgb, RgbImage};
    use legible_jobs::Filter;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};
    use serde_json::{Value, json};
    use std::fs;
    use std::io::Cursor;
    use std::path::PathBuf;

    /// A picture of coloured blobs on a slope of colour, another one for each seed.
    fn picture(seed: u64, width: u32, height: u32) -> RgbImage {
        let mut random = StdRng::seed_from_u64(seed);
        let blobs: Vec<[f32; 6]> = (0..12).map(|_| std::array::from_fn(|_| random.random())).collect();
        RgbImage::from_fn(width, height, |x, y| {
            let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
            let mut colour = [90.0 + 60.0 * x, 90.0 + 60.0 * y, 120.0];
            for [cx, cy, size, r, g, b] in &blobs {
                let near = (-((x - cx).powi(2) + (y - cy).powi(2)) / (0.005 + 0.02 * size)).exp();
                for (part, of_blob) in colour.iter_mut().zip([r, g, b]) {
                    *part += near * (of_blob * 255.0 - *part);
                }
            }
            Rgb(colour.map(|part| part as u8))
        })
    }

    /// A page of dark lines of words on white, another one for each seed.
    fn page(seed: u64) -> RgbImage {
        let mut random = StdRng::seed_from_u64(seed);
        let mut image = RgbImage::from_pixel(600, 800, Rgb([250, 250, 250]));
        for line in 0..random.random_range(18..30) {
            let mut x = 60;
            let end = if random.random_bool(0.3) { random.random_range(150..500) } else { 540 };
            while x < end {
                let word = random.random_range(10..70);
                for (px, py) in (x..(x + word).min(540)).flat_map(|px| (0..12).map(move |py| (px, py))) {
                    image.put_pixel(px, 50 + line * 24 + py, Rgb([30, 30, 30]));
                }
                x += word + 8;
            }
        }
        image
    }

    fn jpeg(image: &RgbImage, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(Cursor::new(&mut bytes), quality).encode_image(image).unwrap();
        bytes
    }

    fn smaller(image: &RgbImage, percent: u32) -> RgbImage {
        resize(image, image.width() * percent / 100, image.height() * percent / 100, FilterType::CatmullRom)
    }

    fn thumbnail_of(home: &Home, bytes: &[u8]) -> PathBuf {
        thumbnail_path(home.service.places(), &ContentHash::of(bytes))
    }

    /// Takes an image in and makes its thumbnail as a vision worker does.
    fn take_in(home: &Home, bytes: &[u8]) -> i64 {
        let id = home.take_in("image", bytes);
        let image = image::load_from_memory(bytes).unwrap().into_rgb8();
        let path = thumbnail_of(home, bytes);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, legible_vision::thumbnail::thumbnail(&image, THUMBNAIL_SIDE)).unwrap();
        id
    }

    fn find(home: &Home) -> Value {
        home.do_job(FIND_DUPLICATES, json!({})).unwrap()
    }

    #[test]
    fn resized_and_recompressed_pictures_are_found_and_no_others() {
        let home = Home::new();
        let mut expected = Vec::new();
        for seed in 0..8 {
            let image = if seed < 5 { picture(seed, 400, 260) } else { page(seed) };
            let mut png = Cursor::new(Vec::new());
            image.write_to(&mut png, ImageFormat::Png).unwrap();
            let kinds =
                [png.into_inner(), jpeg(&image, 30), jpeg(&smaller(&image, 50), 80), jpeg(&smaller(&image, 31), 60)];
            expected.push(kinds.map(|bytes| take_in(&home, &bytes)).to_vec());
        }
        for seed in 100..130 {
            take_in(&home, &jpeg(&picture(seed, 100, 70), 90));
            take_in(&home, &jpeg(&page(seed), 90));
        }
        let plain = RgbImage::from_pixel(40, 30, Rgb([255, 255, 255]));
        take_in(&home, &jpeg(&plain, 90));
        take_in(&home, &jpeg(&smaller(&plain, 50), 90));
        let output = find(&home);
        assert_eq!(output["groups"], json!(expected));
        assert_eq!((&output["compared"], &output["plain"]), (&json!(92), &json!(2)));
        // The trash is left out, and nothing is computed again.
        home.ask(home.service.trash_items(ItemIds { ids: expected[0][1..].to_vec() })).unwrap();
        fs::remove_dir_all(home.path("cache/thumbnails")).unwrap();
        let output = find(&home);
        assert_eq!((&output["groups"], &output["unseen"]), (&json!(expected[1..]), &json!(0)));
    }

    #[test]
    fn a_broken_thumbnail_is_counted_and_made_anew() {
        let home = Home::new();
        let images = [1, 2, 3].map(|seed| jpeg(&picture(seed, 90, 60), 90));
        for bytes in &images {
            take_in(&home, bytes);
        }
        fs::write(thumbnail_of(&home, &images[0]), b"\xFF\xD8 cut off").unwrap();
        fs::remove_file(thumbnail_of(&home, &images[1])).unwrap();
        let cancel = Filter { kinds: Some(vec![THUMBNAIL.into()]), ..Filter::default() };
        home.service.database().write_blocking(move |tx| Ok(legible_jobs::request_cancel(tx, &cancel, 1)?)).unwrap();
        let output = find(&home);
        let seen = ["compared", "broken", "unseen"].map(|field| output[field].as_u64().unwrap());
        assert_eq!(seen, [1, 1, 1]);
        assert!(!thumbnail_of(&home, &images[0]).exists());
        let states = vec![legible_jobs::State::Enqueued];
        let due = Filter { kinds: Some(vec![THUMBNAIL.into()]), ..Filter::states(states) };
        let due = home.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &due, 0, 9)?.jobs)).unwrap();
        assert_eq!(due.iter().map(|job| job.subject.clone().unwrap()).collect::<Vec<_>>(), ["item:1"]);
    }

    #[test]
    fn the_output_stays_small() {
        let home = Home::new();
        let (groups, of_group) = (MAX_LOOK_ALIKE_GROUPS + 3, 2);
        let mut random = StdRng::seed_from_u64(1);
        let hashes: Vec<u64> = (0..groups).map(|_| random.random::<u64>()).collect();
        let add = move |tx: &rusqlite::Transaction<'_>| {
            for (number, hash) in
                hashes.iter().flat_map(|hash| [*hash, *hash ^ 1]).chain([hashes[0]; MAX_LOOK_ALIKES]).enumerate()
            {
                let content = ContentHash::of(&number.to_le_bytes());
                let new = legible_library::NewItem {
                    hash: content.clone(),
                    name: number.to_string(),
                    size: 1,
                    placement: legible_library::Placement::Managed { path: number.to_string().into() },
                    added_at: 1,
                };
                let origin =
                    legible_library::Origin { kind: legible_library::OriginKind::Cli, path: None, url: None, at: 1 };
                legible_library::add_item(tx, &new, &origin)?;
                legible_library::save_perceptual_hash(tx, &content, PerceptualHash { across: hash, down: 0 })?;
            }
            Ok(())
        };
        home.service.database().write_blocking(add).unwrap();
        let output = find(&home);
        let named = output["groups"].as_array().unwrap();
        assert_eq!((named.len(), named[0].as_array().unwrap().len()), (MAX_LOOK_ALIKE_GROUPS, MAX_LOOK_ALIKES));
        assert_eq!((&output["more_groups"], &output["more_images"]), (&json!(3), &json!(2 + 3 * of_group)));
        assert!(output.to_string().len() < legible_jobs::limits::MAX_JSON_BYTES / 4);
    }

    #[test]
    fn a_stop_at_any_point_changes_nothing_about_the_outcome() {
        for point in 0.. {
            let home = Home::new();
            let image = picture(1, 90, 60);
            let ids = [90, 40].map(|quality| take_in(&home, &jpeg(&image, quality)));
            take_in(&home, &jpeg(&picture(2, 90, 60), 90));
            let lease = home.begin(FIND_DUPLICATES, json!({}), None);
            let ended = home.stop_at(&lease, point);
            let output = ended.clone().unwrap_or_else(|| home.work_one(&home.claim().unwrap()));
            assert_eq!((&output["compared"], &output["groups"]), (&json!(3), &json!([ids])), "stopped at {point}");
            if ended.is_some() {
                assert!(point >= 4, "there were points to stop at");
                return;
            }
        }
    }
}
