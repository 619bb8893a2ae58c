//! A client of the fakes that hides nothing: no redirects followed, nothing tried again.

use legible_cloud_fakes::Clouds;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Method, Proxy};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

pub struct Client {
    pub runtime: Runtime,
    http: reqwest::Client,
    token: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Says that it is what was expected.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

impl Client {
    /// One that trusts the authority of the fakes.
    pub fn new(clouds: &Clouds) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(clouds.ca_der().to_vec())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let tls = config.with_root_certificates(roots).with_no_client_auth();
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none());
        let http = http.proxy(Proxy::https(clouds.proxy()).unwrap()).build().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Client { runtime, http, token: None }
    }

    /// The same with an access token.
    pub fn with(self, token: &str) -> Self {
        Client { token: Some(token.to_owned()), ..self }
    }

    pub fn request(&self, method: &str, url: &str, headers: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut request = self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    /// Asks, which may fail.
    pub fn try_ask(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> reqwest::Result<Reply> {
        let request = self.request(method, url, headers).body(body.to_vec());
        self.runtime.block_on(async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Reply { status, headers, body: response.bytes().await?.to_vec() })
        })
    }

    #[track_caller]
    pub fn ask(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_ask(method, url, headers, body).unwrap()
    }

    /// Asks with a body of JSON.
    #[track_caller]
    pub fn tell(&self, method: &str, url: &str, body: &Value) -> Reply {
        self.ask(method, url, &[("content-type", "application/json")], body.to_string().as_bytes())
    }
}
