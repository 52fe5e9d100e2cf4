//! Bluesky, and any other server of the AT Protocol that keeps accounts.
//!
//! A post's record key is chosen and its bytes are settled before the first try, and it is sent with `putRecord`, for
//! which the same content under the same key is no change. `swapRecord: null` goes with it: it makes the server refuse
//! to put the post over anything else that is there. So sending twice is one post, and nothing is ever overwritten.

mod cid;
mod facets;
mod record;
mod say;
mod session;
mod tid;
mod xrpc;

use std::sync::Arc;

use bedside_core::network::{
    Account, Answer, Credentials, Frozen, Mention, Network, Outcome, Parcel, PictureBytes,
    RetrySafety, Sighting, Trouble,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::record::{Blob, COLLECTION, blobs};
use self::session::{Session, Sessions, service};
use self::xrpc::{Call, Problem, Send};
use crate::http::{Failure, Http};

pub use self::record::{ALT_GRAPHEMES, PICTURE_BYTES, PICTURES, TEXT_BYTES, TEXT_GRAPHEMES};

/// Seconds before trying again when the network does not say.
const WAIT: u32 = 30;
/// Most handles looked up for one text; 300 characters hold no more that mean anything.
const MENTIONS: usize = 30;
const JSON: &str = "application/json";

/// The connector. One for the whole process: it keeps the sessions.
pub struct Bluesky {
    http: Http,
    sessions: Sessions,
}

impl Bluesky {
    /// Sending the same frozen post again is no second post.
    pub const RETRY_SAFETY: RetrySafety = RetrySafety::Idempotent;

    #[must_use]
    pub fn new(http: Http) -> Self {
        Self {
            sessions: Sessions::new(http.clone()),
            http,
        }
    }

    /// The session of an account, which must be the one that the channel was connected to.
    async fn session(
        &self,
        credentials: &Credentials,
        account: &Account,
    ) -> Result<Arc<Session>, Trouble> {
        own(self.sessions.current(credentials).await?, account)
    }

    /// Makes a call as the account. A token that is out of date is renewed and the call made again, once: it was not
    /// carried out.
    async fn call<T: DeserializeOwned>(
        &self,
        credentials: &Credentials,
        account: &Account,
        call: &Call<'_>,
    ) -> Result<T, Stop> {
        let session = self
            .session(credentials, account)
            .await
            .map_err(Stop::SignIn)?;
        let problem = match self.call_in(&session, call).await? {
            Ok(answer) => return Ok(answer),
            Err(problem) if problem.is_about_token() => problem,
            Err(problem) => return Err(Stop::Problem(problem)),
        };
        let renewed = self
            .sessions
            .renewed(credentials, &session)
            .await
            .map_err(Stop::SignIn)?;
        let renewed = own(renewed, account).map_err(Stop::SignIn)?;
        match self.call_in(&renewed, call).await? {
            Ok(answer) => Ok(answer),
            Err(again) if again.is_about_token() => {
                let sentence = match problem.name.as_str() {
                    "AccountDeactivated" => say::INACTIVE,
                    "AccountTakedown" => say::SUSPENDED,
                    _ => say::SIGN_IN_AGAIN,
                };
                Err(Stop::SignIn(Trouble::Refused(sentence.to_owned())))
            }
            Err(again) => Err(Stop::Problem(again)),
        }
    }

    async fn call_in<T: DeserializeOwned>(
        &self,
        session: &Session,
        call: &Call<'_>,
    ) -> Result<Result<T, Problem>, Stop> {
        xrpc::call(&self.http, &session.home, Some(session.access()), call)
            .await
            .map_err(Stop::Failure)
    }

    /// Sends a picture and makes sure that the server names it as the frozen post does.
    async fn upload(
        &self,
        credentials: &Credentials,
        account: &Account,
        picture: &PictureBytes,
        expected: &Blob,
    ) -> Result<(), Outcome> {
        #[derive(Deserialize)]
        struct Uploaded {
            blob: Blob,
        }
        let call = Call {
            name: "com.atproto.repo.uploadBlob",
            query: &[],
            send: Send::Bytes(&picture.mime, &picture.bytes),
        };
        let uploaded: Uploaded = self
            .call(credentials, account, &call)
            .await
            .map_err(Stop::while_uploading)?;
        match uploaded.blob {
            blob if blob == *expected => Ok(()),
            // The server looks into the bytes to tell the kind.
            blob if blob.same_bytes(expected) => {
                Err(Outcome::Refused(say::PICTURE_KIND.to_owned()))
            }
            _ => Err(Outcome::Refused(say::PICTURE_ALTERED.to_owned())),
        }
    }

    async fn put(&self, credentials: &Credentials, account: &Account, frozen: &Frozen) -> Outcome {
        #[derive(Deserialize)]
        struct Put {
            uri: String,
        }
        // Spliced, not parsed and written again: what goes out is what was frozen.
        let head = json!({
            "repo": account.id, "collection": COLLECTION, "rkey": frozen.key, "validate": true, "swapRecord": null,
        });
        let body = format!(
            "{},\"record\":{}}}",
            head.to_string().trim_end_matches('}'),
            frozen.body
        );
        let call = Call {
            name: "com.atproto.repo.putRecord",
            query: &[],
            send: Send::Bytes(JSON, body.as_bytes()),
        };
        match self.call::<Put>(credentials, account, &call).await {
            Ok(put) if put.uri == uri(account, frozen) => Outcome::Accepted,
            Ok(_) => unknown(),
            Err(stop) => stop.while_putting(),
        }
    }

    async fn send_all(
        &self,
        credentials: &Credentials,
        account: &Account,
        frozen: &Frozen,
        pictures: &[PictureBytes],
    ) -> Outcome {
        let Some(expected) = blobs(&frozen.body) else {
            return Outcome::Refused(say::NOT_OURS.to_owned());
        };
        if expected != pictures.iter().map(Blob::of).collect::<Vec<_>>() {
            return Outcome::Refused(say::PICTURES_CHANGED.to_owned());
        }
        for (picture, expected) in pictures.iter().zip(&expected) {
            if let Err(outcome) = self.upload(credentials, account, picture, expected).await {
                return outcome;
            }
        }
        self.put(credentials, account, frozen).await
    }

    async fn look_up(
        &self,
        credentials: &Credentials,
        account: &Account,
        frozen: &Frozen,
    ) -> Result<Sighting, Trouble> {
        #[derive(Deserialize)]
        struct Found {
            value: Value,
        }
        let call = Call {
            name: "com.atproto.repo.getRecord",
            query: &[
                ("repo", &account.id),
                ("collection", COLLECTION),
                ("rkey", &frozen.key),
            ],
            send: Send::Nothing,
        };
        match self.call::<Found>(credentials, account, &call).await {
            Ok(found) => {
                let session = self.session(credentials, account).await?;
                let name = [&session.handle, &account.handle]
                    .into_iter()
                    .find(|name| !name.is_empty());
                let link = format!(
                    "https://bsky.app/profile/{}/post/{}",
                    name.unwrap_or(&account.id),
                    frozen.key
                );
                let sent: Option<Value> = serde_json::from_str(&frozen.body).ok();
                let same = sent.is_some_and(|sent| sent == found.value);
                Ok(if same {
                    Sighting::There { link }
                } else {
                    Sighting::Different { link }
                })
            }
            // The session is of the server that keeps the account, so what it does not find is not there.
            Err(Stop::Problem(problem)) if problem.name == "RecordNotFound" => Ok(Sighting::Gone),
            Err(stop) => Err(stop.trouble()),
        }
    }

    async fn delete(
        &self,
        credentials: &Credentials,
        account: &Account,
        frozen: &Frozen,
    ) -> Result<(), Trouble> {
        let body =
            json!({"repo": account.id, "collection": COLLECTION, "rkey": frozen.key}).to_string();
        let call = Call {
            name: "com.atproto.repo.deleteRecord",
            query: &[],
            send: Send::Bytes(JSON, body.as_bytes()),
        };
        self.call::<Value>(credentials, account, &call)
            .await
            .map(drop)
            .map_err(Stop::trouble)
    }

    async fn who_is(&self, credentials: &Credentials, text: &str) -> Result<Vec<Mention>, Trouble> {
        #[derive(Deserialize)]
        struct Who {
            did: String,
        }
        let service = service(&self.http, credentials)?;
        let mut known = Vec::new();
        for handle in facets::mentioned(text).into_iter().take(MENTIONS) {
            let query = [("handle", handle.as_str())];
            let call = Call {
                name: "com.atproto.identity.resolveHandle",
                query: &query,
                send: Send::Nothing,
            };
            match xrpc::call::<Who>(&self.http, &service, None, &call).await {
                Ok(Ok(who)) if who.did.starts_with("did:") => known.push(Mention {
                    handle,
                    id: who.did,
                }),
                Ok(Err(problem)) if problem.is_too_often() || problem.is_server_failing() => {
                    return Err(say::not_now(&problem));
                }
                Ok(Err(problem)) if problem.is_foreign() => {
                    return Err(Trouble::Later {
                        why: say::FOREIGN.to_owned(),
                        wait_seconds: WAIT,
                    });
                }
                // Nobody has this handle.
                Ok(_) => {}
                Err(failure) => return Err(say::no_answer(failure)),
            }
        }
        Ok(known)
    }

    async fn check_account(&self, credentials: &Credentials) -> Result<Account, Trouble> {
        let session = self.sessions.fresh(credentials).await?;
        let account = Account {
            id: session.did.clone(),
            handle: if session.handle.is_empty() {
                session.did.clone()
            } else {
                session.handle.clone()
            },
        };
        // Shows that the server which keeps the account knows it and lets this session in.
        let call = Call {
            name: "com.atproto.server.getSession",
            query: &[],
            send: Send::Nothing,
        };
        self.call::<Value>(credentials, &account, &call)
            .await
            .map_err(Stop::trouble)?;
        Ok(account)
    }
}

impl Network for Bluesky {
    fn connect<'a>(&'a self, credentials: &'a Credentials) -> Answer<'a, Result<Account, Trouble>> {
        Box::pin(self.check_account(credentials))
    }

    fn resolve_mentions<'a>(
        &'a self,
        credentials: &'a Credentials,
        text: &'a str,
    ) -> Answer<'a, Result<Vec<Mention>, Trouble>> {
        Box::pin(self.who_is(credentials, text))
    }

    fn freeze(&self, _: &Account, parcel: &Parcel) -> Result<Frozen, Trouble> {
        record::freeze(parcel)
    }

    fn send<'a>(
        &'a self,
        credentials: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
        pictures: &'a [PictureBytes],
    ) -> Answer<'a, Outcome> {
        Box::pin(self.send_all(credentials, account, frozen, pictures))
    }

    fn look<'a>(
        &'a self,
        credentials: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<Sighting, Trouble>> {
        Box::pin(self.look_up(credentials, account, frozen))
    }

    fn take_down<'a>(
        &'a self,
        credentials: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(self.delete(credentials, account, frozen))
    }
}

