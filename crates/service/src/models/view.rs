//! The models and packs for a front end: by their sizes alone, so that it may be asked for often.

use super::in_use::{Candidate, chosen, of_known, of_own};
use super::{Model, ModelShelf, State, Vocabulary};
use crate::api::{ModelChoices, ModelView, Models, PackView, PartModels};
use legible_models::own::{Entry, OwnModel};
use legible_models::{Pack, Status};
use legible_reading::recognition::Part;
use legible_reading::recognition::contract::Contract;
use std::collections::HashMap;

impl ModelShelf {
    /// All models and packs, and which are used when these choices hold.
    pub fn view(&self, choices: &ModelChoices) -> Models {
        let statuses = self.manifest.status(&self.dirs);
        let own = self.own();
        let is_here = |id: &str| statuses.iter().any(|status| status.model.id == id && status.state.is_present());
        let described = |model: &Model| {
            let describer = self.manifest.describer(&model.id).filter(|(text, _)| is_here(&text.id));
            describer.map(|(text, contract)| Vocabulary::of("", &[], contract, text))
        };
        let here = statuses.iter().filter(|status| status.state.is_present());
        let here =
            here.filter_map(|status| Some(of_known(status.model)?.described_by(described(status.model).as_ref())));
        let good: Vec<&OwnModel> = own.iter().filter_map(|entry| entry.model.as_ref().ok()).collect();
        let (mut candidates, mut off) = (Vec::<Candidate>::new(), HashMap::new());
        let switched_off = self.switched_off();
        let damaged = self.known_damaged();
        for candidate in here.chain(good.into_iter().map(of_own)) {
            if damaged.iter().any(|one| one.id == candidate.id) {
                continue;
            }
            match switched_off.why(candidate.id, &candidate.version) {
                Some(why) => drop(off.insert(candidate.id.to_owned(), why)),
                None => candidates.push(candidate),
            }
        }
        let used: HashMap<&str, Vec<Part>> =
            chosen(&candidates, choices).into_iter().map(|(candidate, parts)| (candidate.id, parts)).collect();
        let used_for = |id: &str| used.get(id).map(|parts| part_names(parts)).unwrap_or_default();
        let known = statuses.iter().map(|status| self.known(status, used_for(&status.model.id)));
        let all = known.chain(own.iter().map(|entry| own_view(entry, used_for(&entry.id))));
        let models = all.map(|model| ModelView { off: off.get(&model.id).cloned(), ..model });
        let damaged = |id: &str| damaged.iter().find(|one| one.id == id);
        let models = models.map(|model| match damaged(&model.id) {
            Some(one) => ModelView { installed: false, problem: Some(one.problem.clone()), ..model },
            None => model,
        });
        let models = models.collect();
        let packs = self.manifest.packs().iter().map(|pack| self.pack(pack, &statuses)).collect();
        Models { models, packs, parts: automatic(&candidates) }
    }

    fn known(&self, status: &Status, used_for: Vec<String>) -> ModelView {
        let model = status.model;
        let problem = match &status.state {
            State::Damaged { path, reason } => Some(format!("{}: {reason}. Install it again.", path.display())),
            State::Present(_) | State::Missing => None,
        };
        ModelView {
            id: model.id.clone(),
            purpose: model.purpose.clone(),
            bytes: model.bytes,
            licence: model.licence.clone(),
            attribution: model.attribution.clone(),
            default: model.default,
            installed: status.state.is_present(),
            removable: self.target.join(&model.file).is_file(),
            own: false,
            parts: parts(model.contract.as_ref()),
            describes: model.text.is_some(),
            used_for,
            by_hand: model.by_hand.clone(),
            problem,
            off: None,
        }
    }

    fn pack(&self, pack: &Pack, statuses: &[Status]) -> PackView {
        let (mut bytes, mut missing_bytes) = (0, 0);
        for status in statuses.iter().filter(|status| pack.models.contains(&status.model.id)) {
            bytes += status.model.bytes;
            missing_bytes += if status.state.is_present() { 0 } else { status.model.bytes };
        }
        let (id, title, purpose) = (pack.id.clone(), pack.title.clone(), pack.purpose.clone());
        PackView {
            id,
            title,
            purpose,
            bytes,
            missing_bytes,
            installed: missing_bytes == 0,
            models: pack.models.clone(),
        }
    }
}

/// Which model looks for what when nothing is chosen.
fn automatic(candidates: &[Candidate]) -> Vec<PartModels> {
    let chosen = chosen(candidates, &ModelChoices::default());
    let looks_for = |part| chosen.iter().find(|(_, parts)| parts.contains(&part)).map(|(one, _)| one.id.to_owned());
    Part::SEEN.map(|part| PartModels { part: part.name().to_owned(), automatic: looks_for(part) }).to_vec()
}

fn own_view(entry: &Entry, used_for: Vec<String>) -> ModelView {
    let model = entry.model.as_ref().ok();
    let text = |of: fn(&OwnModel) -> &String| model.map(of).cloned().unwrap_or_default();
    ModelView {
        id: entry.id.clone(),
        purpose: text(|model| &model.purpose),
        bytes: model.map_or(0, |model| model.bytes),
        licence: text(|model| &model.licence),
        attribution: text(|model| &model.attribution),
        default: false,
        installed: model.is_some(),
        removable: true,
        own: true,
        describes: false,
        parts: parts(model.map(|model| &model.contract)),
        used_for,
        by_hand: None,
        problem: entry.model.as_ref().err().cloned(),
        off: None,
    }
}

fn parts(contract: Option<&Contract>) -> Vec<String> {
    contract.map(|contract| part_names(&contract.parts())).unwrap_or_default()
}

fn part_names(parts: &[Part]) -> Vec<String> {
    parts.iter().map(|part| part.name().to_owned()).collect()
}
