//! The look of models at one image: which of them are needed, and one answer out of what each saw.

use image::RgbImage;
use legible_reading::recognition::{Embedding, ImageKind, Part, Recognition, Stamp};

use super::models::{self, Fault, ModelUse, Models, Seen, merge};
use super::{CODE_SHARE, Question, looking};
use crate::engine::{ReadError, Watch};

/// Has the models look that make a part which is not known yet, and puts that into `found`. Each runs once, whatever it makes.
pub(super) fn look(
    image: &RgbImage,
    kind: Option<ImageKind>,
    question: &Question,
    models: &mut Models,
    found: &mut Recognition,
    watch: &dyn Watch,
) -> Result<Vec<Fault>, ReadError> {
    let all = looking(kind, &question.models);
    let known = |stamp: &Option<Stamp>| stamp.as_ref().is_none_or(|stamp| question.known.contains(stamp));
    let makers = Part::SEEN.map(|part| (part, models::makers(part, all)));
    let due: Vec<_> = makers.into_iter().filter(|(part, makers)| !known(&models::stamp(*part, makers))).collect();
    let needed = |model: &&ModelUse| due.iter().any(|(_, makers)| makers.contains(model));
    let needed: Vec<&ModelUse> = all.iter().filter(needed).collect();

    let mut faults = Vec::new();
    let mut seen: Vec<(&ModelUse, Seen)> = Vec::new();
    models.run_on(question.threads);
    for (done, model) in needed.iter().enumerate() {
        watch.progress(CODE_SHARE + (1.0 - CODE_SHARE) * done as f32 / needed.len() as f32);
        if watch.cancelled() {
            return Err(ReadError::Cancelled);
        }
        watch.looking(Some(&model.id));
        match models.get(model).and_then(|loaded| loaded.look(image)) {
            Ok(saw) => seen.push((model, saw)),
            Err(error) => faults.push(models::fault(&model.id, &error)),
        }
        watch.looking(None);
    }
    for (part, makers) in due {
        let made_by: Vec<_> = seen.iter().filter(|(model, _)| makers.contains(model)).collect();
        let makers: Vec<&ModelUse> = made_by.iter().map(|(model, _)| *model).collect();
        if let Some(stamp) = models::stamp(part, &makers) {
            put(part, made_by.into_iter(), found);
            found.sign(stamp);
        }
    }
    Ok(faults)
}

/// Puts one part of what models saw into a recognition.
fn put<'a>(part: Part, made_by: impl Iterator<Item = &'a (&'a ModelUse, Seen)>, found: &mut Recognition) {
    for (model, saw) in made_by {
        match part {
            Part::Labels => found.labels.extend(saw.labels.iter().cloned()),
            Part::Objects => found.objects = merge::objects(std::mem::take(&mut found.objects), saw.objects.clone()),
            Part::Faces => found.faces = merge::faces(std::mem::take(&mut found.faces), saw.faces.clone()),
            Part::Embedding => {
                let new = |direction: &Vec<f32>| Embedding::new(&model.space(), direction);
                found.embedding = saw.embedding.as_ref().and_then(new);
            }
            Part::Codes | Part::Colours | Part::Hash | Part::Kind | Part::Unknown => {}
        }
    }
    if part == Part::Labels {
        found.labels = merge::labels(std::mem::take(&mut found.labels));
    }
}
