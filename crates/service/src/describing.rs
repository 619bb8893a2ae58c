//! Searches by a description: what `looks:"a dog on a beach"` stands for, by a model of text in a vision worker of its own, so
//! that nobody who searches waits for images that are being read.

use crate::error::{Error, Result};
use crate::limits::{DESCRIBE_TIMEOUT, MAX_REMEMBERED_DESCRIPTIONS, WORKER_IDLE, WORKER_MEMORY_MB};
use crate::models::Describer;
use crate::service::Service;
use legible_library::Query;
use legible_reading::recognition::Embedding;
use legible_vision::worker::{CancelToken, Pool, PoolConfig};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// What a search asks for, as far as it is understood.
pub(crate) struct Asked {
    pub query: Query,
    /// Why nothing is found by its descriptions, in words for a person.
    pub problem: Option<String>,
}

/// What was described last, by the space and the description; the last used one at the end.
type Known = VecDeque<(String, String, Option<Embedding>)>;

/// The worker that describes, and what it described last.
pub(crate) struct Describing {
    pub(crate) pool: Pool,
    known: Mutex<Known>,
}

impl Describing {
    /// `worker` is the program that serves as worker, with its first arguments.
    pub fn new((command, args): (PathBuf, Vec<String>), models_dirs: Vec<PathBuf>) -> Self {
        let pool = Pool::new(PoolConfig {
            command,
            args,
            models_dirs,
            size: 1,
            idle: WORKER_IDLE,
            timeout: DESCRIBE_TIMEOUT,
            look_timeout: DESCRIBE_TIMEOUT,
            memory_limit_mb: WORKER_MEMORY_MB,
        });
        Describing { pool, known: Mutex::default() }
    }

    /// Where what looks as described lies; `None` where the model makes nothing of the description. Blocks.
    fn describe(&self, describer: &Describer, description: &str) -> Result<Option<Embedding>> {
        // One at a time: the list and the filters of a window ask for the same at once.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(direction) = recall(&mut known, &describer.space, description) {
            return Ok(direction);
        }
        let texts = [describer.model.contract.sentence(description)];
        let described = self.pool.describe(&describer.model, &texts, &CancelToken::new(), &mut |_| ())?;
        let directions = described.map_err(|fault| Error::BadRequest(fault.message))?;
        let direction = directions.first().and_then(|direction| Embedding::new(&describer.space, direction));
        known.push_back((describer.space.clone(), description.to_owned(), direction.clone()));
        if known.len() > MAX_REMEMBERED_DESCRIPTIONS {
            known.pop_front();
        }
        Ok(direction)
    }
}

fn recall(known: &mut Known, space: &str, description: &str) -> Option<Option<Embedding>> {
    let at = known.iter().position(|(of, text, _)| of == space && text == description)?;
    let found = known.remove(at)?;
    known.push_back(found.clone());
    Some(found.2)
}

impl Service {
    /// What a search asks for. Descriptions in it are understood if a model is here for that; else they find nothing.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub(crate) async fn asked(&self, text: &str) -> Result<Asked> {
        let query = Query::parse(text);
        if query.descriptions().is_empty() {
            return Ok(Asked { query, problem: None });
        }
        self.blocking(move |service| service.described(query)).await
    }

    fn described(&self, mut query: Query) -> Result<Asked> {
        let Some(describer) = self.models_shelf().describer(&self.current_settings()?.models) else {
            return Ok(Asked { query, problem: Some(self.models_shelf().why_no_describer()) });
        };
        let mut problem = None;
        let descriptions: Vec<String> = query.descriptions().into_iter().map(str::to_owned).collect();
        for description in descriptions {
            match self.describing().describe(&describer, &description) {
                Ok(Some(direction)) => query.describe(&description, direction, describer.model.contract.least),
                Ok(None) => problem = Some(format!("The model makes nothing of “{description}”.")),
                Err(error) => {
                    tracing::warn!(%error, "a search by a description failed");
                    problem = Some(format!("“{description}” could not be understood: {error}"));
                }
            }
        }
        let is_looked_at =
            self.database().read_blocking(|c| Ok(legible_library::has_embeddings(c, &describer.space)?))?;
        let waits = || "No photo has been looked at for this yet: that goes on in the background.".to_owned();
        let problem = problem.or_else(|| (!is_looked_at).then(waits));
        Ok(Asked { query, problem })
    }
}
