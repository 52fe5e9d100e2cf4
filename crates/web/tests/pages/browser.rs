//! A browser without a screen: it keeps cookies and sends forms with the token of the page they stand on.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bedside_core::people::{Role, Roles};
use bedside_core::{MemberId, PersonId, PracticeId};
use bedside_store::Login;

use crate::support::{Answer, House};

pub const PASSWORD: &str = "three purple kettles";

/// The cookies of one visitor.
#[derive(Default)]
pub struct Browser {
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    pub async fn send(&self, house: &House, method: Method, path: &str, body: String) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let answer = house.send(request).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&self, house: &House, path: &str) -> Answer {
        self.send(house, Method::GET, path, String::new()).await
    }

    /// Sends exactly these fields.
    pub async fn post_bare(&self, house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(house, Method::POST, path, body).await
    }

    /// Opens a page and sends the form on it to `path`.
    pub async fn fill(
        &self,
        house: &House,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let csrf = self.get(house, page).await.hidden("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_bare(house, path, &all).await
    }

    pub async fn sign_in(&self, house: &House, email: &str, password: &str) -> Answer {
        let fields = [("email", email), ("password", password), ("next", "")];
        self.fill(house, "/sign-in", "/sign-in", &fields).await
    }
}

/// Adds a member who can sign in with [`PASSWORD`].
pub async fn with_password(
    house: &House,
    practice: PracticeId,
    email: &str,
    roles: &[Role],
) -> (PersonId, MemberId) {
    static HASH: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| bedside_web::hash_now(PASSWORD, &[3; 16]).unwrap());
    let now = house.world.now();
    let mut tx = house.store.write().await.unwrap();
    let login = match tx.login(email).await.unwrap() {
        Some(login) => login,
        None => {
            let login = Login {
                person: house.world.id(),
                name: email.split('@').next().unwrap().to_owned(),
                email: email.to_owned(),
                password_hash: HASH.clone(),
            };
            tx.create_person(&login, now).await.unwrap();
            login
        }
    };
    let roles: Roles = roles.iter().copied().collect();
    let member = tx
        .add_member(practice, house.world.id(), login.person, &roles, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (login.person, member)
}
