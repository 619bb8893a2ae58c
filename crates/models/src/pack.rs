//! Packs: models that are installed and removed together.

use std::collections::HashSet;

use serde::Deserialize;

use crate::own::WORDS;

/// Models that are installed together. A model may be in several packs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Short name for people and commands, such as `small`. No model has it.
    pub id: String,
    /// Its name, for people.
    pub title: String,
    /// What one gets by it, for people.
    pub purpose: String,
    /// The ids of its models.
    pub models: Vec<String>,
}

/// Whether packs name models that there are, by names that stand for nothing else.
///
/// # Errors
/// The id of the pack that is wrong, and what is wrong with it.
pub(crate) fn check_packs(packs: &[Pack], models: &HashSet<&String>) -> Result<(), (String, String)> {
    let mut ids = HashSet::new();
    for pack in packs {
        let wrong = |problem: String| Err((pack.id.clone(), problem));
        if models.contains(&pack.id) || WORDS.contains(&pack.id.as_str()) || !ids.insert(&pack.id) {
            return wrong("its id stands for something else".into());
        }
        if pack.models.is_empty() {
            return wrong("it has no models".into());
        }
        let mut seen = HashSet::new();
        if let Some(id) = pack.models.iter().find(|id| !models.contains(id) || !seen.insert(*id)) {
            return wrong(format!("{id:?} is no model, or is listed twice"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_name_models_that_there_are() {
        let models = ["a".to_string(), "b".to_string()];
        let known: HashSet<&String> = models.iter().collect();
        let check = |packs: &[(&str, &[&str])], expected: Option<&str>| {
            let pack = |(id, models): &(&str, &[&str])| Pack {
                id: (*id).into(),
                title: String::new(),
                purpose: String::new(),
                models: models.iter().map(|id| (*id).into()).collect(),
            };
            let found = check_packs(&packs.iter().map(pack).collect::<Vec<_>>(), &known).err();
            match (found, expected) {
                (None, None) => {}
                (Some((_, problem)), Some(expected)) => assert!(problem.contains(expected), "{problem}"),
                (found, _) => panic!("{packs:?}: {found:?}"),
            }
        };
        check(&[("p", &["a", "b"]), ("q", &["b"])], None);
        check(&[("p", &["a"]), ("p", &["b"])], Some("something else"));
        check(&[("a", &["a"])], Some("something else"));
        check(&[("automatic", &["a"])], Some("something else"));
        check(&[("p", &[])], Some("no models"));
        check(&[("p", &["a", "c"])], Some("\"c\""));
        check(&[("p", &["a", "a"])], Some("\"a\""));
    }
}
