//! The store: SQLite and PostgreSQL behind one concrete type, one SQL text.
//!
//! Every row belongs to a practice and every function names the practice (people and their sessions belong to the
//! installation). A [`Tx`] is the unit of work: state, record and jobs are written in one and committed together.

mod anchors;
mod apply;
mod audit;
mod backup;
mod channels;
mod db;
mod deliveries;
mod error;
mod jobs;
mod mails;
mod media;
mod migrate;
mod people;
mod posts;
mod practices;
mod sessions;
mod vault;

pub use apply::Facts;
pub use audit::{RecordFilter, RecordLine, Report};
pub use db::{Store, Tx};
pub use deliveries::{Attempt, DeliveryLine};
pub use error::Error;
pub use jobs::{Job, JobKind};
pub use mails::{Mail, MailState, NewMail};
pub use media::Media;
pub use people::{Invitation, Login};
pub use posts::{CheckMoment, PostLine};
pub use sessions::{Session, Signed};
pub use vault::Vault;
