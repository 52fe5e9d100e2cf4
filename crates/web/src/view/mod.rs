//! What the pages show: plain data in words, one file a page, each with its template.
//!
//! A handler fills a view and renders it (`askama::Template::render`); a template only loops and asks whether
//! something is there. Times, counts and states arrive here already as words.
//!
//! Every form of every page posts a hidden `csrf`; a form that changes a post also posts `revision`, the id of the
//! content that the page was rendered from. Field names are given at each view under "Fields". Lists are posted by
//! repeating the name (`channels`, `roles`).
//!
//! # Routes
//!
//! | route | view or answer |
//! |---|---|
//! | `GET /setup`, `POST /setup` | [`setup::Code`] |
//! | `GET /setup/you`, `POST /setup/you` | [`setup::You`] |
//! | `GET /setup/practice`, `POST /setup/practice` | [`setup::AboutPractice`] |
//! | `GET /start` | [`setup::Start`] |
//! | `GET /sign-in`, `POST /sign-in`, `POST /sign-out` | [`sign_in::SignIn`] |
//! | `GET /invitations/{token}`, `POST` the same | [`sign_in::Invitation`] |
//! | `GET /me`, `POST /sign-out-everywhere` | [`me::Me`] |
//! | `GET /` | [`today::Today`] |
//! | `GET /posts/new?date=YYYY-MM-DD`, `GET /posts/{id}/edit` | [`compose::Compose`] |
//! | `POST /posts`, `POST /posts/{id}` | a redirect, or [`compose::Compose`] with what is missing |
//! | `POST /posts/{id}/autosave` (JSON) | [`compose::Saved`] as JSON; 202 when it was not saved and why; 409 when stale |
//! | `POST /check` (form) | [`findings::CheckAnswer`] as JSON |
//! | `GET /posts/{id}` | [`post::Post`] |
//! | `GET /posts/{id}/take-down`, `POST` the same | [`post::TakeDown`], then a redirect to the post |
//! | `POST /posts/{id}/leave` | taken out of the calendar; a redirect to the post |
//! | `POST /posts/{id}/override` | a redirect to the post |
//! | `GET /media/{sha256}` | a picture of the practice |
//! | `POST /api/v1/check` (JSON) | verdict and findings as JSON |
//! | `POST /posts/{id}/delete` | a draft is deleted; a redirect to the calendar |
//! | `POST /deliveries/{id}/it-is-there`, `/not-there`, `/send-now`, `/leave`, `/it-is-gone` | a redirect to the post |
//! | `GET /posts/{id}/review`, `POST` the same | [`review::Review`] |
//! | `GET /by-hand/{delivery}`, `POST` the same | [`by_hand::ByHand`] |
//! | `GET /calendar?month=YYYY-MM&view=month|list|week&day=YYYY-MM-DD` | [`calendar::Calendar`] |
//! | `GET /rules/{id}` | [`rule::RulePage`] |
//! | `GET /practice` | [`people::People`] |
//! | `POST /practice/invitations`, `/{id}/again`, `/{id}/withdraw` | a redirect to `/practice` |
//! | `POST /practice/people/{id}/roles`, `/practice/people/{id}/remove` | a redirect to `/practice` |
//! | `GET /practice/channels`, `POST` the same | [`channels::Channels`] |
//! | `GET /practice/channels/new?platform=..` | [`channels::NewChannel`] |
//! | `POST /practice/channels/{id}/test`, `/{id}/disconnect` | a redirect to `/practice/channels` |
//! | `GET /practice/profile`, `POST` the same | [`profile::ProfilePage`] |
//! | `GET /practice/mail` | [`mail::Mail`] |
//! | `GET /record?who=&what=&from=&to=&page=` | [`record::Record`] |
//! | `POST /record/verify` | a redirect to `/record` with the result |
//! | `GET /record/export` | the entries as a file |
//! | `GET /more` | [`more::More`], the phone's fifth place |
//! | `GET /assets/{path}` | [`crate::assets::get`] |

pub mod by_hand;
pub mod calendar;
pub mod channels;
pub mod compose;
pub mod error;
pub mod findings;
pub mod forms;
pub mod icon;
pub mod mail;
pub mod me;
pub mod more;
pub mod people;
pub mod post;
pub mod profile;
pub mod record;
pub mod review;
pub mod rule;
pub mod setup;
pub mod shell;
pub mod sign_in;
pub mod today;
pub mod words;

pub use forms::{Errors, FieldError, Hidden};
pub use icon::Icon;
pub use shell::{Notice, Section, Shell};
pub use words::{DiffPart, PlaceState, PostState, Tag, Tone, When};
