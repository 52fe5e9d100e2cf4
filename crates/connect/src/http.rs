//! The one HTTP client: time limits, no redirects, TLS everywhere but on this machine, answers of bounded size.
//!
//! What matters to its users is in [`Failure`]: whether a request that failed can have arrived.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect};
use url::{Host, Url};

/// Idle connections are dropped before a common server (Node: 5 s) drops them, so that a request is seldom written into
/// a connection that is just being closed, which would leave its fate unknown.
const IDLE_LIMIT: Duration = Duration::from_secs(2);
/// Largest answer read, in bytes. Answers hold a session or one record; real ones are a few kilobytes.
pub const ANSWER_LIMIT: usize = 1024 * 1024;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until there is a connection, TLS included.
    pub connect: Duration,
    /// A request that carries a few kilobytes, from connecting to the last byte of the answer.
    pub words: Duration,
    /// A request that carries a picture: 2 MB on a slow line.
    pub picture: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            words: Duration::from_secs(30),
            picture: Duration::from_secs(120),
        }
    }
}

/// Which of the [`Limits`] a request is under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Words,
    Picture,
}

/// Which addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Named hosts through https: for an installation that others use. What they type cannot reach this machine.
    Public,
    /// These, and this machine through plain http as well: for tests and for a server of one's own beside Bedside.
    PublicAndThisMachine,
}

/// The client; cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    far: Client,
    near: Client,
    reach: Reach,
    limits: Limits,
}

/// The client could not be made; the machine's TLS set-up is not usable.
#[derive(Debug, thiserror::Error)]
#[error("Bedside cannot make safe connections on this machine: {0}")]
pub struct CannotConnect(#[from] reqwest::Error);

/// Why an address is not used. The text is for the person who typed it and does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressTrouble {
    #[error("This is not a web address. It should look like https://bsky.social.")]
    NotAnAddress,
    #[error(
        "The address must start with https://, so that the password cannot be read on the way."
    )]
    NotHttps,
    #[error(
        "The address must not have a user name or password in it. Type those in their own boxes."
    )]
    HoldsSecret,
    #[error("Type only the service's address, like https://bsky.social, with nothing after it.")]
    NotOnlyAService,
    #[error("The address must be the service's name, not a number or a name inside this network.")]
    NotPublic,
}

impl Http {
    /// Makes the client, with the usual limits.
    ///
    /// # Errors
    /// [`CannotConnect`] when the machine's certificates or TLS cannot be used.
    pub fn new(reach: Reach) -> Result<Self, CannotConnect> {
        Self::with_limits(reach, Limits::default())
    }

    /// Makes the client.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn with_limits(reach: Reach, limits: Limits) -> Result<Self, CannotConnect> {
        // An error only says that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .user_agent(concat!("Bedside/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(limits.connect)
                .pool_idle_timeout(IDLE_LIMIT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
        };
        Ok(Self {
            far: builder().https_only(true).build()?,
            // A proxy of the practice's network has no business with connections inside this machine.
            near: builder().no_proxy().build()?,
            reach,
            limits,
        })
    }

    /// Checks the address of a service that a person typed or a network named.
    ///
    /// # Errors
    /// [`AddressTrouble`] saying what is wrong with it.
    pub fn service(&self, typed: &str) -> Result<Service, AddressTrouble> {
        let url = Url::parse(typed.trim()).map_err(|_| AddressTrouble::NotAnAddress)?;
        let host = url.host().ok_or(AddressTrouble::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressTrouble::HoldsSecret);
        }
        let near = is_this_machine(&host);
        match (url.scheme(), near) {
            ("https", false) if matches!(host, Host::Domain(name) if name.contains('.')) => {}
            ("https", false) => return Err(AddressTrouble::NotPublic),
            ("http" | "https", true) if self.reach == Reach::PublicAndThisMachine => {}
            ("https", true) => return Err(AddressTrouble::NotPublic),
            _ => return Err(AddressTrouble::NotHttps),
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(AddressTrouble::NotOnlyAService);
        }
        Ok(Service { base: url, near })
    }

    /// Sends one request and reads its answer, whatever its status.
    ///
    /// # Errors
    /// [`Failure`], which says whether the request can have arrived.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Reply, Failure> {
        let client = if ask.service.near {
            &self.near
        } else {
            &self.far
        };
        let mut url = ask.service.base.clone();
        url.set_path(ask.path);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query);
        }
        let limit = match ask.limit {
            Limit::Words => self.limits.words,
            Limit::Picture => self.limits.picture,
        };
        let mut request = client.request(ask.method, url).timeout(limit);
        if let Some(token) = ask.bearer {
            request = request.bearer_auth(token);
        }
        if let Some((kind, bytes)) = ask.body {
            request = request
                .header(reqwest::header::CONTENT_TYPE, kind)
                .body(bytes);
        }
        let mut response = request.send().await.map_err(|error| Failure::of(&error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|_| Failure::Lost(Loss::AnswerCutShort))?
        {
            if body.len() + piece.len() > ANSWER_LIMIT {
                return Err(Failure::Lost(Loss::AnswerTooLong));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Reply {
            status,
            headers,
            body,
        })
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.trim_end_matches('.') == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// A service whose address was checked by [`Http::service`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    base: Url,
    near: bool,
}

impl Service {
    /// Whether it runs on this machine.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.near
    }

    /// The address, with a slash at its end.
    #[must_use]
    pub fn address(&self) -> &str {
        self.base.as_str()
    }
}

