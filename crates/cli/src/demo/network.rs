//! A network that exists only in this program, for the example practice.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bedside_core::channel::Platform;
use bedside_core::network::{
    Account, Answer, Credentials, Frozen, Mention, Network, Networks, Outcome, Parcel,
    PictureBytes, Sighting, Trouble,
};

/// Remembers what was "sent" until the program ends.
#[derive(Default)]
pub struct Pretend {
    posts: Mutex<BTreeMap<String, String>>,
}

impl Pretend {
    fn posts(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Networks for Pretend {
    fn of(&self, platform: Platform) -> Option<&dyn Network> {
        (platform == Platform::Bluesky).then_some(self)
    }
}

fn link(account: &Account, frozen: &Frozen) -> String {
    format!(
        "https://bsky.app/profile/{}/post/{}",
        account.handle, frozen.key
    )
}

impl Network for Pretend {
    fn connect<'a>(&'a self, credentials: &'a Credentials) -> Answer<'a, Result<Account, Trouble>> {
        let handle = credentials.identifier.trim_start_matches('@').to_owned();
        Box::pin(async move {
            Ok(Account {
                id: format!("did:example:{handle}"),
                handle,
            })
        })
    }

    fn resolve_mentions<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a str,
    ) -> Answer<'a, Result<Vec<Mention>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn freeze(&self, _: &Account, parcel: &Parcel) -> Result<Frozen, Trouble> {
        Ok(Frozen {
            key: format!("example{:016x}", parcel.key_seed),
            body: parcel.text.clone(),
        })
    }

    fn send<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        frozen: &'a Frozen,
        _: &'a [PictureBytes],
    ) -> Answer<'a, Outcome> {
        self.posts().insert(frozen.key.clone(), frozen.body.clone());
        Box::pin(async { Outcome::Accepted })
    }

    fn look<'a>(
        &'a self,
        _: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<Sighting, Trouble>> {
        let there = self.posts().contains_key(&frozen.key);
        let sighting = if there {
            Sighting::There {
                link: link(account, frozen),
            }
        } else {
            Sighting::Gone
        };
        Box::pin(async move { Ok(sighting) })
    }

    fn take_down<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<(), Trouble>> {
        self.posts().remove(&frozen.key);
        Box::pin(async { Ok(()) })
    }
}