/// Why a call as the account came to nothing.
enum Stop {
    /// There is no session, so the call was not made (or was turned away for its token).
    SignIn(Trouble),
    /// The network answered no.
    Problem(Problem),
    /// The network did not answer.
    Failure(Failure),
}

impl Stop {
    /// Before a post is put there is nothing in the world's eyes, whatever happened.
    fn while_uploading(self) -> Outcome {
        match self {
            Self::SignIn(trouble) => not_sent(trouble),
            Self::Failure(Failure::NotReached) => later(say::UNREACHABLE, WAIT),
            Self::Failure(Failure::Lost(_)) => later(say::PICTURE_LOST, WAIT),
            Self::Problem(problem) if problem.is_too_often() => {
                later(say::TOO_OFTEN, problem.wait())
            }
            Self::Problem(problem) if problem.is_server_failing() => {
                later(say::FAILING, problem.wait())
            }
            Self::Problem(problem) if problem.status == 413 || problem.name == "BlobTooLarge" => {
                Outcome::Refused(say::PICTURE_TOO_LARGE.to_owned())
            }
            Self::Problem(problem) if problem.is_foreign() => later(say::FOREIGN, problem.wait()),
            Self::Problem(_) => Outcome::Refused(say::PICTURE_ALTERED.to_owned()),
        }
    }

