//! What the Bluesky tests share: parcels, pictures, and a bench with an account on the real server.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bedside_connect::bluesky::Bluesky;
use bedside_connect::http::{Http, Limits, Reach};
use bedside_connect::testing::{Pds, Proxy, TestAccount, real_pds};
use bedside_core::network::{
    Account, Credentials, Frozen, Network, Outcome, Parcel, Picture, PictureBytes, Sighting,
    Trouble,
};
use sha2::{Digest, Sha256};

/// The smallest picture: one grey dot.
const DOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

/// A PNG of exactly `size` bytes; what follows its end makes it that long.
pub fn png(size: usize) -> PictureBytes {
    let mut bytes = STANDARD.decode(DOT).unwrap();
    assert!(bytes.len() <= size);
    bytes.resize(size, b' ');
    PictureBytes {
        mime: "image/png".to_owned(),
        bytes,
    }
}

pub fn described(bytes: &PictureBytes, alt: &str) -> Picture {
    Picture {
        sha256: Sha256::digest(&bytes.bytes).into(),
        mime: bytes.mime.clone(),
        size: bytes.bytes.len() as u64,
        width: 1,
        height: 1,
        alt: alt.to_owned(),
    }
}

pub fn parcel(text: &str) -> Parcel {
    Parcel {
        text: text.to_owned(),
        mentions: Vec::new(),
        pictures: Vec::new(),
        created_at: "2026-03-03T09:00:00Z".parse().unwrap(),
        key_seed: 7,
        language: "en-GB".to_owned(),
    }
}

pub fn bluesky(limits: Limits) -> Bluesky {
    Bluesky::new(Http::with_limits(Reach::PublicAndThisMachine, limits).unwrap())
}

/// A connector and an account on the real server, seen directly or through a proxy.
pub struct Bench {
    pub pds: Pds,
    pub owner: TestAccount,
    pub network: Bluesky,
    /// What the connector is given; its service may be the proxy.
    pub credentials: Credentials,
}

impl Bench {
    /// Straight to the server. `None`: skip the test.
    pub async fn direct() -> Option<Self> {
        let pds = real_pds()?;
        let owner = pds.new_account().await;
        let credentials = owner.credentials.clone();
        Some(Self {
            pds,
            owner,
            network: bluesky(Limits::default()),
            credentials,
        })
    }

    /// Through a proxy that can fail. `None`: skip the test.
    pub async fn through_proxy(limits: Limits) -> Option<(Self, Proxy)> {
        let mut bench = Self::direct().await?;
        let proxy = Proxy::start(bench.pds.address()).await.unwrap();
        bench.credentials.service = proxy.address();
        bench.network = bluesky(limits);
        Some((bench, proxy))
    }

    pub fn account(&self) -> &Account {
        &self.owner.account
    }

    pub fn freeze(&self, parcel: &Parcel) -> Frozen {
        self.network.freeze(self.account(), parcel).unwrap()
    }

    pub async fn send(&self, frozen: &Frozen, pictures: &[PictureBytes]) -> Outcome {
        let outcome = self
            .network
            .send(&self.credentials, self.account(), frozen, pictures)
            .await;
        if let Outcome::Refused(why) | Outcome::NotSent { why, .. } | Outcome::Unknown { why } =
            &outcome
        {
            self.fit_to_be_read(why);
        }
        outcome
    }

    pub async fn look(&self, frozen: &Frozen) -> Result<Sighting, Trouble> {
        let seen = self
            .network
            .look(&self.credentials, self.account(), frozen)
            .await;
        seen.inspect_err(|trouble| self.fit_to_be_read(&trouble.to_string()))
    }

    pub async fn take_down(&self, frozen: &Frozen) -> Result<(), Trouble> {
        let done = self
            .network
            .take_down(&self.credentials, self.account(), frozen)
            .await;
        done.inspect_err(|trouble| self.fit_to_be_read(&trouble.to_string()))
    }

    /// The cids of all posts that the server really has.
    pub async fn cids(&self) -> Vec<String> {
        let posts = self.pds.posts(self.account()).await;
        posts
            .iter()
            .map(|post| post["cid"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn there(&self, frozen: &Frozen) -> Sighting {
        let handle = &self.account().handle;
        Sighting::There {
            link: format!("https://bsky.app/profile/{handle}/post/{}", frozen.key),
        }
    }

    /// A sentence for a person, holding nothing of a post or of the sign-in. Every post of these tests has "saturday"
    /// in it.
    fn fit_to_be_read(&self, why: &str) {
        assert!(
            why.ends_with('.') && why.starts_with(char::is_uppercase),
            "{why}"
        );
        for secret in [
            "saturday",
            &self.credentials.secret,
            &self.credentials.identifier,
            "did:",
            "eyJ",
            "127.0.0.1",
        ] {
            assert!(!why.to_lowercase().contains(secret), "{secret} in: {why}");
        }
    }
}

/// How long the post must wait, when it was certainly not sent.
pub fn not_sent(outcome: &Outcome) -> Option<u32> {
    if let Outcome::NotSent { wait_seconds, .. } = outcome {
        Some(*wait_seconds)
    } else {
        None
    }
}
