//! Signing in, and keeping the session: the network allows 30 sign-ins in five minutes and 300 a day for an account
//! (docs.bsky.app, "Rate Limits"), so one session serves all posts of a channel until the network says it is over.
//!
//! Whether a token is out of date is left to the network to say. That costs one call every two hours and needs no
//! clock, which on a practice's computer may be wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bedside_core::network::{Credentials, Trouble};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::say;
use super::xrpc::{self, Call, Problem, Send};
use crate::http::{Http, Service};

/// A session with the server that keeps the account.
pub struct Session {
    access: String,
    refresh: String,
    pub did: String,
    /// What people see; empty when the network cannot confirm it at the moment.
    pub handle: String,
    /// Where the account's posts are kept.
    pub home: Service,
}

/// All sessions of this process, in memory only.
pub struct Sessions {
    http: Http,
    slots: Mutex<HashMap<[u8; 32], Slot>>,
}

/// The lock is held while signing in, so that posts that start together sign in once.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<Session>>>>;

impl Sessions {
    pub fn new(http: Http) -> Self {
        Self {
            http,
            slots: Mutex::default(),
        }
    }

    /// The session for these credentials, signing in when there is none.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the network does not accept them, [`Trouble::Later`] when it could not be asked.
    pub async fn current(&self, credentials: &Credentials) -> Result<Arc<Session>, Trouble> {
        let slot = self.slot(credentials);
        let mut held = slot.lock().await;
        if let Some(session) = held.as_ref() {
            return Ok(session.clone());
        }
        self.sign_in(credentials, &mut held).await
    }

    /// A session in the place of one whose token is no longer accepted: refreshed, or else by signing in again.
    ///
    /// # Errors
    /// As [`Sessions::current`].
    pub async fn renewed(
        &self,
        credentials: &Credentials,
        stale: &Arc<Session>,
    ) -> Result<Arc<Session>, Trouble> {
        let slot = self.slot(credentials);
        let mut held = slot.lock().await;
        match held.as_ref() {
            // Another post has seen to it meanwhile; a refresh token must not be used twice.
            Some(session) if !Arc::ptr_eq(session, stale) => return Ok(session.clone()),
            _ => {}
        }
        let service = service(&self.http, credentials)?;
        let call = Call {
            name: "com.atproto.server.refreshSession",
            query: &[],
            send: Send::Empty,
        };
        let answer = xrpc::call::<Opened>(&self.http, &service, Some(&stale.refresh), &call).await;
        match answer {
            Ok(Ok(opened)) => {
                // Some servers leave the identity document out when refreshing; the home stays where it was.
                let session = Arc::new(opened.into_session(&self.http, &stale.home));
                *held = Some(session.clone());
                Ok(session)
            }
            // A server that fails is no reason to spend a sign-in.
            Ok(Err(problem)) if problem.is_too_often() || problem.is_server_failing() => {
                Err(say::not_now(&problem))
            }
            Err(failure) => Err(say::no_answer(failure)),
            Ok(Err(_)) => {
                *held = None;
                self.sign_in(credentials, &mut held).await
            }
        }
    }

    /// Signs in without looking at what is kept, and keeps the result: for connecting an account.
    ///
    /// # Errors
    /// As [`Sessions::current`].
    pub async fn fresh(&self, credentials: &Credentials) -> Result<Arc<Session>, Trouble> {
        let slot = self.slot(credentials);
        let mut held = slot.lock().await;
        self.sign_in(credentials, &mut held).await
    }

    async fn sign_in(
        &self,
        credentials: &Credentials,
        held: &mut Option<Arc<Session>>,
    ) -> Result<Arc<Session>, Trouble> {
        let service = service(&self.http, credentials)?;
        let identifier = credentials.identifier.trim().trim_start_matches('@');
        let body =
            json!({"identifier": identifier, "password": credentials.secret.trim()}).to_string();
        let call = Call {
            name: "com.atproto.server.createSession",
            query: &[],
            send: Send::Bytes(JSON, body.as_bytes()),
        };
        let opened = match xrpc::call::<Opened>(&self.http, &service, None, &call).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(problem)) => return Err(refusal(&problem)),
            Err(failure) => return Err(say::no_answer(failure)),
        };
        if opened.active == Some(false) {
            return Err(Trouble::Refused(say::INACTIVE.to_owned()));
        }
        let session = Arc::new(opened.into_session(&self.http, &service));
        *held = Some(session.clone());
        Ok(session)
    }

    fn slot(&self, credentials: &Credentials) -> Slot {
        // The secret is part of the key, so that after a change of password the old session serves nobody.
        let mut key = Sha256::new();
        for part in [
            &credentials.service,
            &credentials.identifier,
            &credentials.secret,
        ] {
            key.update(part.len().to_le_bytes());
            key.update(part);
        }
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(key.finalize().into()).or_default().clone()
    }
}

impl Session {
    /// The token that calls carry.
    pub fn access(&self) -> &str {
        &self.access
    }
}

const JSON: &str = "application/json";

/// The service's address as the person typed it, checked.
pub fn service(http: &Http, credentials: &Credentials) -> Result<Service, Trouble> {
    http.service(&credentials.service)
        .map_err(|trouble| Trouble::Refused(trouble.to_string()))
}

