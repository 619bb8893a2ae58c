//! One ONNX file: loaded, fed with a picture, and its answers as plain numbers. What `rten` says is put into words for who
//! made or chose the model.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use legible_reading::recognition::contract::{Input, Layout, OutputName};
use rten::{DataType, Dimension, Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueType};
use rten_tensor::{Layout as _, NdTensor, Tensor};

use super::ModelError;
use crate::limits::MAX_ANSWER_VALUES;
use crate::ppocr::panic_message;

/// A loaded file that takes one picture.
pub struct Network {
    model: Model,
    input: NodeId,
    shape: [usize; 4],
    pool: Arc<ThreadPool>,
}

/// One answer of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the contract calls it.
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// All of its numbers, each finite, row by row.
    pub values: Vec<f32>,
}

impl Answer {
    /// Its rows of `columns` numbers; shape `[1, rows, columns]` or `[rows, columns]`.
    pub fn rows(&self, columns: usize) -> Result<std::slice::ChunksExact<'_, f32>, ModelError> {
        match *self.shape.as_slice() {
            [1, _, has] | [_, has] if has == columns && columns > 0 => Ok(self.values.chunks_exact(columns)),
            _ => Err(self.misshapen(&format!("1 × any × {columns}"))),
        }
    }

    /// That its dimensions are not those that the contract asks for.
    pub fn misshapen(&self, expected: &str) -> ModelError {
        let shape: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        ModelError::Output(format!("its output {} is {}, and should be {expected}", self.name, shape.join(" × ")))
    }
}

impl Network {
    /// Loads an ONNX file that takes what `input` says, to run on the threads of `pool`.
    ///
    /// # Errors
    /// [`ModelError::Unusable`] when it is none or cannot be run here, [`ModelError::Input`] when it takes something else.
    pub fn load(file: Vec<u8>, input: &Input, pool: Arc<ThreadPool>) -> Result<Self, ModelError> {
        let loaded = open(file)?;
        let shape = match input.layout {
            Layout::Nchw => [1, 3, input.height as usize, input.width as usize],
            Layout::Nhwc => [1, input.height as usize, input.width as usize, 3],
        };
        let node = find_input(&loaded, input.name.as_deref())?;
        check_input(&loaded, node, shape, input)?;
        Ok(Network { model: loaded, input: node, shape, pool })
    }

    /// The outputs of these names.
    ///
    /// # Errors
    /// [`ModelError::Output`] when it has no such.
    pub fn outputs(&self, names: &[OutputName]) -> Result<Vec<NodeId>, ModelError> {
        outputs(&self.model, names)
    }

    /// Runs it on what [`super::input::picture`] made.
    ///
    /// # Errors
    /// [`ModelError::Run`] when it fails, [`ModelError::Output`] when an answer is not made of finite numbers.
    pub fn run(&self, picture: Vec<f32>, outputs: &[NodeId]) -> Result<Vec<Answer>, ModelError> {
        let picture = NdTensor::<f32, 4>::try_from_data(self.shape, picture)
            .map_err(|error| ModelError::Run(format!("the picture has another size: {error}")))?;
        run(&self.model, vec![(self.input, picture.into())], outputs, &self.pool)
    }
}

/// The model in an ONNX file.
///
/// # Errors
/// [`ModelError::Unusable`] when it is none or cannot be run here.
pub fn open(file: Vec<u8>) -> Result<Model, ModelError> {
    // ONNX is a protobuf message that begins with its version; rten reads files of its own kind too.
    if file.first() != Some(&0x08) {
        return Err(ModelError::Unusable("the file is not an ONNX model".into()));
    }
    let loaded = catch_unwind(AssertUnwindSafe(|| Model::load(file)));
    let panicked = |panic: Box<dyn std::any::Any + Send>| ModelError::Unusable(panic_message(panic.as_ref()));
    loaded.map_err(panicked)?.map_err(|error| unusable(&error))
}

/// The outputs of a model of these names.
///
/// # Errors
/// [`ModelError::Output`] when it has no such.
pub fn outputs(model: &Model, names: &[OutputName]) -> Result<Vec<NodeId>, ModelError> {
    let ids = model.output_ids();
    let find = |wanted: &OutputName| match wanted {
        OutputName::Index(index) => ids.get(*index as usize).copied(),
        OutputName::Name(wanted) => ids.iter().copied().find(|&id| name(model, id) == wanted.as_str()),
    };
    let lacks = |wanted: &OutputName| {
        let has: Vec<&str> = ids.iter().map(|&id| name(model, id)).collect();
        ModelError::Output(format!("it has no output {wanted}; it has {}", listed(&has)))
    };
    names.iter().map(|name| find(name).ok_or_else(|| lacks(name))).collect()
}

