//! Who comes: the session cookie, the guest's token against forged forms, and the extractors for handlers.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bedside_core::people::{Actor, Permission};
use bedside_store::Signed;

use crate::app::App;
use crate::error::Error;

const SESSION: &str = "bedside_session";
const GUEST: &str = "bedside_guest";

/// Whoever sent the request.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub signed: Option<Signed>,
    /// The session's token, to end it.
    pub token: String,
    /// What the forms of this visitor carry.
    pub csrf: String,
}

impl Visitor {
    /// Refuses a form that did not come from a page of ours.
    pub fn check(&self, csrf: &str) -> Result<(), Error> {
        let (ours, theirs) = (self.csrf.as_bytes(), csrf.as_bytes());
        let different = ours
            .iter()
            .zip(theirs)
            .fold(ours.len() ^ theirs.len(), |sum, (a, b)| {
                sum | usize::from(a ^ b)
            });
        if different == 0 && !ours.is_empty() {
            Ok(())
        } else {
            Err(Error::Csrf)
        }
    }
}

/// Reads the cookies of every request and puts a [`Visitor`] beside it.
pub(crate) async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/assets/") {
        return next.run(request).await;
    }
    let forged = *request.method() != Method::GET
        && *request.method() != Method::HEAD
        && request
            .headers()
            .get("sec-fetch-site")
            .is_some_and(|site| site == "cross-site");
    if forged {
        return Error::Csrf.into_response();
    }
    let token = cookie(request.headers(), SESSION).unwrap_or_default();
    let signed = match signed(&app, &token).await {
        Ok(signed) => signed,
        Err(error) => return error.into_response(),
    };
    let known_guest = cookie(request.headers(), GUEST).filter(|guest| is_token(guest));
    let guest = known_guest.clone().unwrap_or_else(|| app.token());
    let csrf = signed
        .as_ref()
        .map_or_else(|| guest.clone(), |signed| signed.csrf.clone());
    let new_guest = signed.is_none() && known_guest.is_none();
    request.extensions_mut().insert(Visitor {
        signed,
        token,
        csrf,
    });
    let mut response = next.run(request).await;
    if new_guest {
        set_cookie(&app, response.headers_mut(), GUEST, &guest);
    }
    response
}

async fn signed(app: &App, token: &str) -> Result<Option<Signed>, Error> {
    if !is_token(token) {
        return Ok(None);
    }
    let now = app.world.now();
    let mut tx = app.store.read().await?;
    let signed = tx.signed(token, now).await?;
    if signed.is_some() && tx.session_idle(token, now).await? {
        drop(tx);
        let mut tx = app.store.write().await?;
        tx.touch_session(token, now).await?;
        tx.commit().await?;
    }
    Ok(signed)
}

/// Whether a text looks like a token that we made.
fn is_token(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn set_cookie(app: &App, headers: &mut HeaderMap, name: &str, value: &str) {
    let secure = if app.options.secure() { "; Secure" } else { "" };
    let ends = if value.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Adds the cookie of a new session to an answer; an empty token takes it away.
pub(crate) fn keep(app: &App, mut response: Response, token: &str) -> Response {
    set_cookie(app, response.headers_mut(), SESSION, token);
    response
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::Ours("no session layer".into()))
    }
}

/// The member who is signed in; anyone else is sent to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Me {
    pub signed: Signed,
    pub visitor: Visitor,
}

impl Me {
    pub fn actor(&self) -> &Actor {
        &self.signed.actor
    }

    /// Refuses unless the member's roles allow it.
    pub fn needs(&self, permission: Permission) -> Result<(), Error> {
        Ok(self.signed.actor.needs(permission)?)
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.signed.actor.roles.may(permission)
    }
}

impl FromRequestParts<App> for Me {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        if let Some(signed) = visitor.signed.clone() {
            return Ok(Self { signed, visitor });
        }
        let mut tx = app.store.read().await?;
        if tx.practices().await?.is_empty() {
            return Err(Error::SetUp);
        }
        let next = match parts.uri.path_and_query() {
            Some(path) if parts.method == Method::GET => path.as_str().to_owned(),
            _ => String::new(),
        };
        Err(Error::SignIn { next })
    }
}

/// A path of ours to go to after signing in; anything else is the first page.
pub(crate) fn safe_next(next: &str) -> &str {
    // Browsers drop tabs and line ends from an address: `/<tab>/elsewhere` would lead elsewhere.
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control);
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        assert_eq!(safe_next("/posts/1?x=2"), "/posts/1?x=2");
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\r\n/evil.example",
            "\t//evil.example",
            " /evil.example",
            "javascript:x",
        ] {
            assert_eq!(safe_next(bad), "/", "{bad}");
        }
    }

    #[test]
    fn a_form_token_must_be_the_same_to_the_last_letter() {
        let visitor = Visitor {
            signed: None,
            token: String::new(),
            csrf: "abc".into(),
        };
        assert!(visitor.check("abc").is_ok());
        for bad in ["", "ab", "abd", "abcd"] {
            assert!(visitor.check(bad).is_err(), "{bad}");
        }
        assert!(
            Visitor {
                csrf: String::new(),
                ..visitor
            }
            .check("")
            .is_err()
        );
    }
}
