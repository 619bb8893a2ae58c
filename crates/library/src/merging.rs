//! One sidecar out of two of the same image that were changed apart from each other: what a person said is merged field by field against
//! what both began with, and of what programs found the latest stays.

use crate::hash::ContentHash;
use crate::item::Origin;
use crate::sidecar::{self, Sidecar, SidecarReading};
use legible_reading::recognition::Wrong;
use serde::{Deserialize, Serialize};

/// What of a sidecar a later merge needs to know: of which bytes it is, and what a person can say and take back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Gist {
    hash: Option<ContentHash>,
    name: String,
    tags: Vec<String>,
    note: String,
    wrong: Vec<Wrong>,
    told_apart: Vec<String>,
}

/// What of a sidecar's text [`merge_sidecars`] needs to know later; `None` when it is not understood.
pub fn sidecar_gist(text: &[u8]) -> Option<Vec<u8>> {
    let Sidecar { hash, name, tags, note, wrong, told_apart, .. } = sidecar::parse(text).ok()?;
    serde_json::to_vec(&Gist { hash: Some(hash), name, tags, note, wrong, told_apart }).ok()
}

/// Of a [`sidecar_gist`] only of which bytes it is: a merge by it keeps all that either says.
pub fn bare_gist(gist: &[u8]) -> Option<Vec<u8>> {
    let Gist { hash, .. } = serde_json::from_slice(gist).ok()?;
    serde_json::to_vec(&Gist { hash, ..Gist::default() }).ok()
}

/// The text of one sidecar out of two, given the [`sidecar_gist`] of what both began with if they did; `None` when they are of
/// different images, or one is not understood. Of an image whose bytes one of them changed, it is of the new ones. What neither program knows
/// stays where one of them has it.
///
/// Merging is symmetric but for names and for notes that both changed; with a result, the same two or either of them again changes nothing.
pub fn merge_sidecars(was: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    let (mut our, mut their) = (sidecar::parse(ours).ok()?, sidecar::parse(theirs).ok()?);
    let was: Gist = was.and_then(|was| serde_json::from_slice(was).ok()).unwrap_or_default();
    if our.hash != their.hash {
        match &was.hash {
            Some(was) if *was == our.hash => our = with_content_of(&their, our),
            Some(was) if *was == their.hash => their = with_content_of(&our, their),
            _ => return None,
        }
    }
    if our.size != their.size {
        return None;
    }
    let later = match (&our.recognition, &their.recognition) {
        (Some(ours), Some(theirs)) if ours.recognised_at > theirs.recognised_at => our.recognition.clone(),
        (_, Some(_)) => their.recognition.clone(),
        (ours, None) => ours.clone(),
    };
    let readings = readings(&our.readings, &their.readings);
    let merged = Sidecar {
        name: if our.name == was.name { their.name.clone() } else { our.name.clone() },
        added_at: our.added_at.min(their.added_at),
        origins: origins(&our.origins, &their.origins),
        facts: our.facts.clone().or_else(|| their.facts.clone()),
        // What has been read is no problem.
        problem: our.problem.clone().or_else(|| their.problem.clone()).filter(|_| readings.is_empty()),
        readings,
        recognition: later,
        wrong: set(&was.wrong, &our.wrong, &their.wrong),
        told_apart: set(&was.told_apart, &our.told_apart, &their.told_apart),
        reads: our.reads.max(their.reads),
        tags: set(&was.tags, &our.tags, &their.tags),
        note: note(&was.note, &our.note, &their.note),
        ..our.clone()
    };
    let with_theirs = sidecar::rewrite(&merged, Some(theirs)).ok()?;
    let with_ours = sidecar::rewrite(&merged, Some(ours)).ok()?;
    sidecar::join_unknown(with_ours, &with_theirs)
}

/// What is said of an image, with what is known of the bytes that another sidecar tells of.
fn with_content_of(content: &Sidecar, said: Sidecar) -> Sidecar {
    let Sidecar { hash, size, facts, readings, recognition, problem, .. } = content.clone();
    Sidecar { hash, size, facts, readings, recognition, problem, ..said }
}

/// What either has, without what one of them took away; in the order of ours.
fn set<T: Clone + PartialEq>(was: &[T], ours: &[T], theirs: &[T]) -> Vec<T> {
    let kept = ours.iter().filter(|one| theirs.contains(one) || !was.contains(one));
    let new = theirs.iter().filter(|one| !ours.contains(one) && !was.contains(one));
    kept.chain(new).cloned().collect()
}

