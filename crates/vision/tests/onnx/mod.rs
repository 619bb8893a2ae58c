//! A writer of small ONNX files: enough of its protobuf messages (onnx.proto of the ONNX project, format version 8, operators of
//! version 13) for graphs of constants and a few operators.

#![allow(dead_code, reason = "each test program uses its share")]

/// An ONNX file that grows.
#[derive(Default)]
pub struct Graph {
    nodes: Vec<Vec<u8>>,
    constants: Vec<Vec<u8>>,
    inputs: Vec<Vec<u8>>,
    outputs: Vec<Vec<u8>>,
}

/// Numbers in an ONNX file.
pub enum Numbers<'a> {
    Floats(&'a [f32]),
    Integers(&'a [i64]),
}

const FLOAT: u64 = 1;
const INT64: u64 = 7;
const UINT8: u64 = 2;

impl Graph {
    /// A graph that takes a picture of float numbers as `picture`.
    pub fn new(shape: &[u64]) -> Self {
        Graph::default().input("picture", FLOAT, shape)
    }

    /// One that takes bytes.
    pub fn of_bytes(shape: &[u64]) -> Self {
        Graph::default().input("picture", UINT8, shape)
    }

    /// One that takes tokens, any number of them, as `input_ids`.
    pub fn of_tokens() -> Self {
        Graph::default().input("input_ids", INT64, &[])
    }

    pub fn and_input(self, name: &str, shape: &[u64]) -> Self {
        self.input(name, FLOAT, shape)
    }

    fn input(mut self, name: &str, kind: u64, shape: &[u64]) -> Self {
        self.inputs.push(value_info(name, kind, shape));
        self
    }

    pub fn output(mut self, name: &str) -> Self {
        self.outputs.push(value_info(name, FLOAT, &[]));
        self
    }

    pub fn constant(mut self, name: &str, shape: &[u64], numbers: Numbers) -> Self {
        let (kind, raw) = match numbers {
            Numbers::Floats(floats) => (FLOAT, floats.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>()),
            Numbers::Integers(integers) => (INT64, integers.iter().flat_map(|n| n.to_le_bytes()).collect()),
        };
        let dims = shape.iter().flat_map(|&side| integer(1, side));
        self.constants
            .push(dims.chain(integer(2, kind)).chain(bytes(8, name.as_bytes())).chain(bytes(9, &raw)).collect());
        self
    }

    /// An operator with attributes that are integers, or one list of them.
    pub fn node(mut self, operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, &[i64])]) -> Self {
        let inputs = inputs.iter().flat_map(|name| bytes(1, name.as_bytes()));
        let named = inputs.chain(bytes(2, output.as_bytes())).chain(bytes(4, operator.as_bytes()));
        let attribute = |(name, values): &(&str, &[i64])| {
            const INTEGER: u64 = 2;
            const INTEGERS: u64 = 7;
            let list = values.len() != 1;
            let field = if list { 8 } else { 3 };
            let values = values.iter().flat_map(|value| integer(field, value.cast_unsigned()));
            let kind = integer(20, if list { INTEGERS } else { INTEGER });
            bytes(5, &bytes(1, name.as_bytes()).into_iter().chain(values).chain(kind).collect::<Vec<u8>>())
        };
        self.nodes.push(named.chain(attributes.iter().flat_map(attribute)).collect());
        self
    }

    /// The file.
    pub fn file(&self) -> Vec<u8> {
        let part = |field, all: &[Vec<u8>]| all.iter().flat_map(|one| bytes(field, one)).collect::<Vec<u8>>();
        let graph = [
            part(1, &self.nodes),
            bytes(2, b"test"),
            part(5, &self.constants),
            part(11, &self.inputs),
            part(12, &self.outputs),
        ];
        let operators = integer(2, 13);
        [integer(1, 8), bytes(7, &graph.concat()), bytes(8, &operators)].concat()
    }
}

/// A name with a type; no shape where it has no sides.
fn value_info(name: &str, kind: u64, shape: &[u64]) -> Vec<u8> {
    let sides = shape.iter().flat_map(|&side| bytes(1, &integer(1, side))).collect::<Vec<u8>>();
    let shape = if shape.is_empty() { Vec::new() } else { bytes(2, &sides) };
    let tensor = [integer(1, kind), shape].concat();
    [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
}

fn integer(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut written = Vec::new();
    while value >= 0x80 {
        written.push(value as u8 | 0x80);
        value >>= 7;
    }
    written.push(value as u8);
    written
}

/// A classifier of pictures of 4 × 4 pixels in three classes: how red, green and blue they are on the mean, 0 to 1, out of 255.
pub fn colours() -> Graph {
    Graph::new(&[1, 3, 4, 4])
        .node("GlobalAveragePool", &["picture"], "mean", &[])
        .node("Flatten", &["mean"], "flat", &[("axis", &[1])])
        .constant("most", &[1], Numbers::Floats(&[255.0]))
        .node("Div", &["flat", "most"], "classes", &[])
        .output("classes")
}

/// The contract of [`colours`].
pub const COLOURS: &str = r#"
part = "labels"
labels = "colours.txt"
threshold = 0.3
input = { width = 4, height = 4, fit = { kind = "stretch" } }
outputs.classes = { output = "classes", activation = "none" }
"#;

/// The token that CLIP has for each of these words.
pub const RED: i64 = 736;
pub const GREEN: i64 = 1901;
pub const BLUE: i64 = 1746;

/// A model of text for the space of [`colours`]: whether a description has the words red, green and blue, by their tokens in CLIP.
pub fn colour_words() -> Graph {
    Graph::of_tokens()
        .constant("any", &[4], Numbers::Integers(&[1, 1, -1, 1]))
        .constant("words", &[1, 3, 1, 1], Numbers::Integers(&[RED, GREEN, BLUE]))
        .node("Reshape", &["input_ids", "any"], "tokens", &[])
        .node("Equal", &["tokens", "words"], "is", &[])
        .node("Cast", &["is"], "ones", &[("to", &[1])])
        .node("ReduceMax", &["ones"], "has", &[("axes", &[2, 3]), ("keepdims", &[0])])
        .output("has")
}
