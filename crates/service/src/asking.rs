//! Asking a worker what an image shows, and asking again without what keeps it from answering: a model that crashes, takes all
//! memory or looks for too long is not to keep an image from all else that can be told of it.

use crate::error::{Error, Result};
use legible_reading::recognition::Part;
use legible_vision::recognise::{Question, Recognised, stamps};
use legible_vision::worker::{Answer, TaskError};

/// What was not asked for in the end, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What it was.
    pub what: Costly,
    /// What it did, in words.
    pub why: String,
}

/// What may cost all of a worker's memory or time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Costly {
    /// The model of this name.
    Model(String),
    /// All models.
    Models,
    /// The search for codes.
    Codes,
}

impl LeftOut {
    /// Whether this model was not asked for.
    pub fn is_of(&self, model: &str) -> bool {
        match &self.what {
            Costly::Model(id) => id == model,
            Costly::Models => true,
            Costly::Codes => false,
        }
    }

    /// It in a sentence without its full stop, for a person.
    pub fn in_words(&self) -> String {
        match &self.what {
            Costly::Model(model) => format!("looked at without the model {model}: {}", self.why),
            Costly::Models => format!("looked at without models: {}", self.why),
            Costly::Codes => format!("looked at without a search for codes: {}", self.why),
        }
    }
}

/// Asks by `run`, again and again with less. A crash that no model can be blamed for is an error unless this is the `last` try:
/// a worker may have been killed by another. One that a model can be blamed for is believed the second time.
///
/// # Errors
/// What `run` says when nothing is left that could be the cause, or nothing of the question is.
pub fn ask(
    mut question: Question,
    last: bool,
    run: &mut dyn FnMut(&Question) -> Result<Answer>,
) -> Result<(Recognised, Vec<LeftOut>)> {
    let (mut left_out, mut crashed) = (Vec::new(), Vec::new());
    loop {
        let error = match run(&question) {
            Ok(Answer::Recognised(found)) => return Ok((found, left_out)),
            Ok(_) => return Err(Error::Internal("the worker answered another task".into())),
            Err(Error::Vision(error)) => error,
            Err(error) => return Err(error),
        };
        if let TaskError::Look { model, error: cause } = &error
            && matches!(**cause, TaskError::Crashed { .. })
            && !crashed.contains(model)
        {
            crashed.push(model.clone());
            continue;
        }
        let Some(what) = culprit(&question, &error, last) else { return Err(error.into()) };
        question = without(question, &what);
        left_out.push(LeftOut { what, why: error.to_string() });
    }
}

/// What of a question is likely the cause of an error.
fn culprit(question: &Question, error: &TaskError, last: bool) -> Option<Costly> {
    match error {
        TaskError::Look { model, .. } => {
            question.models.iter().any(|asked| asked.id == *model).then(|| Costly::Model(model.clone()))
        }
        TaskError::Crashed { .. } if !last => None,
        TaskError::MemoryLimit { .. } | TaskError::Timeout { .. } | TaskError::Crashed { .. } => {
            let knows_codes =
                stamps(None, &[]).iter().any(|stamp| is_of_codes(stamp) && question.known.contains(stamp));
            match (knows_codes, question.models.is_empty()) {
                (false, _) => Some(Costly::Codes),
                (true, false) => Some(Costly::Models),
                (true, true) => None,
            }
        }
        _ => None,
    }
}

fn without(mut question: Question, what: &Costly) -> Question {
    match what {
        Costly::Model(id) => question.models.retain(|model| model.id != *id),
        Costly::Models => question.models.clear(),
        Costly::Codes => question.known.extend(stamps(None, &[]).into_iter().filter(is_of_codes)),
    }
    question
}

fn is_of_codes(stamp: &legible_reading::recognition::Stamp) -> bool {
    stamp.part == Part::Codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_vision::recognise::models::ModelUse;

    fn model(id: &str) -> ModelUse {
        let contract = toml::from_str(
            r#"
            part = "labels"
            threshold = 0.5
            labels = "x"
            input = { width = 4, height = 4, fit = { kind = "stretch" } }
            outputs.classes = { activation = "none" }
        "#,
        );
        let (id, file, version) = (id.to_owned(), format!("{id}.onnx"), "1".to_owned());
        ModelUse { id, file, labels: None, directions: None, contract: contract.unwrap(), version }
    }

    /// Asks about an image with models `a` and `b`, gets these errors one after the other, and then an answer; tells each
    /// question by its models and whether it asks for codes, and what was left out.
    fn asked(last: bool, errors: Vec<TaskError>) -> (Vec<String>, Result<Vec<Costly>, String>) {
        let question = Question { models: vec![model("a"), model("b")], ..Question::default() };
        let (mut errors, mut asked) = (errors.into_iter(), Vec::new());
        let told = ask(question, last, &mut |question| {
            let models: String = question.models.iter().map(|model| model.id.as_str()).collect();
            asked.push(models + if question.known.is_empty() { " codes" } else { "" });
            errors.next().map_or(Ok(Answer::Recognised(Recognised::default())), |error| Err(error.into()))
        });
        let left_out = told.map(|(_, left_out)| left_out.into_iter().map(|one| one.what).collect());
        (asked, left_out.map_err(|error| error.to_string()))
    }

    #[test]
    fn what_keeps_an_image_from_its_answer_is_left_out() {
        use Costly::{Codes, Model, Models};
        let crash = || TaskError::Crashed { detail: "signal 11".into() };
        let memory = || TaskError::MemoryLimit { limit_mb: 9 };
        let slow = || TaskError::Timeout { seconds: 30 };
        let look = |model: &str, error: TaskError| TaskError::Look { model: model.into(), error: error.into() };
        let check = |last: bool, errors: Vec<TaskError>, questions: &[&str], left_out: Option<&[Costly]>| {
            let told = asked(last, errors.clone());
            let questions = questions.iter().map(|&question| question.to_owned()).collect::<Vec<_>>();
            assert_eq!((told.0, told.1.ok()), (questions, left_out.map(<[_]>::to_vec)), "{errors:?}");
        };
        let a = || Model("a".into());
        check(false, vec![], &["ab codes"], Some(&[]));
        check(false, vec![look("a", slow())], &["ab codes", "b codes"], Some(&[a()]));
        check(false, vec![look("a", crash())], &["ab codes", "ab codes"], Some(&[]));
        check(false, vec![look("a", crash()), look("a", crash())], &["ab codes", "ab codes", "b codes"], Some(&[a()]));
        check(
            false,
            vec![look("a", memory()), look("b", slow())],
            &["ab codes", "b codes", " codes"],
            Some(&[a(), Model("b".into())]),
        );
        check(false, vec![look("c", slow())], &["ab codes"], None);
        check(false, vec![crash()], &["ab codes"], None);
        check(true, vec![crash()], &["ab codes", "ab"], Some(&[Codes]));
        check(false, vec![slow()], &["ab codes", "ab"], Some(&[Codes]));
        check(false, vec![memory(), memory()], &["ab codes", "ab", ""], Some(&[Codes, Models]));
        check(false, vec![memory(), memory(), memory()], &["ab codes", "ab", ""], None);
        check(true, vec![TaskError::Cancelled], &["ab codes"], None);
    }

    #[test]
    fn what_was_left_out_is_told() {
        let error = TaskError::Timeout { seconds: 30 };
        let error = TaskError::Look { model: "a".into(), error: error.into() };
        let left_out = LeftOut { what: Costly::Model("a".into()), why: error.to_string() };
        let expected = "looked at without the model a: the model a looked at one image for more than 30 seconds";
        assert_eq!(left_out.in_words(), expected);
    }
}
