//! A model on `rten`: its file, its contract and the names of its classes.

use std::sync::Arc;

use image::RgbImage;
use legible_reading::recognition::contract::Contract;
use rten::{NodeId, ThreadPool};

use super::input::{Placement, picture};
use super::names::Vocabulary;
use super::network::{Answer, Network};
use super::{ModelError, Recogniser, Seen, heads};

/// A loaded model.
pub struct OnnxModel {
    network: Network,
    contract: Contract,
    vocabulary: Vocabulary,
    outputs: Vec<NodeId>,
}

/// Loads the model in an ONNX `file`. `vocabulary` has the names of its classes, none where the contract needs none; it
/// runs on the threads of `pool`.
///
/// # Errors
/// [`ModelError`]. Whether its answers fit the contract shows only when it looks at an image: see [`super::check()`].
pub fn load(
    file: Vec<u8>,
    contract: &Contract,
    vocabulary: impl Into<Vocabulary>,
    pool: Arc<ThreadPool>,
) -> Result<OnnxModel, ModelError> {
    contract.validate()?;
    let vocabulary = vocabulary.into();
    if contract.needs_labels() && vocabulary.names.is_empty() {
        return Err(ModelError::Labels("is missing: this kind of model needs the names of its classes".into()));
    }
    let network = Network::load(file, &contract.input, pool)?;
    let outputs = network.outputs(&heads::outputs(&contract.outputs))?;
    Ok(OnnxModel { network, contract: contract.clone(), vocabulary, outputs })
}

impl OnnxModel {
    /// What it answers to an image, before that is made sense of: the outputs that its contract names.
    ///
    /// # Errors
    /// [`ModelError::Run`], [`ModelError::Output`].
    pub fn answers(&self, image: &RgbImage) -> Result<Vec<Answer>, ModelError> {
        self.network.run(picture(image, &self.contract.input), &self.outputs)
    }

    /// What [`OnnxModel::answers`] say of an image of these sides.
    ///
    /// # Errors
    /// [`ModelError::Output`].
    pub fn understand(&self, sides: (u32, u32), answers: &[Answer]) -> Result<Seen, ModelError> {
        heads::understand(&self.contract, &self.vocabulary, answers, &Placement::of(&self.contract.input, sides))
    }
}

impl Recogniser for OnnxModel {
    fn look(&self, image: &RgbImage) -> Result<Seen, ModelError> {
        self.understand(image.dimensions(), &self.answers(image)?)
    }
}
