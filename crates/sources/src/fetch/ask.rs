//! One question to a server: every hop of it keeps the rules on addresses, headers, politeness and robots.txt.

use super::answer::{Answer, Arrived};
use super::hosts::{Hosts, retry_after};
use super::net::{Guarded, Net};
use super::robots::Rules;
use super::urls::{self, Named};
use super::{Clock, Error, Limits, clock, faults, limits};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// How this program introduces itself (RFC 9110, section 10.1.5).
const USER_AGENT: &str = concat!("Legible/", env!("CARGO_PKG_VERSION"));
/// What is read of a list's answer, and what of an image's: the formats that can be read, so that a server with a choice
/// sends none that cannot.
const ACCEPT_LIST: &str =
    "text/html,application/xhtml+xml,application/xml,application/feed+json,application/json,*/*;q=0.5";
const ACCEPT_IMAGE: &str = "image/png,image/jpeg,image/webp,image/gif,image/tiff,image/bmp,*/*;q=0.1";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// A page, a feed, an answer in JSON.
    List,
    /// An image.
    Image,
    /// A robots.txt.
    Robots,
}

/// The version that is known already.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// How many bytes of it are there, and what the server calls it.
    pub beginning: Option<(usize, String)>,
}

/// Asks servers on behalf of one look.
pub(super) struct Asker<'a> {
    client: Client,
    named: Named,
    headers: HeaderMap,
    obeys_robots: bool,
    hosts: &'a Hosts,
    net: Arc<dyn Net>,
    pub clock: Arc<dyn Clock>,
    pub limits: &'a Limits,
    pub cancelled: &'a dyn Fn() -> bool,
    failed: RefCell<HashMap<String, u32>>,
    rules: RefCell<HashMap<String, Rc<Rules>>>,
}

/// What an asker is made of.
pub(super) struct Making<'a> {
    pub tls: rustls::ClientConfig,
    pub named: Named,
    pub headers: HeaderMap,
    pub obeys_robots: bool,
    pub hosts: &'a Hosts,
    pub net: Arc<dyn Net>,
    pub clock: Arc<dyn Clock>,
    pub limits: &'a Limits,
    pub cancelled: &'a dyn Fn() -> bool,
}

impl<'a> Asker<'a> {
    pub fn new(making: Making<'a>) -> Result<Self, Error> {
        let Making { tls, named, headers, obeys_robots, hosts, net, clock, limits, cancelled } = making;
        let guarded = Guarded { net: net.clone(), named: Arc::new(named.hosts.clone()) };
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .tls_backend_preconfigured(tls)
            // Every hop is looked at here, and a proxy would look names up where nobody checks the addresses.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(guarded))
            .connect_timeout(limits.connect)
            .pool_max_idle_per_host(1)
            .build()
            .map_err(|error| Error::Setup(error.to_string()))?;
        let (failed, rules) = (RefCell::default(), RefCell::default());
        Ok(Asker { client, named, headers, obeys_robots, hosts, net, clock, limits, cancelled, failed, rules })
    }

