//! The check of a model in a worker, where one that crashes, hangs or eats memory costs nothing but a word on that.

use legible_reading::recognition::contract::Contract;

use super::cancel::CancelToken;
use super::error::TaskError;
use super::pool::Pool;
use super::protocol::{Answer, Task};
use crate::limits::MAX_BYTES;
use crate::recognise::models::Report;

impl Pool {
    /// Runs a model that is to be added, by the bytes of its ONNX file and of its label file (none: empty), and holds its answers
    /// against its contract. What is wrong with it, and what to do, is said for a person.
    ///
    /// # Errors
    /// [`TaskError`] when there was no check: cancelled, shut down, no worker.
    pub fn check_model(
        &self,
        contract: &Contract,
        labels: &[u8],
        model: &[u8],
        cancel: &CancelToken,
    ) -> Result<Result<Report, String>, TaskError> {
        let bytes = labels.len() + model.len();
        if bytes > MAX_BYTES {
            let (has, most) = (bytes >> 20, MAX_BYTES >> 20);
            return Ok(Err(format!("the model has {has} MB, and {most} MB is the most that can be used")));
        }
        let task = Task::CheckModel { contract: Box::new(contract.clone()), label_bytes: labels.len() };
        match self.run(&task, &[labels, model].concat(), cancel, &mut |_| {}) {
            Ok(Answer::Checked(result)) => Ok(result),
            Ok(_) => Err(TaskError::Crashed { detail: "it answered another task".into() }),
            Err(TaskError::MemoryLimit { limit_mb }) => Ok(Err(format!(
                "the model takes more memory than the {limit_mb} MB that looking at one image may take"
            ))),
            Err(TaskError::Timeout { seconds }) => {
                Ok(Err(format!("the model did not answer within {seconds} seconds")))
            }
            Err(TaskError::Crashed { detail }) => Ok(Err(format!("the model made its worker crash: {detail}"))),
            Err(error) => Err(error),
        }
    }
}
