//! What a model makes of an image's looks: a direction, near that of images that show something alike.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

/// A direction in the space of one model, each number rounded to one of 255 steps. In JSON its numbers are base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Embedding {
    /// The model and its version: directions of different models have nothing to do with each other.
    pub model: String,
    values: Vec<i8>,
}

impl Embedding {
    /// Most numbers of an embedding.
    pub const MAX_VALUES: usize = 4_096;

    /// The direction of a vector; `None` where it has none: no numbers or too many, only zeros, or one that is not finite.
    /// The rounding moves [`Embedding::similarity`] by less than 0.01.
    pub fn new(model: &str, vector: &[f32]) -> Option<Self> {
        let largest = vector.iter().map(|value| value.abs()).fold(0.0, f32::max);
        let usable = vector.iter().all(|value| value.is_finite()) && largest > f32::MIN_POSITIVE;
        if !usable || vector.len() > Self::MAX_VALUES {
            return None;
        }
        let values = vector.iter().map(|value| (value / largest * 127.0).round() as i8).collect();
        Some(Embedding { model: model.to_string(), values })
    }

    /// The direction that [`Embedding::values`] told; `None` where these are none.
    pub fn from_values(model: &str, values: Vec<i8>) -> Option<Self> {
        let usable = values.len() <= Self::MAX_VALUES && values.iter().any(|value| *value != 0);
        usable.then(|| Embedding { model: model.to_string(), values })
    }

    /// The numbers, −127 to 127, of which at least one is not 0. Only their proportions count.
    pub fn values(&self) -> &[i8] {
        &self.values
    }

    /// The cosine of the angle between two directions, −1 to 1, more for images that show something more alike; `None`
    /// between different models.
    pub fn similarity(&self, other: &Embedding) -> Option<f32> {
        if self.model != other.model || self.values.len() != other.values.len() {
            return None;
        }
        let dot = |a: &[i8], b: &[i8]| -> i32 { a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum() };
        let lengths =
            (dot(&self.values, &self.values) as f32).sqrt() * (dot(&other.values, &other.values) as f32).sqrt();
        Some((dot(&self.values, &other.values) as f32 / lengths).clamp(-1.0, 1.0))
    }
}

/// An embedding as JSON.
#[derive(Serialize, Deserialize)]
struct Written {
    model: String,
    values: String,
}

/// A text that should be the numbers of an embedding is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an embedding is base64 of 1 to 4096 signed bytes, not all of them 0")]
pub struct NotAnEmbedding;

impl From<Embedding> for Written {
    fn from(embedding: Embedding) -> Self {
        let bytes: Vec<u8> = embedding.values.iter().map(|value| value.cast_unsigned()).collect();
        Written { model: embedding.model, values: BASE64.encode(bytes) }
    }
}

impl TryFrom<Written> for Embedding {
    type Error = NotAnEmbedding;

    fn try_from(written: Written) -> Result<Self, NotAnEmbedding> {
        let bytes = BASE64.decode(written.values).map_err(|_| NotAnEmbedding)?;
        let values = bytes.into_iter().map(u8::cast_signed).collect();
        Embedding::from_values(&written.model, values).ok_or(NotAnEmbedding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_the_cosine() {
        let check = |a: &[f32], b: &[f32], expected: Option<f32>| {
            let (a, b) = (Embedding::new("m", a).unwrap(), Embedding::new("m", b).unwrap());
            let told = a.similarity(&b);
            let near = told.zip(expected).map_or(told == expected, |(told, expected)| (told - expected).abs() < 0.01);
            assert!(near, "{a:?} {b:?}: {told:?}");
        };
        check(&[1.0, 0.0], &[7.0, 0.0], Some(1.0));
        check(&[1.0, 0.0], &[0.0, 0.001], Some(0.0));
        check(&[1.0, 0.0], &[-2.0, 0.0], Some(-1.0));
        check(&[1.0, 0.0], &[1.0, 1.0], Some(std::f32::consts::FRAC_1_SQRT_2));
        check(&[1.0, 0.0], &[1.0, 0.0, 0.0], None);
    }

    #[test]
    fn rounding_moves_similarity_by_little() {
        let mut state = 7u32;
        let mut number = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        for size in [8, 128, 1280] {
            let (a, noise): (Vec<f32>, Vec<f32>) = (0..size).map(|_| (number(), number())).unzip();
            let b: Vec<f32> = a.iter().zip(&noise).map(|(a, n)| a + 0.5 * n).collect();
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let exact = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt();
            let told = Embedding::new("m", &a).unwrap().similarity(&Embedding::new("m", &b).unwrap()).unwrap();
            assert!((0.7..0.97).contains(&exact) && (told - exact).abs() < 0.01, "{size}: {told} {exact}");
        }
    }

    #[test]
    fn models_are_not_compared() {
        let (a, b) = (Embedding::new("m 1", &[1.0]).unwrap(), Embedding::new("m 2", &[1.0]).unwrap());
        assert_eq!((a.similarity(&b), a.similarity(&a)), (None, Some(1.0)));
    }

    #[test]
    fn what_has_no_direction_is_no_embedding() {
        for vector in [&[][..], &[0.0, 0.0], &[1.0, f32::NAN], &[f32::INFINITY, 0.0], &[1.0; 4_097]] {
            assert_eq!(Embedding::new("m", vector), None);
        }
    }

    #[test]
    fn numbers_are_base64_in_json() {
        let embedding = Embedding::new("m", &[1.0, 0.0, -1.0]).unwrap();
        let json = r#"{"model":"m","values":"fwCB"}"#;
        assert_eq!(serde_json::to_string(&embedding).unwrap(), json);
        assert_eq!(serde_json::from_str::<Embedding>(json).unwrap(), embedding);
        for values in ["", "AAAA", "fw", "f!CB", &"f".repeat(4 * 1_366)] {
            let json = format!(r#"{{"model": "m", "values": "{values}"}}"#);
            assert!(serde_json::from_str::<Embedding>(&json).is_err(), "{values}");
        }
    }
}