/// One request.
pub struct Ask<'a> {
    pub method: Method,
    pub service: &'a Service,
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub bearer: Option<&'a str>,
    /// Its kind and bytes.
    pub body: Option<(&'a str, Vec<u8>)>,
    pub limit: Limit,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value, when it is plain text.
    #[must_use]
    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers
            .get(HeaderName::from_static(name))
            .map(HeaderValue::to_str)?
            .ok()
    }
}

/// Why there is no answer. Neither holds the address or anything of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection was made, so the request certainly did not arrive.
    NotReached,
    /// The request, or a part of it, may have arrived.
    Lost(Loss),
}

/// How an answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    TimeUp,
    Cut,
    AnswerCutShort,
    AnswerTooLong,
    AnswerUnreadable,
}

impl Failure {
    fn of(error: &reqwest::Error) -> Self {
        // A builder error is a request that could not even be written (a token that is no header value).
        if error.is_connect() || error.is_builder() {
            Self::NotReached
        } else if error.is_timeout() {
            Self::Lost(Loss::TimeUp)
        } else {
            Self::Lost(Loss::Cut)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressTrouble as A, Http, Reach};

    fn verdict(reach: Reach, typed: &str) -> Result<String, A> {
        let http = Http::new(reach).unwrap();
        http.service(typed)
            .map(|service| service.address().to_owned())
    }

    #[test]
    fn public_services_are_https_by_name() {
        for reach in [Reach::Public, Reach::PublicAndThisMachine] {
            for (typed, expected) in [
                ("https://bsky.social", Ok("https://bsky.social/".to_owned())),
                (
                    " https://pds.weirlane.example:8443/ ",
                    Ok("https://pds.weirlane.example:8443/".to_owned()),
                ),
                ("http://bsky.social", Err(A::NotHttps)),
                ("ftp://bsky.social", Err(A::NotHttps)),
                ("bsky.social", Err(A::NotAnAddress)),
                ("file:///etc/hosts", Err(A::NotAnAddress)),
                ("https://name:pw@bsky.social", Err(A::HoldsSecret)),
                ("https://bsky.social@evil.example", Err(A::HoldsSecret)),
                ("https://bsky.social/profile", Err(A::NotOnlyAService)),
                ("https://bsky.social/?a=b", Err(A::NotOnlyAService)),
                ("https://10.0.0.7", Err(A::NotPublic)),
                ("https://[fd00::1]", Err(A::NotPublic)),
                ("https://intranet", Err(A::NotPublic)),
                ("http://10.0.0.7", Err(A::NotHttps)),
                ("http://localhost.evil.example", Err(A::NotHttps)),
            ] {
                assert_eq!(verdict(reach, typed), expected, "{typed}");
            }
        }
    }

    #[test]
    fn this_machine_is_reached_only_where_that_was_chosen() {
        for typed in [
            "http://localhost:4583",
            "http://127.0.0.1:4583",
            "http://[::1]:4583",
            "https://localhost",
        ] {
            assert!(
                verdict(Reach::PublicAndThisMachine, typed).is_ok(),
                "{typed}"
            );
            assert!(verdict(Reach::Public, typed).is_err(), "{typed}");
        }
        // Other spellings of the same address are read as it.
        assert!(verdict(Reach::Public, "https://2130706433").is_err());
        assert!(verdict(Reach::Public, "https://0x7f.1").is_err());
    }
}
