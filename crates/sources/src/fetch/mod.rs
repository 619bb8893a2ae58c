//! Images from servers: a list of addresses, a page, a feed, a server that answers in JSON.
//!
//! [`Fetch`] lives as long as the process: it knows which host was asked when. [`Fetch::look`] carries out one look for a
//! [`WebSpec`]: it reads the lists, asks for the images that the [`Sink`] does not know, and hands them over one by one.
//! Whatever stops it, what was taken by then is noted, and the next look goes on from there; a download that broke off is
//! resumed. [`Fetch::test`] reads the lists alone, and [`validate`] looks at the set-up without any server.
//!
//! What a server sends is believed in nothing: how much, how long, where to, what it is called and what it is are all
//! looked at here ([`Limits`], `net`, `names`). Private addresses are reached only where the person named the host.
//! Proxies are not used, since they would look names up where nobody checks the addresses.
//!
//! Which lists are read, and how nothing is missed:
//! - All addresses in a list are considered at each look, the first in the list first; those that are known are passed
//!   over without a request, so a feed of 10,000 entries is taken in over as many looks as [`WebSpec::most`] asks for.
//! - A list counts as unchanged (`ETag`, `If-Modified-Since`) only when everything in it was dealt with, and for a day.
//! - Images of a list that a person wrote are asked for at each look, and those of pages once a day; what feeds and JSON
//!   lead to has an address of its own for each version, and is asked for once.
//!
//! The future of a look is not `Send`: parsing and the sink may block its thread, so it belongs on one that may be
//! blocked (`Handle::block_on`).

mod address;
mod answer;
mod api;
mod ask;
mod check;
mod clock;
mod crawl;
mod data;
mod download;
mod error;
mod faults;
mod feed;
mod hosts;
mod images;
mod ledger;
mod limits;
mod lists;
mod names;
mod nesting;
mod net;
mod page;
mod partial;
mod report;
mod robots;
mod urls;

pub use check::validate;
pub use clock::{Clock, SystemClock};
pub use error::Error;
pub use ledger::{Fetched, Outcome, Record, Sink, SinkError, Took};
pub use limits::{Limits, RECORDS, RECORDS_KEPT};
pub use net::{Addresses, Net, SystemNet};
pub use report::{Preview, Refusal, Report};

use crate::{WebSpec, What};
use ask::{Asker, Making};
use hosts::Hosts;
use lists::Lists;
use rustls_platform_verifier::Verifier;
use std::path::Path;
use std::sync::Arc;
use tokio::time::Instant;
use urls::Named;

/// Fetches. One for the process, so that two looks do not crowd a host together.
pub struct Fetch {
    limits: Limits,
    clock: Arc<dyn Clock>,
    net: Arc<dyn Net>,
    hosts: Hosts,
    tls: rustls::ClientConfig,
}

/// Tells the width and height of an image in pixels; `None` when it cannot be read, an error when that cannot be told now.
pub type Size<'a> = dyn Fn(&[u8]) -> Result<Option<(u32, u32)>, SinkError> + 'a;

/// What one look needs from outside.
pub struct Errand<'a> {
    /// The value of a secret header, by the header's name as the source has it.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// Where the beginnings of broken downloads are kept: a folder of this source alone, which may not be there yet.
    pub partials: &'a Path,
    /// Whether the first bytes of a file, 512 where it has so many, are those of an image that can be read.
    pub is_image: &'a dyn Fn(&[u8]) -> bool,
    /// How large an image is.
    pub size: &'a Size<'a>,
    /// Whether the look is to end; asked several times a second.
    pub cancelled: &'a dyn Fn() -> bool,
}

impl Fetch {
    /// Makes one that asks no one yet.
    ///
    /// # Errors
    /// [`Error::Setup`] when the certificates of the system cannot be read.
    pub fn new(limits: Limits, clock: Arc<dyn Clock>, net: Arc<dyn Net>) -> Result<Self, Error> {
        Ok(Fetch { limits, clock, net, hosts: Hosts::default(), tls: tls()? })
    }

    /// Carries out a look. A page or an image that fails is told in the report and hinders no other.
    ///
    /// # Errors
    /// When the set-up is wrong, the list, page, feed or JSON of the source itself cannot be read (then nothing was
    /// taken), or the sink fails (then what it took before is noted).
    pub async fn look(&self, spec: &WebSpec, errand: &Errand<'_>, sink: &mut dyn Sink) -> Result<Report, Error> {
        let asker = self.asker(spec, errand.secret, errand.cancelled)?;
        let ends = Instant::now() + self.limits.look;
        let mut report = Report::default();
        let lists = match lists::read(&asker, spec, sink, &mut report, ends).await {
            Err(Error::Cancelled) => {
                report.cancelled = true;
                return Ok(report);
            }
            lists => lists?,
        };
        images::fetch(&asker, spec, errand, lists, sink, &mut report, ends).await?;
        Ok(report)
    }

    /// Reads the lists as a look would, and tells what it would fetch. Nothing is remembered.
    ///
    /// # Errors
    /// As for [`Fetch::look`], and [`Error::Cancelled`].
    pub async fn test(
        &self,
        spec: &WebSpec,
        secret: &dyn Fn(&str) -> Option<String>,
        is_image: &dyn Fn(&[u8]) -> bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Preview, Error> {
        let asker = self.asker(spec, secret, cancelled)?;
        let ends = Instant::now() + self.limits.look;
        let mut report = Report::default();
        let Lists { candidates, more, .. } =
            lists::read(&asker, spec, &mut ledger::Oblivious, &mut report, ends).await?;
        // Of other sources the list was asked for; here there is nothing but the images.
        let is_list = matches!(spec.what, What::Urls { .. });
        let tried = if is_list { candidates.len().min(limits::TRIED) } else { 0 };
        for candidate in &candidates[..tried] {
            if let Err(error) = download::try_out(&asker, is_image, candidate).await {
                report.refuse(&candidate.url, &error);
            }
        }
        let first = candidates.iter().take(limits::SHOWN).map(|candidate| candidate.url.clone()).collect();
        let (lists, found) = (report.lists, candidates.len());
        Ok(Preview { lists, found, tried, first, problems: report.reasons, more })
    }

    fn asker<'a>(
        &'a self,
        spec: &WebSpec,
        secret: &dyn Fn(&str) -> Option<String>,
        cancelled: &'a dyn Fn() -> bool,
    ) -> Result<Asker<'a>, Error> {
        validate(spec)?;
        Asker::new(Making {
            tls: self.tls.clone(),
            named: Named::new(&urls::of_spec(spec)?),
            headers: ask::headers(spec, secret)?,
            obeys_robots: matches!(spec.what, What::Page { .. }),
            hosts: &self.hosts,
            net: self.net.clone(),
            clock: self.clock.clone(),
            limits: &self.limits,
            cancelled,
        })
    }
}

/// TLS as the system trusts it, so that the certificates of a company or a home count where they are installed.
fn tls() -> Result<rustls::ClientConfig, Error> {
    let setup = |error: rustls::Error| Error::Setup(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Verifier::new(provider.clone()).map_err(setup)?);
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(setup)?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