fn refusal(problem: &Problem) -> Trouble {
    let sentence = match problem.name.as_str() {
        "AuthFactorTokenRequired" => say::CODE_WANTED,
        "AccountTakedown" | "AccountSuspended" => say::SUSPENDED,
        "AccountDeactivated" => say::INACTIVE,
        _ if problem.is_too_often() || problem.is_server_failing() => return say::not_now(problem),
        _ if problem.status == 401 || problem.status == 400 && !problem.is_foreign() => {
            say::WRONG_PASSWORD
        }
        _ => {
            return Trouble::Later {
                why: say::FOREIGN.to_owned(),
                wait_seconds: problem.wait(),
            };
        }
    };
    Trouble::Refused(sentence.to_owned())
}

/// The answer to signing in and to refreshing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    access_jwt: String,
    refresh_jwt: String,
    did: String,
    handle: String,
    #[serde(default)]
    active: Option<bool>,
    #[serde(default)]
    did_doc: Value,
}

impl Opened {
    /// `otherwise` is where the account's posts are when the answer does not say.
    fn into_session(self, http: &Http, otherwise: &Service) -> Session {
        // bsky.social only signs people in; their posts are on servers that the identity document names. A server on
        // this machine is one for tests or of one's own, and what was typed is meant.
        let named = if otherwise.is_near() {
            None
        } else {
            home(&self.did_doc)
        };
        let home = named.and_then(|address| http.service(address).ok());
        let confirmed = self.handle != "handle.invalid";
        Session {
            access: self.access_jwt,
            refresh: self.refresh_jwt,
            did: self.did,
            handle: if confirmed {
                self.handle
            } else {
                String::new()
            },
            home: home
                .filter(|home| !home.is_near())
                .unwrap_or_else(|| otherwise.clone()),
        }
    }
}

/// The server named in an identity document (atproto.com/specs/did, "#atproto_pds").
fn home(document: &Value) -> Option<&str> {
    document["service"].as_array()?.iter().find_map(|service| {
        let is_home = service["id"].as_str()?.ends_with("#atproto_pds")
            && service["type"] == "AtprotoPersonalDataServer";
        if is_home {
            service["serviceEndpoint"].as_str()
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bedside_core::network::{Credentials, Trouble};
    use serde_json::json;

    use super::{Opened, Sessions, refusal};
    use crate::bluesky::xrpc::Problem;
    use crate::http::{Http, Reach};
    use crate::testing::{Proxy, real_pds};

    fn home_of(endpoint: &str, typed: &str) -> String {
        let http = Http::new(Reach::PublicAndThisMachine).unwrap();
        let opened: Opened = serde_json::from_value(json!({
            "accessJwt": "a", "refreshJwt": "r", "did": "did:plc:weir", "handle": "weirlane.test",
            "didDoc": {"service": [
                {"id": "#other", "type": "Other", "serviceEndpoint": "https://other.example"},
                {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint},
            ]},
        }))
        .unwrap();
        let typed = http.service(typed).unwrap();
        opened.into_session(&http, &typed).home.address().to_owned()
    }

    #[test]
    fn posts_go_to_the_server_that_keeps_the_account() {
        assert_eq!(
            home_of("https://morel.host.example", "https://bsky.social"),
            "https://morel.host.example/"
        );
    }

    #[test]
    fn a_network_cannot_send_us_to_this_machine_or_into_clear_text() {
        for endpoint in [
            "http://localhost:9",
            "http://plain.example",
            "https://10.0.0.1",
            "nonsense",
        ] {
            assert_eq!(
                home_of(endpoint, "https://bsky.social"),
                "https://bsky.social/",
                "{endpoint}"
            );
        }
        assert_eq!(
            home_of("https://far.example", "http://localhost:4583"),
            "http://localhost:4583/"
        );
    }

    #[test]
    fn only_what_the_network_rejects_is_final() {
        let problem = |status, name: &str| Problem {
            status,
            name: name.to_owned(),
            wait_seconds: Some(9),
        };
        for (status, name) in [
            (401, "AuthenticationRequired"),
            (400, "InvalidRequest"),
            (401, "AccountTakedown"),
        ] {
            assert!(
                matches!(refusal(&problem(status, name)), Trouble::Refused(_)),
                "{status} {name}"
            );
        }
        for (status, name) in [
            (429, "RateLimitExceeded"),
            (502, ""),
            (500, "InternalServerError"),
            (404, ""),
            (302, ""),
        ] {
            assert!(
                matches!(
                    refusal(&problem(status, name)),
                    Trouble::Later {
                        wait_seconds: 9,
                        ..
                    }
                ),
                "{status} {name}"
            );
        }
    }

    #[tokio::test]
    async fn posts_that_meet_an_old_token_together_renew_it_once() {
        let Some(pds) = real_pds() else { return };
        let owner = pds.new_account().await;
        let proxy = Proxy::start(pds.address()).await.unwrap();
        let credentials = Credentials {
            service: proxy.address(),
            ..owner.credentials
        };
        let sessions = Sessions::new(Http::new(Reach::PublicAndThisMachine).unwrap());
        let stale = sessions.current(&credentials).await.unwrap();
        let renew = || sessions.renewed(&credentials, &stale);
        let (one, two, three) = tokio::join!(renew(), renew(), renew());
        let (one, two, three) = (one.unwrap(), two.unwrap(), three.unwrap());
        assert!(Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&one, &three) && !Arc::ptr_eq(&one, &stale));
        assert_eq!(proxy.count("com.atproto.server.refreshSession"), 1);
        assert_eq!(proxy.count("com.atproto.server.createSession"), 1);
    }
}