/// Runs a model on what goes in, on the threads of a pool, and gives its answers in the order of `outputs`.
///
/// # Errors
/// [`ModelError::Run`] when it fails, [`ModelError::Output`] when an answer is not made of finite numbers.
pub fn run(
    model: &Model,
    inputs: Vec<(NodeId, ValueOrView<'_>)>,
    outputs: &[NodeId],
    pool: &Arc<ThreadPool>,
) -> Result<Vec<Answer>, ModelError> {
    let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
    // Two tables of a contract may read the same output, which rten tells but once.
    let mut once = outputs.to_vec();
    once.sort_unstable();
    once.dedup();
    let run = || model.run(inputs, &once, Some(options));
    // rten panics on some inconsistencies inside a model; a run leaves nothing behind that a panic could spoil.
    let values = catch_unwind(AssertUnwindSafe(run)).map_err(|panic| ModelError::Run(panic_message(panic.as_ref())))?;
    let values = values.map_err(|error| ModelError::Run(error.to_string()))?;
    let told = once.iter().zip(values).map(|(&id, value)| Ok((id, answer(name(model, id), value)?)));
    let told = told.collect::<Result<HashMap<NodeId, Answer>, ModelError>>()?;
    Ok(outputs.iter().filter_map(|id| told.get(id).cloned()).collect())
}

/// What a model calls an input or output.
pub fn name(model: &Model, id: NodeId) -> &str {
    model.node_info(id).and_then(|info| info.name()).unwrap_or("without a name")
}

fn unusable(error: &rten::LoadError) -> ModelError {
    use rten::LoadErrorKind as Kind;
    ModelError::Unusable(match error.kind() {
        Kind::ParseError | Kind::UnknownFileType => format!("the file is not an ONNX model, or a damaged one: {error}"),
        Kind::OperatorInvalid => format!("the model needs something that is not supported here: {error}"),
        Kind::ExternalDataError => {
            "the model keeps its numbers in a second file: save it as one file, without external data".into()
        }
        _ => format!("the model cannot be loaded: {error}"),
    })
}

/// The input for the picture, which must be the only one.
fn find_input(model: &Model, wanted: Option<&str>) -> Result<NodeId, ModelError> {
    let ids = model.input_ids();
    let names: Vec<&str> = ids.iter().map(|&id| name(model, id)).collect();
    let wrong = |what: String| Err(ModelError::Input(what));
    match (ids, wanted) {
        ([], _) => wrong("it takes no input".into()),
        ([id], None) => Ok(*id),
        ([id], Some(wanted)) if names[0] == wanted => Ok(*id),
        ([_], Some(wanted)) => wrong(format!("it has no input “{wanted}”; it has {}", listed(&names))),
        _ => wrong(format!("it takes {}, and only models that take nothing but a picture can be used", listed(&names))),
    }
}

fn check_input(model: &Model, id: NodeId, shape: [usize; 4], input: &Input) -> Result<(), ModelError> {
    let Some(info) = model.node_info(id) else { return Ok(()) };
    if let Some(other) = info.dtype().filter(|dtype| *dtype != ValueType::Tensor(DataType::Float)) {
        return Err(ModelError::Input(format!(
            "it takes {other}, and only models that take 32-bit floats can be used"
        )));
    }
    let Some(takes) = info.shape() else { return Ok(()) };
    let fits = |(takes, given): (&Dimension, usize)| match takes {
        Dimension::Fixed(takes) => *takes == given,
        Dimension::Symbolic(_) => true,
    };
    if takes.len() == 4 && takes.iter().zip(shape).all(fits) {
        return Ok(());
    }
    let takes: Vec<String> = takes.iter().map(dimension).collect();
    let given = shape.map(|side| side.to_string()).join(" × ");
    let (layout, fields) = match input.layout {
        Layout::Nchw => ("nchw", "image × colour × row × column"),
        Layout::Nhwc => ("nhwc", "image × row × column × colour"),
    };
    Err(ModelError::Input(format!(
        "it takes {}, and the contract gives {given} ({fields}): set `input.width`, `input.height` and `input.layout` \
         (now {layout}) to what it takes",
        takes.join(" × "),
    )))
}

fn dimension(dimension: &Dimension) -> String {
    match dimension {
        Dimension::Fixed(side) => side.to_string(),
        Dimension::Symbolic(_) => "any".into(),
    }
}

fn answer(name: &str, value: Value) -> Result<Answer, ModelError> {
    let name = format!("“{name}”");
    let tensor: Tensor<f32> = match value {
        Value::FloatTensor(tensor) => tensor,
        _ => return Err(ModelError::Output(format!("its output {name} is not made of 32-bit floats"))),
    };
    let shape = tensor.shape().to_vec();
    if tensor.len() > MAX_ANSWER_VALUES {
        let detail = format!("its output {name} has {} numbers, and {MAX_ANSWER_VALUES} is the most", tensor.len());
        return Err(ModelError::Output(detail));
    }
    let values = tensor.into_data();
    if values.iter().any(|value| !value.is_finite()) {
        return Err(ModelError::Output(format!("its output {name} has numbers that are infinite or none (NaN)")));
    }
    Ok(Answer { name, shape, values })
}

/// Names in a row for a person.
pub fn listed(names: &[&str]) -> String {
    const MOST: usize = 20;
    let more = if names.len() > MOST { " and more" } else { "" };
    let names: Vec<String> = names.iter().take(MOST).map(|name| format!("“{name}”")).collect();
    if names.is_empty() { "none".into() } else { format!("{}{more}", names.join(", ")) }
}