    fn while_putting(self) -> Outcome {
        match self {
            Self::SignIn(trouble) => not_sent(trouble),
            Self::Failure(Failure::NotReached) => later(say::UNREACHABLE, WAIT),
            // A server that fails may fail after it has taken the post, and what stands before it may give up while it
            // is still working.
            Self::Failure(Failure::Lost(_)) => unknown(),
            Self::Problem(problem) if problem.is_server_failing() || problem.status == 408 => {
                unknown()
            }
            Self::Problem(problem) if problem.is_too_often() => {
                later(say::TOO_OFTEN, problem.wait())
            }
            Self::Problem(problem) if problem.name == "BlobNotFound" => {
                later(say::PICTURE_GONE, problem.wait())
            }
            Self::Problem(problem) if problem.name == "InvalidSwap" => {
                Outcome::Refused(say::TAKEN.to_owned())
            }
            Self::Problem(problem) if problem.is_foreign() => later(say::FOREIGN, problem.wait()),
            Self::Problem(_) => Outcome::Refused(say::NOT_TAKEN.to_owned()),
        }
    }

    /// For calls that are not a post's sending.
    fn trouble(self) -> Trouble {
        match self {
            Self::SignIn(trouble) => trouble,
            Self::Failure(failure) => say::no_answer(failure),
            Self::Problem(problem) if problem.is_too_often() || problem.is_server_failing() => {
                say::not_now(&problem)
            }
            Self::Problem(problem) => match problem.name.as_str() {
                "RepoDeactivated" | "AccountDeactivated" => {
                    Trouble::Refused(say::INACTIVE.to_owned())
                }
                "RepoTakendown" | "RepoSuspended" | "AccountTakedown" => {
                    Trouble::Refused(say::SUSPENDED.to_owned())
                }
                _ => Trouble::Later {
                    why: say::FOREIGN.to_owned(),
                    wait_seconds: problem.wait(),
                },
            },
        }
    }
}

fn own(session: Arc<Session>, account: &Account) -> Result<Arc<Session>, Trouble> {
    if session.did == account.id {
        Ok(session)
    } else {
        Err(Trouble::Refused(say::OTHER_ACCOUNT.to_owned()))
    }
}

fn uri(account: &Account, frozen: &Frozen) -> String {
    format!("at://{}/{COLLECTION}/{}", account.id, frozen.key)
}

fn not_sent(trouble: Trouble) -> Outcome {
    match trouble {
        Trouble::Refused(why) => Outcome::Refused(why),
        Trouble::Later { why, wait_seconds } => Outcome::NotSent { why, wait_seconds },
    }
}

fn later(why: &str, wait_seconds: u32) -> Outcome {
    Outcome::NotSent {
        why: why.to_owned(),
        wait_seconds,
    }
}

fn unknown() -> Outcome {
    Outcome::Unknown {
        why: say::UNKNOWN.to_owned(),
    }
}
