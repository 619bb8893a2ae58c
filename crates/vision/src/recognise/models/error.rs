//! What can be wrong with a model, in words for who installed it or made it.

use legible_reading::recognition::contract::ContractError;

/// Why a model cannot be used, or gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// One of its files is in none of the models directories.
    #[error("the file {file} of the model is not installed: install the model again")]
    Missing {
        /// The file, as it was named.
        file: String,
    },
    /// A file is there and may not be read: it came after this process had given up its rights, or its own forbid it.
    #[error("the file {file} of the model may not be read: install the model again")]
    Denied {
        /// The file, as it was named.
        file: String,
    },
    /// A file is there and cannot be read, or is no file that may be read.
    #[error("the file {file} of the model cannot be used: {detail}")]
    File {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The contract makes no sense.
    #[error("the contract makes no sense: {0}")]
    Contract(#[from] ContractError),
    /// The file is no ONNX model, or one that cannot be run here.
    #[error("{0}")]
    Unusable(String),
    /// The label file is no list of names.
    #[error("the label file {0}")]
    Labels(String),
    /// The model takes something else than the contract says.
    #[error("the model and its contract do not fit: {0}")]
    Input(String),
    /// The model answers something else than the contract says.
    #[error("the model and its contract do not fit: {0}")]
    Output(String),
    /// The model takes too long.
    #[error("{0}")]
    Slow(String),
    /// The model failed while it ran.
    #[error("the model failed while it ran: {0}")]
    Run(String),
}
