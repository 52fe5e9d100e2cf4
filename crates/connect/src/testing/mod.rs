//! For tests, of this crate and of those above it: where the real servers are, accounts on them, and a proxy that
//! fails on demand. Behind the feature `testing`; no part of the program.

mod pds;
mod proxy;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;

pub use self::pds::{Pds, TestAccount};
pub use self::proxy::{Fault, Proxy};

/// Where a mail server for tests listens, and where it keeps what it was given.
pub struct Smtp {
    /// `127.0.0.1:4525`.
    pub address: String,
    /// One `.eml` file for each message.
    pub folder: PathBuf,
}

/// The real mail server that the test harness started (`e2e/smtp`), from `BEDSIDE_TEST_SMTP` and
/// `BEDSIDE_TEST_SMTP_DIR`. `None`, with a printed line, when there is none: the test is skipped.
///
/// # Panics
/// When there is none and `BEDSIDE_TEST_ALL=1` says that nothing may be skipped.
#[must_use]
pub fn real_smtp() -> Option<Smtp> {
    let address = wanted("BEDSIDE_TEST_SMTP")?;
    let folder = PathBuf::from(wanted("BEDSIDE_TEST_SMTP_DIR")?);
    Some(Smtp { address, folder })
}

/// The real Bluesky server that the test harness started (`e2e/pds`), from `BEDSIDE_TEST_PDS`. `None`, with a printed
/// line, when there is none: the test is skipped.
///
/// # Panics
/// When there is none and `BEDSIDE_TEST_ALL=1` says that nothing may be skipped.
#[must_use]
pub fn real_pds() -> Option<Pds> {
    wanted("BEDSIDE_TEST_PDS").map(|address| Pds::at(&address))
}

/// A part of the test set-up, or `None` with a printed line.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness tells tests in the environment where the servers are"
)]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn wanted(name: &str) -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let value = set(name);
    if value.is_none() {
        let all = set("BEDSIDE_TEST_ALL").as_deref() == Some("1");
        assert!(
            !all,
            "{name} is not set, and BEDSIDE_TEST_ALL=1 allows no test to be skipped"
        );
        eprintln!("skipped: {name} is not set (cargo xtask test starts the servers and sets it)");
    }
    value
}

/// Eight letters and digits that no other test has, for names on a server that outlives the test run.
#[must_use]
pub fn unique() -> String {
    const SIGNS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let random = RandomState::new().build_hasher().finish().to_le_bytes();
    random
        .iter()
        .map(|byte| char::from(SIGNS[usize::from(byte % 32)]))
        .collect()
}
