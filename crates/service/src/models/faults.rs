//! Models that fail on photo after photo. One that does so too often in a row is switched off, with the reason, until the person
//! switches it on again or installs it anew: each try may cost a crashed worker or half a minute.

use super::ModelShelf;
use crate::limits::MODEL_FAULTS_IN_A_ROW;
use crate::settings::write_atomically;
use legible_vision::recognise::models::ModelUse;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// Where it is kept, in the directory of models.
const FILE: &str = "faults.json";

/// How a model failed lately, by its id.
type Faults = BTreeMap<String, Record>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// The model's [`ModelUse::version`]: with other files it is another model.
    version: String,
    /// On how many photos in a row.
    in_a_row: u32,
    /// What happened the last time.
    reason: String,
}

/// What models did on one photo.
#[derive(Debug, Default)]
pub struct Looks<'a> {
    /// Those that saw it.
    pub good: Vec<&'a ModelUse>,
    /// Those that failed, and how.
    pub failed: Vec<(&'a ModelUse, String)>,
}

impl ModelShelf {
    /// Notes what models did on a photo; returns those that are switched off by that.
    pub fn note_looks(&self, looks: &Looks) -> Vec<String> {
        let mut off = Vec::new();
        self.change_faults(|faults| {
            for model in &looks.good {
                faults.remove(&model.id);
            }
            for (model, reason) in &looks.failed {
                let known = faults.get(&model.id).filter(|known| known.version == model.version);
                let in_a_row = known.map_or(0, |known| known.in_a_row).saturating_add(1);
                if in_a_row == MODEL_FAULTS_IN_A_ROW {
                    off.push(model.id.clone());
                }
                let record = Record { version: model.version.clone(), in_a_row, reason: reason.clone() };
                faults.insert(model.id.clone(), record);
            }
        });
        off
    }

    /// Forgets that a model failed, so that it looks again; returns whether it was switched off.
    pub fn switch_on(&self, id: &str) -> bool {
        self.try_describing_again();
        let mut was_off = false;
        self.change_faults(|faults| {
            was_off = faults.remove(id).is_some_and(|record| record.is_off());
        });
        was_off
    }

    /// The models that are switched off: version and reason by id.
    pub(super) fn switched_off(&self) -> SwitchedOff {
        SwitchedOff(self.faults().into_iter().filter(|(_, record)| record.is_off()).collect())
    }

    fn faults(&self) -> Faults {
        let text = std::fs::read(self.target.join(FILE)).unwrap_or_default();
        // What cannot be read is forgotten: a model that fails will do so again.
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn change_faults(&self, change: impl FnOnce(&mut Faults)) {
        let _one_at_a_time = self.changing_faults.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.faults();
        let mut faults = before.clone();
        change(&mut faults);
        if faults == before {
            return;
        }
        let text = serde_json::to_vec(&faults).unwrap_or_default();
        if let Err(error) = write_atomically(&self.target.join(FILE), &text) {
            tracing::warn!(%error, "it could not be noted which models fail");
        }
    }
}

impl Record {
    fn is_off(&self) -> bool {
        self.in_a_row >= MODEL_FAULTS_IN_A_ROW
    }
}

/// Models that are switched off.
pub(super) struct SwitchedOff(Faults);

impl SwitchedOff {
    /// Why the model with these files is off, if it is.
    pub(super) fn why(&self, id: &str, version: &str) -> Option<String> {
        let record = self.0.get(id).filter(|record| record.version == version)?;
        Some(format!("It failed on {} photos in a row and is switched off: {}", record.in_a_row, record.reason))
    }
}
