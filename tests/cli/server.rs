//! A web server on this computer that takes what is pushed to it and answers as a test says.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// The server. It serves until the test program ends.
pub struct Server {
    port: u16,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    /// Answers with these statuses one after the other, then with 200.
    pub fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, taken) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<Value>>>::default());
        let (statuses, told) = (statuses.to_vec(), Arc::clone(&taken));
        std::thread::spawn(move || {
            for (index, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let mut reader = BufReader::new(stream);
                let headers: Vec<String> =
                    reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                let length = headers.iter().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
                });
                let mut body = vec![0; length.unwrap_or(0)];
                reader.read_exact(&mut body).unwrap();
                told.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
                let status = statuses.get(index).unwrap_or(&200);
                let answer = format!("HTTP/1.1 {status} .\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                reader.into_inner().write_all(answer.as_bytes()).unwrap();
            }
        });
        Server { port, taken }
    }

    /// An address on it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook/secret", self.port)
    }

    /// What was pushed so far.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap().clone()
    }
}
