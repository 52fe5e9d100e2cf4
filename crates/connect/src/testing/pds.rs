//! Accounts on the real Bluesky server, and what it really holds.

use std::sync::Arc;

use bedside_core::network::{Account, Credentials};
use reqwest::Method;
use serde_json::{Value, json};

use super::unique;
use crate::http::{Ask, Http, Limit, Reach, Service};

/// The real server. Every call panics when the server does not do as asked: then the set-up is broken, not the test.
#[derive(Clone)]
pub struct Pds {
    http: Http,
    service: Arc<Service>,
}

/// An account on it.
pub struct TestAccount {
    /// With the account's main password.
    pub credentials: Credentials,
    pub account: Account,
    token: String,
}

impl Pds {
    /// The server at this address.
    ///
    /// # Panics
    /// When the address is not one of this machine.
    #[must_use]
    pub fn at(address: &str) -> Self {
        let http = must(Http::new(Reach::PublicAndThisMachine));
        let service = Arc::new(must(http.service(address)));
        Self { http, service }
    }

    /// The server's address, with a slash at its end.
    #[must_use]
    pub fn address(&self) -> &str {
        self.service.address()
    }

    /// Makes an account with a handle that no other has.
    pub async fn new_account(&self) -> TestAccount {
        let name = format!("weir-{}", unique());
        let (handle, secret) = (format!("{name}.test"), format!("password-{name}"));
        let made = self
            .call("com.atproto.server.createAccount", None, Some(json!({
                "handle": handle, "email": format!("{name}@weirlane.example"), "password": secret,
            })))
            .await;
        TestAccount {
            credentials: Credentials {
                service: self.address().to_owned(),
                identifier: handle.clone(),
                secret,
            },
            account: Account {
                id: text(&made["did"]),
                handle,
            },
            token: text(&made["accessJwt"]),
        }
    }

    /// An app password of the account.
    pub async fn app_password(&self, owner: &TestAccount) -> String {
        let body = json!({"name": format!("Bedside {}", unique())});
        let made = self
            .call(
                "com.atproto.server.createAppPassword",
                Some(&owner.token),
                Some(body),
            )
            .await;
        text(&made["password"])
    }

    /// Every post of the account: `{"uri", "cid", "value"}`.
    pub async fn posts(&self, account: &Account) -> Vec<Value> {
        let name = format!(
            "com.atproto.repo.listRecords?repo={}&collection=app.bsky.feed.post&limit=100",
            account.id
        );
        let listed = self.call(&name, None, None).await;
        listed["records"].as_array().cloned().unwrap_or_default()
    }

    /// Puts a record in the account's name, past the connector.
    pub async fn put(&self, owner: &TestAccount, key: &str, record: &Value) -> Value {
        let body = json!({
            "repo": owner.account.id, "collection": "app.bsky.feed.post", "rkey": key, "record": record,
        });
        self.call("com.atproto.repo.putRecord", Some(&owner.token), Some(body))
            .await
    }

    /// Ends an app password, with its sessions.
    pub async fn revoke_app_passwords(&self, owner: &TestAccount) {
        let listed = self
            .call(
                "com.atproto.server.listAppPasswords",
                Some(&owner.token),
                None,
            )
            .await;
        for one in listed["passwords"].as_array().into_iter().flatten() {
            let body = json!({"name": one["name"]});
            self.call(
                "com.atproto.server.revokeAppPassword",
                Some(&owner.token),
                Some(body),
            )
            .await;
        }
    }

    /// Deactivates the account, as its owner can.
    pub async fn deactivate(&self, owner: &TestAccount) {
        self.call(
            "com.atproto.server.deactivateAccount",
            Some(&owner.token),
            Some(json!({})),
        )
        .await;
    }

    async fn call(&self, name: &str, bearer: Option<&str>, body: Option<Value>) -> Value {
        let (name, query) = name.split_once('?').unwrap_or((name, ""));
        let query: Vec<(&str, &str)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let reply = self
            .http
            .ask(Ask {
                method: if body.is_some() {
                    Method::POST
                } else {
                    Method::GET
                },
                service: &self.service,
                path: &format!("/xrpc/{name}"),
                query: &query,
                bearer,
                body: body.map(|body| ("application/json", body.to_string().into_bytes())),
                limit: Limit::Words,
            })
            .await;
        match reply {
            Ok(reply) if reply.status == 200 => {
                serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
            }
            Ok(reply) => {
                panic!(
                    "{name}: {} {}",
                    reply.status,
                    String::from_utf8_lossy(&reply.body)
                )
            }
            Err(failure) => panic!("{name}: {failure:?}; is the test server still running?"),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
