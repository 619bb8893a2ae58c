//! What is agreed about a model of text: how a description goes in, and whose directions come out.

use serde::{Deserialize, Serialize};

use super::{ContractError, OutputName, wrong};

/// What stands in a prompt for the name that is described.
pub const NAME: &str = "{}";

/// The contract of a model that makes of a description a direction near those that another model makes of images that look so
/// (CLIP, Radford et al. 2021, arXiv 2103.00020).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextContract {
    /// The id of the model that makes embeddings of images in the same space.
    pub of: String,
    /// How a text becomes numbers.
    pub tokens: Tokens,
    /// The name of the input that takes them, of integers and shape `[1, tokens]`. A second input `attention_mask` of the same
    /// shape gets ones.
    pub input: String,
    /// Which output is the direction, of shape `[1, numbers]`.
    pub output: OutputName,
    /// The sentence that a label is put in before it is described, with `{}` for the label.
    pub prompt: String,
    /// An image whose embedding has a smaller cosine with that of a description, 0 to 1, does not look as described.
    pub least: f32,
}

/// How a text becomes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tokens {
    /// The byte pair encoding of CLIP, lower case, at most 77 tokens with one at the beginning and one at the end.
    Clip,
}

impl TextContract {
    /// Whether all of it makes sense together.
    ///
    /// # Errors
    /// The first field that does not, and what to do.
    pub fn validate(&self) -> Result<(), ContractError> {
        if self.of.is_empty() {
            return Err(wrong("text.of", "must be the id of the model that looks at images"));
        }
        if self.prompt.matches(NAME).count() != 1 {
            return Err(wrong("text.prompt", "must have {} in it once, where the name goes"));
        }
        if !(0.0..1.0).contains(&self.least) {
            return Err(wrong("text.least", "must be a number from 0 to below 1"));
        }
        Ok(())
    }

    /// The sentence that describes what is called so.
    pub fn sentence(&self, name: &str) -> String {
        self.prompt.replacen(NAME, name, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_said() {
        let good = TextContract {
            of: "clip-image".into(),
            tokens: Tokens::Clip,
            input: "input_ids".into(),
            output: OutputName::Name("text_embeds".into()),
            prompt: "a photo of {}".into(),
            least: 0.2,
        };
        let check = |contract: &TextContract, expected: Option<&str>| {
            assert_eq!(contract.validate().map_err(|error| error.field).err().as_deref(), expected, "{contract:?}");
        };
        check(&good, None);
        check(&TextContract { of: String::new(), ..good.clone() }, Some("text.of"));
        check(&TextContract { prompt: "a photo".into(), ..good.clone() }, Some("text.prompt"));
        check(&TextContract { prompt: "{} {}".into(), ..good.clone() }, Some("text.prompt"));
        check(&TextContract { least: 1.0, ..good.clone() }, Some("text.least"));
        check(&TextContract { least: f32::NAN, ..good.clone() }, Some("text.least"));
        assert_eq!(good.sentence("a dog"), "a photo of a dog");
    }
}
