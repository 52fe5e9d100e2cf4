//! Calls to a Bluesky server (XRPC, atproto.com/specs/xrpc): one function out, one type for what went wrong.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http::{Ask, Failure, Http, Limit, Loss, Reply, Service};

/// When the network says "too often" but not until when, in seconds.
const WAIT_TOO_OFTEN: u32 = 300;
/// Longest wait taken from the network, in seconds: a day, the period of its longest limit.
const LONGEST_WAIT: u32 = 86_400;

/// One call.
pub struct Call<'a> {
    /// The method's name: `com.atproto.repo.putRecord`.
    pub name: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub send: Send<'a>,
}

/// What goes with a call.
#[derive(Clone, Copy)]
pub enum Send<'a> {
    /// It asks (GET).
    Nothing,
    /// It does something (POST) and needs no more said.
    Empty,
    /// It does something with these bytes of this kind (POST).
    Bytes(&'a str, &'a [u8]),
}

/// An answer that is not the one hoped for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub status: u16,
    /// The error's name in the network's words; empty when the answer was not in its form.
    pub name: String,
    /// How long the network asks to wait, where it does.
    pub wait_seconds: Option<u32>,
}

impl Problem {
    /// The access token is out of date or not accepted: a new one may help.
    pub fn is_about_token(&self) -> bool {
        self.status == 401 || matches!(self.name.as_str(), "ExpiredToken" | "InvalidToken")
    }

    /// Too many requests.
    pub fn is_too_often(&self) -> bool {
        self.status == 429
    }

    /// The server itself fails.
    pub fn is_server_failing(&self) -> bool {
        self.status >= 500
    }

    /// Not an answer of a Bluesky server: something in between, or another kind of server.
    pub fn is_foreign(&self) -> bool {
        self.name.is_empty() && !self.is_server_failing() && !self.is_too_often()
    }

    /// The wait that the network asks for, or what is usual.
    pub fn wait(&self) -> u32 {
        self.wait_seconds.unwrap_or(if self.is_too_often() {
            WAIT_TOO_OFTEN
        } else {
            super::WAIT
        })
    }
}

/// Makes a call and reads its answer as `T`. The outer error says that there was no answer, the inner one what the
/// answer was.
///
/// # Errors
/// [`Failure`]: whether the call can have arrived.
pub async fn call<T: DeserializeOwned>(
    http: &Http,
    service: &Service,
    bearer: Option<&str>,
    call: &Call<'_>,
) -> Result<Result<T, Problem>, Failure> {
    let upload = call.name == "com.atproto.repo.uploadBlob";
    let reply = http
        .ask(Ask {
            method: if matches!(call.send, Send::Nothing) {
                Method::GET
            } else {
                Method::POST
            },
            service,
            path: &format!("/xrpc/{}", call.name),
            query: call.query,
            bearer,
            body: if let Send::Bytes(kind, bytes) = call.send {
                Some((kind, bytes.to_vec()))
            } else {
                None
            },
            limit: if upload { Limit::Picture } else { Limit::Words },
        })
        .await?;
    if reply.status != 200 {
        return Ok(Err(problem(&reply)));
    }
    // A "done" that cannot be read says nothing about what was done.
    serde_json::from_slice(&reply.body)
        .map(Ok)
        .map_err(|_| Failure::Lost(Loss::AnswerUnreadable))
}

fn problem(reply: &Reply) -> Problem {
    #[derive(Deserialize)]
    struct Body {
        error: String,
    }
    let name = serde_json::from_slice::<Body>(&reply.body)
        .map(|body| body.error)
        .unwrap_or_default();
    // Names are one word; anything else could be somebody's text and is not kept.
    let is_word = name.len() <= 60 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Problem {
        status: reply.status,
        name: if is_word { name } else { String::new() },
        wait_seconds: wait(
            reply.header("date"),
            reply.header("retry-after"),
            if reply.status == 429 {
                reply.header("ratelimit-reset")
            } else {
                None
            },
        ),
    }
}

/// Seconds to wait, from `Retry-After` (seconds or a date, RFC 9110 section 10.2.3) or `RateLimit-Reset` (seconds since
/// 1970, as Bluesky sends it). Both are held against the answer's own `Date`, so that no clock is needed and a wrong
/// one here does not matter.
fn wait(date: Option<&str>, retry_after: Option<&str>, reset: Option<&str>) -> Option<u32> {
    let sent = date.and_then(http_date);
    let until = |moment: i64| sent.map(|sent| moment - sent.as_second());
    let seconds = retry_after
        .and_then(|text| {
            text.trim()
                .parse()
                .ok()
                .or_else(|| until(http_date(text)?.as_second()))
        })
        .or_else(|| until(reset?.trim().parse().ok()?))?;
    Some(
        u32::try_from(seconds.max(1))
            .unwrap_or(LONGEST_WAIT)
            .min(LONGEST_WAIT),
    )
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn the_wait_is_read_from_whatever_the_network_sends() {
        let date = Some("Tue, 03 Mar 2026 09:00:00 GMT");
        let nine = 1_772_528_400;
        let reset = format!("{}", nine + 75);
        for (retry_after, reset, expected) in [
            (Some("120"), None, Some(120)),
            (Some("Tue, 03 Mar 2026 09:02:30 GMT"), None, Some(150)),
            (None, Some(reset.as_str()), Some(75)),
            (Some("soon"), Some(reset.as_str()), Some(75)),
            (Some("0"), None, Some(1)),
            (Some("-5"), None, Some(1)),
            (Some("99999999999"), None, Some(86_400)),
            (Some("Tue, 03 Mar 2026 08:00:00 GMT"), None, Some(1)),
            (None, None, None),
            (None, Some("never"), None),
        ] {
            assert_eq!(
                wait(date, retry_after, reset),
                expected,
                "{retry_after:?} {reset:?}"
            );
        }
        assert_eq!(wait(None, None, Some(&reset)), None);
        assert_eq!(wait(None, Some("120"), None), Some(120));
    }
}
