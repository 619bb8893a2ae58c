//! Where descriptions lie by a model of text: `describe MODEL.onnx TEXT…`, one line of JSON for each, with the time of
//! the median of nine runs on one thread. `tools/reference-outputs/clip.py` compares that with onnxruntime.

use std::sync::Arc;
use std::time::Instant;

use legible_reading::recognition::contract::{OutputName, TextContract, Tokens};
use legible_vision::describe::TextTower;
use rten::ThreadPool;

const RUNS: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("usage: describe MODEL.onnx TEXT…")?;
    let contract = TextContract {
        of: "image".into(),
        tokens: Tokens::Clip,
        input: "input_ids".into(),
        output: OutputName::Name("text_embeds".into()),
        prompt: "{}".into(),
        least: 0.0,
    };
    let tower = TextTower::load(std::fs::read(file)?, &contract, Arc::new(ThreadPool::with_num_threads(1)))?;
    for text in args {
        let direction = tower.describe(&text)?;
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let start = Instant::now();
            tower.describe(&text)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        println!("{}", serde_json::json!({ "text": text, "direction": direction, "milliseconds": times[RUNS / 2] }));
    }
    Ok(())
}
