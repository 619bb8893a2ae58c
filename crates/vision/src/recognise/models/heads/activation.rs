//! What makes numbers from 0 to 1 out of a model's.

use legible_reading::recognition::contract::Activation;

/// The numbers of one row as probabilities. Without an activation they must be that already, give or take rounding.
pub fn activated(row: &[f32], activation: Activation) -> Vec<f32> {
    match activation {
        Activation::None => row.iter().map(|value| value.clamp(0.0, 1.0)).collect(),
        Activation::Sigmoid => row.iter().map(|value| sigmoid(*value)).collect(),
        Activation::Softmax => {
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let powers: Vec<f32> = row.iter().map(|value| (value - largest).exp()).collect();
            let sum: f32 = powers.iter().sum();
            powers.into_iter().map(|power| power / sum).collect()
        }
    }
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_probabilities() {
        let check = |row: &[f32], activation, expected: &[f32]| {
            let told = activated(row, activation);
            let near = told.iter().zip(expected).all(|(told, expected)| (told - expected).abs() < 1e-4);
            assert!(near && told.len() == expected.len(), "{row:?} {activation:?}: {told:?}");
        };
        check(&[0.25, 1.000_001, -0.000_001], Activation::None, &[0.25, 1.0, 0.0]);
        check(&[0.0, 2.0, -2.0, 1e9, -1e9], Activation::Sigmoid, &[0.5, 0.8808, 0.1192, 1.0, 0.0]);
        check(&[1.0, 1.0], Activation::Softmax, &[0.5, 0.5]);
        check(&[3e38, -3e38], Activation::Softmax, &[1.0, 0.0]);
        check(&[0.0, 1.0, 2.0], Activation::Softmax, &[0.09, 0.2447, 0.6652]);
    }
}
