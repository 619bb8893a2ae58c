//! Certificates that nobody vouches for.

use crate::world::{World, urls};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_for_good() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let url = format!("https://localhost:{}/a.png", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut tls = ServerConnection::new(config.clone()).unwrap();
            let _ = Stream::new(&mut tls, &mut stream).read(&mut [0; 1024]);
        }
    });
    let report = World::new().look(&urls(&[url])).unwrap();
    let reason = &report.reasons[0];
    assert_eq!((report.refused, reason.code, reason.may_pass), (1, "tls", false), "{reason:?}");
    assert!(reason.message.contains("localhost") && reason.message.contains("certificate"), "{reason:?}");
}

#[test]
fn a_server_without_tls_is_no_safe_one() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://localhost:{}/a.png", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let report = World::new().look(&urls(&[url])).unwrap();
    assert_eq!((report.refused, report.reasons[0].code), (1, "tls"), "{:?}", report.reasons);
}
