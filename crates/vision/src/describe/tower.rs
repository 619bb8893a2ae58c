//! A model of text, loaded.

use std::sync::Arc;

use legible_reading::recognition::Embedding;
use legible_reading::recognition::contract::{TextContract, Tokens};
use rten::{Model, NodeId, ThreadPool};
use rten_tensor::NdTensor;

use super::tokens::ClipTokens;
use crate::recognise::models::{ModelError, network};

/// The input that some models take besides, to know which tokens count: all.
const MASK: &str = "attention_mask";

/// A loaded model of text.
pub struct TextTower {
    model: Model,
    tokens: NodeId,
    mask: Option<NodeId>,
    output: NodeId,
    encoding: ClipTokens,
    pool: Arc<ThreadPool>,
}

impl TextTower {
    /// Loads the model in an ONNX `file`, to run on the threads of `pool`.
    ///
    /// # Errors
    /// [`ModelError`] when it is none, or takes and answers something else than `contract` says.
    pub fn load(file: Vec<u8>, contract: &TextContract, pool: Arc<ThreadPool>) -> Result<Self, ModelError> {
        contract.validate()?;
        let model = network::open(file)?;
        let named = |wanted: &str| model.input_ids().iter().copied().find(|&id| network::name(&model, id) == wanted);
        let (tokens, mask) = (named(&contract.input), named(MASK));
        let has: Vec<&str> = model.input_ids().iter().map(|&id| network::name(&model, id)).collect();
        let Some(tokens) = tokens.filter(|_| has.len() == 1 + usize::from(mask.is_some())) else {
            let (wanted, has) = (&contract.input, network::listed(&has));
            return Err(ModelError::Input(format!("it should take “{wanted}” and takes {has}")));
        };
        let output = network::outputs(&model, std::slice::from_ref(&contract.output))?;
        let [output] = output[..] else { return Err(ModelError::Output("it has no output".into())) };
        let Tokens::Clip = contract.tokens;
        let encoding = ClipTokens::new().ok_or_else(|| ModelError::Run("its words are damaged".into()))?;
        Ok(TextTower { model, tokens, mask, output, encoding, pool })
    }

    /// The direction of a description.
    ///
    /// # Errors
    /// [`ModelError::Run`], [`ModelError::Output`].
    pub fn describe(&self, description: &str) -> Result<Vec<f32>, ModelError> {
        let tokens = self.encoding.of(description);
        let tokens = tokens.ok_or_else(|| ModelError::Run("the description is no text for it".into()))?;
        let shape = [1, tokens.len()];
        let ones = NdTensor::<i32, 2>::full(shape, 1);
        let tokens = NdTensor::<i32, 2>::from_data(shape, tokens);
        let inputs = [(self.tokens, tokens.into())].into_iter();
        let inputs = inputs.chain(self.mask.map(|mask| (mask, ones.into()))).collect();
        let answers = network::run(&self.model, inputs, &[self.output], &self.pool)?;
        let [answer] = &answers[..] else { return Err(ModelError::Output("it gave no answer".into())) };
        match answer.shape[..] {
            [1, numbers] if (1..=Embedding::MAX_VALUES).contains(&numbers) => Ok(answer.values.clone()),
            _ => Err(answer.misshapen(&format!("1 × at most {} numbers", Embedding::MAX_VALUES))),
        }
    }
}
