//! Google Drive, Dropbox and OneDrive in the memory of a test, so that clients of them run unchanged and nothing leaves the machine.
//!
//! [`Clouds::start`] begins all three behind one proxy on loopback. A client keeps the addresses of the providers and is given
//! `HTTPS_PROXY` ([`Clouds::proxy`]) and whom to trust (`SSL_CERT_FILE` or `--ca-cert`: [`Clouds::ca_file`]; in the process itself:
//! [`Clouds::ca_der`]). The proxy refuses every host that is not one of the fakes'.
//!
//! A test holds each fake as a [`Fake`]: it signs somebody in ([`Fake::grant`]), is another client ([`Fake::put`], [`Fake::files`]),
//! orders what goes wrong ([`Fake::fault`]), is the person's browser ([`Clouds::browse`]), and looks at what was asked ([`Fake::log`]). The fakes are strict: what a provider
//! refuses, they refuse in its words. That they are like the providers is checked by rclone, unmodified, in `tests/rclone`.
//!
//! For a person: `cargo run -p legible-cloud-fakes --example serve`.

mod browser;
mod clock;
mod drive;
mod dropbox;
mod fake;
mod faults;
mod hash;
mod log;
mod onedrive;
mod proxy;
mod serve;
mod tls;
mod tokens;
mod web;

pub use drive::{Drive, DriveAccount};
pub use dropbox::{Dropbox, DropboxAccount};
pub use fake::{Fake, Provider};
pub use faults::Fault;
pub use log::{Entry, bytes};
pub use onedrive::{OneDrive, OneDriveAccount};
pub use tokens::Grant;

use proxy::Proxy;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::NamedTempFile;
use tls::Authority;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The providers, until this is dropped.
pub struct Clouds {
    /// Google Drive.
    pub drive: Drive,
    /// Dropbox.
    pub dropbox: Dropbox,
    /// OneDrive.
    pub onedrive: OneDrive,
    proxy: String,
    authority: Authority,
    ca_file: NamedTempFile,
    refused: Arc<Mutex<Vec<String>>>,
    runtime: Option<Runtime>,
}

impl Clouds {
    /// Starts them, empty, with an authority of their own, on a free port.
    ///
    /// # Errors
    /// When there is no port, no thread or no file to be had.
    pub fn start() -> io::Result<Self> {
        let (drive, dropbox, onedrive) = (drive::new(), dropbox::new(), onedrive::new());
        let fakes = vec![drive.any(), dropbox.any(), onedrive.any()];
        let hosts =
            fakes.iter().flat_map(|fake| fake.lock().hosts().iter().map(|host| (*host).to_owned()).collect::<Vec<_>>());
        let authority = Authority::for_hosts(hosts.collect());
        let mut ca_file = tempfile::Builder::new().prefix("legible-fakes-").suffix(".pem").tempfile()?;
        ca_file.write_all(authority.pem().as_bytes())?;
        ca_file.flush()?;

        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("cloud-fakes").enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let proxy = format!("http://{}", listener.local_addr()?);
        let refused = Arc::<Mutex<Vec<String>>>::default();
        let shared = Proxy { fakes: Arc::new(fakes), tls: authority.server.clone(), refused: refused.clone() };
        runtime.spawn(proxy::listen(listener, shared));
        Ok(Clouds { drive, dropbox, onedrive, proxy, authority, ca_file, refused, runtime: Some(runtime) })
    }

    /// The address of the proxy: `http://127.0.0.1:PORT`.
    pub fn proxy(&self) -> &str {
        &self.proxy
    }

    /// A file with the certificate of the authority that clients are to trust, in PEM.
    pub fn ca_file(&self) -> &Path {
        self.ca_file.path()
    }

    /// The same certificate in DER.
    pub fn ca_der(&self) -> &[u8] {
        &self.authority.certificate
    }

    /// What clients wanted of the proxy and did not get, since it is of no fake: first lines of requests.
    pub fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Clouds {
    fn drop(&mut self) {
        // Connections may be in the middle of a silence.
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}
