//! A certificate authority of one test, and the certificate that it gives to all hosts of the fakes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

/// Letters in a line of PEM (RFC 7468).
const PEM_LINE: usize = 64;

/// Who a client is to trust, and what the hosts prove themselves with.
pub struct Authority {
    /// The certificate of the authority.
    pub certificate: CertificateDer<'static>,
    /// TLS of a host: HTTP/1.1 only.
    pub server: Arc<ServerConfig>,
}

impl Authority {
    /// Makes one, with new keys.
    pub fn for_hosts(hosts: Vec<String>) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Legible's fakes of clouds, for a test");
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.self_signed(&key).expect("an authority signs itself").der().clone();
        let issuer = Issuer::new(params, key);

        let mut params = CertificateParams::new(hosts).expect("the hosts have names of hosts");
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let key = KeyPair::generate().expect("a key can be made");
        let of_hosts = params.signed_by(&key, &issuer).expect("the authority signs").der().clone();

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("ring knows the usual versions").with_no_client_auth();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the key was made just now");
        let mut server = config.with_single_cert(vec![of_hosts], key).expect("the key is of the certificate");
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Authority { certificate, server: Arc::new(server) }
    }

    /// The certificate of the authority as text.
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.certificate);
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        for line in text.as_bytes().chunks(PEM_LINE) {
            pem.extend(line.iter().map(|byte| char::from(*byte)));
            pem.push('\n');
        }
        pem + "-----END CERTIFICATE-----\n"
    }
}