    /// Asks for what lies at an address, from redirect to redirect. The answer is one of success, or says that the known
    /// version is still right (304) or that its beginning is of no use (416).
    pub async fn ask(&self, url: &Url, what: For, known: &Known) -> Result<Answer<'_>, Error> {
        let first = urls::host(url);
        let mut url = url.clone();
        for _ in 0..=limits::REDIRECTS {
            if self.obeys_robots && what != For::Robots {
                self.may_look(&url).await?;
            }
            let asked = self.hop(&url, what, known).await.inspect_err(|error| self.failed(&url, error));
            let arrived = asked?;
            let Some(next) = redirect(&arrived.response) else {
                self.refuse_failures(&url, &arrived.response)?;
                return Ok(Answer::new(self, url, arrived));
            };
            let from = urls::host(&url);
            url = urls::found(&url, &next?)
                .ok_or_else(|| Error::BadRedirect { host: from, problem: "it is no address of the web".to_owned() })?;
        }
        Err(Error::Redirects { host: first })
    }

    /// Counts what tells of the host: one that is dead is left alone for the rest of the look.
    pub fn failed(&self, url: &Url, error: &Error) {
        if error.is_of_the_host() {
            *self.failed.borrow_mut().entry(urls::origin(url)).or_default() += 1;
        }
    }

    /// Waits for something, unless the look is cancelled meanwhile.
    pub async fn unless_cancelled<T>(&self, waited_for: impl Future<Output = T>) -> Result<T, Error> {
        let cancelled = async {
            while !(self.cancelled)() {
                tokio::time::sleep(self.limits.cancel_every).await;
            }
        };
        tokio::select! {
            biased;
            () = cancelled => Err(Error::Cancelled),
            outcome = waited_for => Ok(outcome),
        }
    }

    async fn hop(&self, url: &Url, what: For, known: &Known) -> Result<Arrived, Error> {
        let host = urls::host(url);
        self.refuse_private(url)?;
        if self.failed.borrow().get(&urls::origin(url)).is_some_and(|times| *times >= limits::FAULTS) {
            return Err(Error::Down { host });
        }
        let turn = self.unless_cancelled(self.hosts.turn(&host, self.limits.pause, &self.clock)).await??;
        let whole = if what == For::Image { self.limits.image } else { self.limits.list };
        let started = Instant::now();
        let (deadline, patience) = (started + whole, self.limits.connect + self.limits.idle);
        let sent = self.client.get(url.clone()).headers(self.headers_for(url, what, known)).send();
        let due = deadline.min(started + patience);
        let response = match self.unless_cancelled(timeout_at(due, sent)).await? {
            Err(_) => return Err(Error::Timeout { host, what: "answer", after: patience.min(whole) }),
            Ok(sent) => sent.map_err(|error| faults::of(&error, host, self.limits))?,
        };
        Ok(Arrived { response, turn, whole, deadline })
    }

    fn headers_for(&self, url: &Url, what: For, known: &Known) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            // What a server sent as a validator can be sent back, unless the record was damaged.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        // A packed image is no smaller, and a part of a packed one is of no use.
        set(header::ACCEPT_ENCODING, if what == For::Image { "identity" } else { "gzip" });
        set(header::ACCEPT, if what == For::Image { ACCEPT_IMAGE } else { ACCEPT_LIST });
        if let Some((bytes, validator)) = &known.beginning {
            set(header::RANGE, &format!("bytes={bytes}-"));
            set(header::IF_RANGE, validator);
        } else {
            if let Some(etag) = &known.etag {
                set(header::IF_NONE_MATCH, etag);
            }
            if let Some(date) = &known.last_modified {
                set(header::IF_MODIFIED_SINCE, date);
            }
        }
        if self.named.may_know_headers(url) {
            headers.extend(self.headers.clone());
        }
        headers
    }

    /// Refuses hosts that are an address of a private network; names are looked at when they are connected to.
    fn refuse_private(&self, url: &Url) -> Result<(), Error> {
        let host = urls::host(url);
        let is_private = urls::literal(url).is_some_and(|ip| !self.net.is_public(ip));
        if is_private && !self.named.hosts.contains(&host) {
            return Err(Error::Private { host });
        }
        Ok(())
    }

    fn refuse_failures(&self, url: &Url, response: &Response) -> Result<(), Error> {
        let (host, status) = (urls::host(url), response.status());
        let patience = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let now = self.clock.now();
        let asked = patience.and_then(|value| retry_after(value, now));
        let code = status.as_u16();
        match (status, asked) {
            (StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE, _) => Ok(()),
            (StatusCode::TOO_MANY_REQUESTS, _) | (StatusCode::SERVICE_UNAVAILABLE, Some(_)) => {
                let until = asked.unwrap_or(now + clock::millis(limits::PATIENCE));
                self.hosts.leave_alone(&host, until, now);
                Err(Error::Patience { host, until })
            }
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED, _) => {
                Err(Error::Denied { host, status: code })
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => Err(Error::Gone { host, status: code }),
            _ if status.is_success() => Ok(()),
            _ => Err(Error::Status { host, status: code }),
        }
    }

    /// Whether the site lets programs look at this address.
    async fn may_look(&self, url: &Url) -> Result<(), Error> {
        // The rules of a host that nobody may ask are not asked for either.
        self.refuse_private(url)?;
        let origin = urls::origin(url);
        let known = self.rules.borrow().get(&origin).cloned();
        let rules = match known {
            Some(rules) => rules,
            None => {
                let rules = Rc::new(self.rules_of(url).await?);
                self.rules.borrow_mut().insert(origin, rules.clone());
                rules
            }
        };
        let path = &url[url::Position::BeforePath..];
        match rules.allow(path) {
            Some(true) => Ok(()),
            Some(false) => Err(Error::Robots { host: urls::host(url), path: path.to_owned() }),
            None => Err(Error::RobotsUnknown { host: urls::host(url) }),
        }
    }

    /// The rules of a site: all is allowed where it has none, and nothing while it cannot tell (RFC 9309, section 2.3.1).
    async fn rules_of(&self, url: &Url) -> Result<Rules, Error> {
        let Ok(place) = url.join("/robots.txt") else { return Ok(Rules::none()) };
        // The question for the rules is asked by the one that asks for them: a future that holds itself must be boxed.
        let asked = Box::pin(self.ask(&place, For::Robots, &Known::default())).await;
        let read = match asked {
            Ok(answer) => answer.text_of_robots().await,
            Err(error) => Err(error),
        };
        match read {
            Ok(text) => Ok(Rules::read(&text)),
            Err(Error::Gone { .. } | Error::Denied { .. }) => Ok(Rules::none()),
            Err(Error::Status { status, .. }) if status < 500 => Ok(Rules::none()),
            // Endless redirects are like none (section 2.3.1.2).
            Err(Error::Redirects { .. }) => Ok(Rules::none()),
            // What tells of the host is told as it is, for everything that lies there.
            Err(error @ (Error::Cancelled | Error::Patience { .. } | Error::Private { .. })) => Err(error),
            Err(error) if error.is_of_the_host() || matches!(error, Error::Down { .. }) => Err(error),
            Err(_) => Ok(Rules::unknown()),
        }
    }
}

/// The headers that a person set up, with the secrets in their places.
pub(super) fn headers(spec: &crate::WebSpec, secret: &dyn Fn(&str) -> Option<String>) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for header in &spec.headers {
        let missing = || Error::MissingSecret { name: header.name.clone() };
        let value = match &header.value {
            Some(value) => value.clone(),
            None => secret(&header.name).ok_or_else(missing)?,
        };
        let bad = |problem: String| Error::BadHeader { name: header.name.clone(), problem };
        let name: HeaderName = header.name.trim().parse().map_err(|_| bad("its name is none".to_owned()))?;
        let value = HeaderValue::from_str(value.trim());
        let mut value = value.map_err(|_| bad("its value has characters that no header may have".to_owned()))?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

/// Where a redirect leads (RFC 9110, section 15.4); `None` for what is no redirect.
fn redirect(response: &Response) -> Option<Result<String, Error>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let place = response.headers().get(header::LOCATION)?;
    let host = response.url().host_str().unwrap_or_default().to_owned();
    let text = std::str::from_utf8(place.as_bytes()).map(str::to_owned);
    Some(text.map_err(|_| Error::BadRedirect { host, problem: "its letters cannot be read".to_owned() }))
}