/// The note that one of them changed; of two that changed both, one after the other.
fn note(was: &str, ours: &str, theirs: &str) -> String {
    let (one, other) = (ours.to_owned(), theirs.to_owned());
    match (ours == was, theirs == was) {
        (true, _) => other,
        (_, true) => one,
        _ if theirs.contains(ours) => other,
        _ if ours.contains(theirs) => one,
        _ => format!("{ours}\n\n{theirs}"),
    }
}

/// Of each engine the latest reading, the latest of all last.
fn readings(ours: &[SidecarReading], theirs: &[SidecarReading]) -> Vec<SidecarReading> {
    let mut all: Vec<&SidecarReading> = theirs.iter().chain(ours).collect();
    all.sort_by_key(|reading| reading.read_at);
    let engine = |reading: &SidecarReading| reading.reading.engine.name.clone();
    let is_last = |at: usize| all[at + 1..].iter().all(|later| engine(later) != engine(all[at]));
    (0..all.len()).filter(|at| is_last(*at)).map(|at| all[at].clone()).collect()
}

/// All ways in which the image came in, oldest first.
fn origins(ours: &[Origin], theirs: &[Origin]) -> Vec<Origin> {
    let mut all = ours.to_vec();
    all.extend(theirs.iter().filter(|origin| !ours.contains(origin)).cloned());
    all.sort_by_key(|origin| origin.at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use legible_reading::recognition::Part;
    use proptest::prelude::*;

    fn text(sidecar: &Sidecar) -> Vec<u8> {
        sidecar::rewrite(sidecar, None).unwrap()
    }

    fn merged(was: Option<&Sidecar>, ours: &Sidecar, theirs: &Sidecar) -> Sidecar {
        let gist = was.map(|was| sidecar_gist(&text(was)).unwrap());
        sidecar::parse(&merge_sidecars(gist.as_deref(), &text(ours), &text(theirs)).unwrap()).unwrap()
    }

    fn tagged(tags: &[&str]) -> Sidecar {
        Sidecar { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..testing::sidecar("a.png") }
    }

    #[test]
    fn tags_come_and_go_on_both_sides() {
        let check = |was: &[&str], ours: &[&str], theirs: &[&str], expected: &[&str]| {
            assert_eq!(merged(Some(&tagged(was)), &tagged(ours), &tagged(theirs)).tags, expected);
        };
        check(&[], &["a"], &["b"], &["a", "b"]);
        check(&["a", "b"], &["a"], &["a", "b", "c"], &["a", "c"]);
        check(&["a", "b"], &["a"], &["b"], &[]);
        check(&["a"], &["b"], &["a"], &["b"]);
        assert_eq!(
            merged(None, &tagged(&["a", "c"]), &tagged(&["b", "a"])).tags,
            ["a", "c", "b"],
            "nothing is taken away"
        );
    }

    #[test]
    fn a_note_is_never_lost() {
        let noted = |note: &str| Sidecar { note: note.into(), ..testing::sidecar("a.png") };
        let check = |was: &str, ours: &str, theirs: &str, expected: &str| {
            assert_eq!(merged(Some(&noted(was)), &noted(ours), &noted(theirs)).note, expected, "{was} {ours} {theirs}");
        };
        check("was", "was", "theirs", "theirs");
        check("was", "ours", "was", "ours");
        check("was", "was", "", "");
        check("was", "", "was", "");
        check("was", "", "theirs", "theirs");
        check("was", "ours", "theirs", "ours\n\ntheirs");
        check("was", "ours\n\ntheirs", "theirs", "ours\n\ntheirs");
        check("was", "ours", "ours\n\ntheirs", "ours\n\ntheirs");
    }

    #[test]
    fn of_what_programs_found_the_latest_stays() {
        let base = testing::sidecar("a.png");
        let read = |name: &str, read_at: i64| {
            let mut reading = base.readings[0].clone();
            (reading.read_at, reading.reading.engine.name) = (read_at, name.to_owned());
            reading
        };
        let with = |readings: Vec<SidecarReading>, reads| Sidecar { readings, reads, ..base.clone() };
        let made = merged(
            None,
            &with(vec![read("ocrs", 1), read("ppocr", 5)], 2),
            &with(vec![read("ppocr", 3), read("tesseract", 9)], 3),
        );
        assert_eq!((made.readings, made.reads), (vec![read("ocrs", 1), read("ppocr", 5), read("tesseract", 9)], 3));
    }

    #[test]
    fn what_is_not_of_one_image_is_not_merged() {
        let one = testing::sidecar("a.png");
        let other = Sidecar { hash: ContentHash::of(b"another"), ..one.clone() };
        assert_eq!(merge_sidecars(None, &text(&one), &text(&other)), None);
        let third = sidecar_gist(&text(&Sidecar { hash: ContentHash::of(b"a third"), ..one.clone() }));
        assert_eq!(merge_sidecars(third.as_deref(), &text(&one), &text(&other)), None, "both changed the image");
        assert_eq!(merge_sidecars(None, &text(&one), b"{\"version\":2}"), None, "a newer program wrote it");
        assert_eq!(merge_sidecars(None, b"{", &text(&one)), None);
    }

    #[test]
    fn of_an_image_that_one_of_them_changed_both_keep_what_is_said_and_the_new_bytes() {
        let (was, said) = (tagged(&["a", "b"]), tagged(&["a", "c"]));
        let changed =
            Sidecar { hash: ContentHash::of(b"changed"), size: 7, readings: vec![], ..tagged(&["a", "b", "d"]) };
        for mut made in [merged(Some(&was), &said, &changed), merged(Some(&was), &changed, &said)] {
            made.tags.sort();
            assert_eq!((&made.hash, made.size, made.readings.len()), (&changed.hash, 7, 0));
            assert_eq!(made.tags, ["a", "c", "d"]);
        }
    }

    #[test]
    fn by_a_bare_gist_all_that_is_said_stays_whoever_changed_the_image() {
        let was = sidecar_gist(&text(&tagged(&["a", "b"]))).unwrap();
        let changed = Sidecar { hash: ContentHash::of(b"changed"), ..tagged(&["b", "c"]) };
        let made = merge_sidecars(bare_gist(&was).as_deref(), &text(&tagged(&["a"])), &text(&changed)).unwrap();
        let made = sidecar::parse(&made).unwrap();
        assert_eq!((made.tags, made.hash), (vec!["a".to_owned(), "b".into(), "c".into()], changed.hash));
        assert_eq!(bare_gist(b"{"), None);
    }

    #[test]
    fn what_is_not_known_stays_whoever_wrote_it() {
        let with = |field: &str, tags: &[&str]| {
            let mut json: serde_json::Value = serde_json::from_slice(&text(&tagged(tags))).unwrap();
            json[field] = 1.into();
            json.to_string().into_bytes()
        };
        let made = merge_sidecars(None, &with("of-ours", &["a"]), &with("of-theirs", &["b"])).unwrap();
        let made: serde_json::Value = serde_json::from_slice(&made).unwrap();
        assert_eq!((&made["of-ours"], &made["of-theirs"], &made["tags"][1]), (&1.into(), &1.into(), &"b".into()));
    }

    fn said() -> impl Strategy<Value = Sidecar> {
        let wrong = |name: String| Wrong { part: Part::Labels, name };
        let names = || prop::collection::btree_set("[a-d]", 0..4);
        (names(), names(), "[xy]{0,3}", 0i64..3).prop_map(move |(tags, wrongs, note, at)| {
            let mut sidecar = testing::sidecar("a.png");
            sidecar.tags = tags.into_iter().collect();
            sidecar.wrong = wrongs.into_iter().map(wrong).collect();
            sidecar.note = note;
            sidecar.readings[0].read_at = at;
            sidecar
        })
    }

    proptest! {
        #[test]
        fn merging_again_changes_nothing(was in said(), mut ours in said(), mut theirs in said(), edited in 0..3) {
            match edited {
                0 => ours.hash = ContentHash::of(b"edited"),
                1 => theirs.hash = ContentHash::of(b"edited"),
                _ => {}
            }
            let gist = sidecar_gist(&text(&was));
            let merge = |a: &[u8], b: &[u8]| merge_sidecars(gist.as_deref(), a, b).unwrap();
            let made = merge(&text(&ours), &text(&theirs));
            prop_assert_eq!(&merge(&made, &made), &made);
            let kept = |tag: &String| !was.tags.contains(tag);
            let parsed = sidecar::parse(&made).unwrap();
            for tag in ours.tags.iter().chain(&theirs.tags).filter(|tag| kept(tag)) {
                prop_assert!(parsed.tags.contains(tag), "an added tag is there");
            }
            for tag in was.tags.iter().filter(|tag| !ours.tags.contains(tag) || !theirs.tags.contains(tag)) {
                prop_assert!(!parsed.tags.contains(tag), "a tag that was taken away is not");
            }
            // A run that was cut short merges what it made with what the other has.
            let again = sidecar::parse(&merge(&made, &text(&theirs))).unwrap();
            prop_assert_eq!(again.note, parsed.note);
            prop_assert_eq!(again.readings, parsed.readings);
        }
    }
}
