//! Listens to the service's events on its socket, run after run, as the window of another process does.

use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it waits before it looks for the next run's socket.
const AGAIN: Duration = Duration::from_millis(5);

/// Counts how often the end of each group is told.
pub struct Listener {
    ended: Arc<Mutex<HashMap<i64, u32>>>,
    stop: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens at this socket, whoever serves it.
    pub fn at(socket: PathBuf) -> Self {
        let (ended, stop) = (Arc::<Mutex<HashMap<i64, u32>>>::default(), Arc::<AtomicBool>::default());
        let listening = std::thread::spawn({
            let (ended, stop) = (Arc::clone(&ended), Arc::clone(&stop));
            move || {
                while !stop.load(Ordering::SeqCst) {
                    if let Ok(stream) = UnixStream::connect(&socket) {
                        BufReader::new(stream).lines().map_while(Result::ok).for_each(|line| count(&line, &ended));
                    }
                    std::thread::sleep(AGAIN);
                }
            }
        });
        Listener { ended, stop, listening: Some(listening) }
    }

    /// How often the end of each group was told. Call it when the service has ended.
    pub fn groups_ended(mut self) -> HashMap<i64, u32> {
        self.stop.store(true, Ordering::SeqCst);
        self.listening.take().unwrap().join().unwrap();
        self.ended.lock().unwrap().clone()
    }
}

fn count(line: &str, ended: &Mutex<HashMap<i64, u32>>) {
    let event: Value = serde_json::from_str(line).unwrap_or_default();
    if event["type"] == "group_ended" {
        *ended.lock().unwrap().entry(event["group"]["id"].as_i64().unwrap()).or_default() += 1;
    }
}
