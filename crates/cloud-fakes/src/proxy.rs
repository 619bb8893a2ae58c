//! A proxy on loopback that lets through to the fakes, and to nothing else: `CONNECT` (RFC 9110, section 9.3.6), then TLS.

use crate::serve::{Cut, Fakes, Wire, serve};
use rustls::ServerConfig;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Most bytes of the head of a request to the proxy.
const MOST_HEAD: usize = 8 << 10;

/// What all connections share.
pub struct Proxy {
    pub fakes: Fakes,
    pub tls: Arc<ServerConfig>,
    pub refused: Arc<Mutex<Vec<String>>>,
}

/// Takes connections for ever.
pub async fn listen(listener: TcpListener, proxy: Proxy) {
    let proxy = Arc::new(proxy);
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(connected(stream, proxy.clone()));
        }
    }
}

async fn connected(mut stream: TcpStream, proxy: Arc<Proxy>) {
    let Some(line) = head(&mut stream).await else { return };
    let target = line.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let host = target.strip_suffix(":443").unwrap_or_default().to_ascii_lowercase();
    if !proxy.fakes.iter().any(|fake| fake.lock().hosts().contains(&host.as_str())) {
        proxy.refused.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        return;
    }
    if stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_err() {
        return;
    }
    let cut = Cut::default();
    if let Ok(stream) = TlsAcceptor::from(proxy.tls.clone()).accept(Wire::new(stream, cut.clone())).await {
        serve(stream, cut, proxy.fakes.clone()).await;
    }
}

/// The first line of a head, when all of it is read. A client sends nothing more before it is answered.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > MOST_HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    head.lines().next().map(str::to_owned)
}
