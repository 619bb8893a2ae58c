//! Descriptions in a worker, as directions.

use super::cancel::CancelToken;
use super::error::TaskError;
use super::pool::Pool;
use super::protocol::{Answer, Task};
use crate::describe::TextUse;
use crate::limits::MAX_DESCRIPTIONS;
use crate::recognise::models::Fault;

impl Pool {
    /// Where descriptions lie in the space of a model: a direction for each, in their order. `told` hears how many are done.
    ///
    /// # Errors
    /// [`TaskError`] when a worker failed; inside, the [`Fault`] of a model that cannot be used.
    pub fn describe(
        &self,
        model: &TextUse,
        texts: &[String],
        cancel: &CancelToken,
        told: &mut dyn FnMut(usize),
    ) -> Result<Result<Vec<Vec<f32>>, Fault>, TaskError> {
        let mut directions = Vec::with_capacity(texts.len());
        for some in texts.chunks(MAX_DESCRIPTIONS) {
            let task = Task::Describe { model: Box::new(model.clone()), texts: some.to_vec() };
            match self.run(&task, &[], cancel, &mut |_| {})? {
                Answer::Described(Ok(more)) if more.len() == some.len() => directions.extend(more),
                Answer::Described(Err(fault)) => return Ok(Err(fault)),
                _ => return Err(TaskError::Crashed { detail: "it answered something else".into() }),
            }
            told(directions.len());
        }
        Ok(Ok(directions))
    }
}
