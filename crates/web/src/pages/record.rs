//! The record: who decided what and when, whether it is whole, and evidence to take away.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bedside_core::event::Event;
use bedside_core::people::Permission;
use bedside_core::{MemberId, PracticeId, Refusal, time};
use bedside_store::{RecordFilter, RecordLine, Tx};
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use crate::app::App;
use crate::asked;
use crate::error::Error;
use crate::form::Form;
use crate::session::Me;
use crate::view::record::{Choice, Entry, Record, Verified};
use crate::view::{Icon, Section, Tone};
use crate::{say, shell};

/// Entries on one page.
const PAGE: u32 = 50;
/// Entries read at a time for an export.
const BATCH: u32 = 1_000;

/// What can be filtered for: the event's name in the record, and how a page calls it.
const KINDS: [(&str, &str); 13] = [
    ("post_written", "Posts written"),
    ("post_changed", "Posts changed"),
    ("opinion_asked", "Second opinions asked for"),
    ("approved", "Approvals"),
    ("changes_asked", "Changes asked for"),
    ("finding_overridden", "Findings let pass"),
    ("delivery_live", "Posts seen live"),
    ("delivery_refused", "Posts not sent"),
    ("settled_by_hand", "Settled by hand"),
    ("take_down_asked", "Takedowns"),
    ("member_invited", "Invitations"),
    ("channel_connected", "Channels connected"),
    ("signed_in", "Signing in"),
];

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/record", get(page))
        .route("/record/verify", post(verify))
        .route("/record/export", get(export).head(export_head))
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    who: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    checked: String,
}

impl Asked {
    fn filter(&self, zone: &str) -> RecordFilter {
        RecordFilter {
            actor: self.who.parse::<MemberId>().ok(),
            kind: KINDS
                .iter()
                .find(|(kind, _)| *kind == self.what)
                .map(|(kind, _)| (*kind).to_owned()),
            from: midnight(&self.from, 0, zone),
            until: midnight(&self.to, 1, zone),
        }
    }

    fn address(&self, path: &str, page: u32) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("who", &self.who),
            ("what", &self.what),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }
}

/// The beginning of a day on the practice's wall, `later` days on; nothing for what is no date.
fn midnight(text: &str, later: i64, zone: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let date = date.checked_add(later.days()).ok()?;
    Some(date.to_zoned(time::zone(zone).ok()?).ok()?.timestamp())
}

async fn page(
    State(app): State<App>,
    me: Me,
    asked::Asked(asked): asked::Asked<Asked>,
) -> Result<Response, Error> {
    me.needs(Permission::ReadRecord)?;
    let practice = me.actor().practice;
    let now = app.world.now();
    let mut tx = app.store.read().await?;
    let zone = tx.practice(practice).await?.settings.zone;
    let filter = asked.filter(&zone);
    let all = tx.record_count(practice, &filter).await?;
    let pages = u32::try_from(all.div_ceil(u64::from(PAGE)))
        .unwrap_or(u32::MAX)
        .max(1);
    let number = asked.page.parse::<u32>().unwrap_or(1).clamp(1, pages);
    let skip = u64::from(number - 1) * u64::from(PAGE);
    let lines = tx.record_search(practice, &filter, skip, PAGE).await;
    // An entry that cannot be read was changed: the page still opens, without entries, and says so.
    let unreadable = matches!(lines, Err(bedside_store::Error::Unreadable(_)));
    let lines = if unreadable { Vec::new() } else { lines? };
    let verified = if unreadable || !asked.checked.is_empty() {
        Some(checked(&app, &me).await?)
    } else {
        None
    };
    let entries = lines.iter().map(|line| entry(line, &zone, now)).collect();
    let filtered = filter != RecordFilter::default();
    let view = Record {
        shell: shell::inside(&app, &mut tx, &me, Section::Record, "").await?,
        lead: match (all, filtered) {
            (1, false) => "One entry.".to_owned(),
            (n, false) => format!("{n} entries."),
            (1, true) => "One entry fits.".to_owned(),
            (n, true) => format!("{n} entries fit."),
        },
        entries,
        who: who(&mut tx, &me, &asked).await?,
        what: what(&asked),
        from: asked.from.clone(),
        to: asked.to.clone(),
        filtered,
        verified,
        export_href: asked.address("/record/export", 1),
        newer_href: if number > 1 {
            asked.address("/record", number - 1)
        } else {
            String::new()
        },
        older_href: if number < pages {
            asked.address("/record", number + 1)
        } else {
            String::new()
        },
        page_words: if pages > 1 {
            format!("Page {number} of {pages}")
        } else {
            String::new()
        },
    };
    Ok(Html(view.render()?).into_response())
}

async fn who(tx: &mut Tx, me: &Me, asked: &Asked) -> Result<Vec<Choice>, Error> {
    let everyone = Choice {
        value: String::new(),
        label: "Everyone".to_owned(),
        chosen: asked.who.is_empty(),
    };
    let members = tx
        .members(me.actor().practice)
        .await?
        .into_iter()
        .map(|member| Choice {
            chosen: member.id.to_string() == asked.who,
            value: member.id.to_string(),
            label: member.name,
        });
    Ok(std::iter::once(everyone).chain(members).collect())
}

fn what(asked: &Asked) -> Vec<Choice> {
    std::iter::once(("", "Everything"))
        .chain(KINDS)
        .map(|(value, label)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            chosen: value == asked.what,
        })
        .collect()
}

fn entry(line: &RecordLine, zone: &str, now: Timestamp) -> Entry {
    let event = line.entry.read();
    let words = event.as_ref().map_or_else(
        || "did something that this version of Bedside does not know".to_owned(),
        Event::words,
    );
    let seal = line.entry.hash.get(..8).unwrap_or_default();
    Entry {
        number: line.entry.seq,
        icon: event.as_ref().map_or(Icon::Question, icon),
        when: say::when(line.entry.at, zone, now),
        who: if line.entry.actor.is_none() {
            "Bedside".to_owned()
        } else {
            line.actor_name.clone()
        },
        what: words,
        detail: String::new(),
        href: event
            .as_ref()
            .and_then(Event::post)
            .map(|post| format!("/posts/{post}"))
            .unwrap_or_default(),
        seal: format!(
            "{} {}",
            seal.get(..4).unwrap_or_default(),
            seal.get(4..).unwrap_or_default()
        ),
    }
}

fn icon(event: &Event) -> Icon {
    match event {
        Event::PostWritten { .. } | Event::PostChanged { .. } | Event::PostDeleted { .. } => {
            Icon::Pencil
        }
        Event::OpinionAsked { .. } | Event::OpinionVoided { .. } | Event::ChangesAsked { .. } => {
            Icon::People
        }
        Event::Approved { .. } | Event::LetOut { .. } => Icon::Tick,
        Event::FindingOverridden { .. } => Icon::Hand,
        Event::DeliveryLive { .. } | Event::Gone { .. } | Event::GoneByHand { .. } => {
            Icon::CheckCircle
        }
        Event::DeliveryRefused { .. } => Icon::Cross,
        Event::DeliveryHeld { .. } | Event::DeliveryLate { .. } => Icon::Pause,
        Event::DeliveryUnknown { .. } => Icon::Question,
        Event::SendingStarted { .. } | Event::SendingRetried { .. } => Icon::Send,
        Event::ByHandAsked { .. }
        | Event::SettledByHand { .. }
        | Event::TakeDownByHandAsked { .. } => Icon::Hand,
        Event::DeliveryQueued { .. } | Event::DeliveryCancelled { .. } => Icon::Calendar,
        Event::TakeDownAsked { .. } => Icon::Undo,
        Event::ChannelConnected { .. } | Event::ChannelDisconnected { .. } => Icon::Plug,
        Event::RecordVerified { .. } | Event::Exported { .. } => Icon::Book,
        _ => Icon::House,
    }
}

async fn verify(State(app): State<App>, me: Me, _form: Form) -> Result<Response, Error> {
    me.needs(Permission::ReadRecord)?;
    let practice = me.actor().practice;
    let report = app.store.verify_record(practice).await?;
    let event = Event::RecordVerified {
        entries: report.sound,
        sound: report.fault.is_none(),
    };
    let mut tx = app.store.write().await?;
    tx.record(practice, app.world.now(), Some(me.actor().member), &event)
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/record?checked=1").into_response())
}

async fn checked(app: &App, me: &Me) -> Result<Verified, Error> {
    let report = app.store.verify_record(me.actor().practice).await?;
    Ok(match report.fault {
        None => Verified {
            tone: Tone::Ok,
            title: "The record is whole.".to_owned(),
            text: format!(
                "All {} entries are as they were written and follow from each other.",
                report.sound
            ),
        },
        Some(fault) => Verified {
            tone: Tone::Block,
            title: "The record was changed.".to_owned(),
            text: format!(
                "Something is wrong: {fault}. The {} entries before it are as they were written. Keep a copy of the data folder as it is now, and tell whoever is responsible for your data.",
                report.sound
            ),
        },
    })
}

const EXPORT_HEADERS: [(header::HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
    (
        header::CONTENT_DISPOSITION,
        "attachment; filename=\"bedside-record.jsonl\"",
    ),
];

/// One entry for a program; the hashes allow anyone to check the chain.
#[derive(serde::Serialize)]
struct Exported<'a> {
    practice: PracticeId,
    seq: u64,
    at: Timestamp,
    actor: Option<MemberId>,
    actor_name: &'a str,
    event: &'a str,
    words: String,
    prev: &'a str,
    hash: &'a str,
}

fn unreadable() -> Refusal {
    Refusal::conflict(
        "record_unreadable",
        "The record was changed, and an entry cannot be read. Check the record to see where, and keep a copy of the data folder as it is now.",
    )
}

/// What the head of the export is, without exporting.
async fn export_head(me: Me) -> Result<Response, Error> {
    me.needs(Permission::ReadRecord)?;
    Ok(EXPORT_HEADERS.into_response())
}

async fn export(
    State(app): State<App>,
    me: Me,
    asked::Asked(asked): asked::Asked<Asked>,
) -> Result<Response, Error> {
    me.needs(Permission::ReadRecord)?;
    let practice = me.actor().practice;
    let mut tx = app.store.write().await?;
    let event = Event::Exported {
        what: "the record".to_owned(),
    };
    tx.record(practice, app.world.now(), Some(me.actor().member), &event)
        .await?;
    tx.commit().await?;
    let mut tx = app.store.read().await?;
    let zone = tx.practice(practice).await?.settings.zone;
    let filter = asked.filter(&zone);
    let mut exported_lines = Vec::new();
    let mut from = 0;
    loop {
        let lines = match tx.record_search(practice, &filter, from, BATCH).await {
            Err(bedside_store::Error::Unreadable(_)) => return Err(unreadable().into()),
            lines => lines?,
        };
        for line in &lines {
            let entry = &line.entry;
            let exported = Exported {
                practice: entry.practice,
                seq: entry.seq,
                at: entry.at,
                actor: entry.actor,
                actor_name: &line.actor_name,
                event: &entry.event,
                words: entry.read().map(|event| event.words()).unwrap_or_default(),
                prev: &entry.prev,
                hash: &entry.hash,
            };
            let mut text =
                serde_json::to_string(&exported).map_err(|e| Error::Ours(e.to_string()))?;
            text.push('\n');
            exported_lines.push(text);
        }
        if lines.len() < BATCH as usize {
            break;
        }
        from += u64::from(BATCH);
    }
    // Oldest first: each entry's `prev` is the hash of the line above it.
    exported_lines.reverse();
    let text = exported_lines.concat();
    Ok((EXPORT_HEADERS, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_a_filter_are_the_practices_own() {
        assert_eq!(
            midnight("2026-07-01", 0, time::UK),
            "2026-06-30T23:00:00Z".parse().ok()
        );
        assert_eq!(
            midnight("2026-07-01", 1, time::UK),
            "2026-07-01T23:00:00Z".parse().ok()
        );
        assert_eq!(midnight("nonsense", 0, time::UK), None);
    }

    #[test]
    fn the_filter_is_kept_from_page_to_page() {
        let asked = Asked {
            what: "approved".into(),
            from: "2026-03-01".into(),
            ..Asked::default()
        };
        assert_eq!(
            asked.address("/record", 2),
            "/record?what=approved&from=2026-03-01&page=2"
        );
        assert_eq!(Asked::default().address("/record", 1), "/record");
    }

    #[test]
    fn every_kind_to_filter_for_is_one_that_is_written() {
        let samples = [Event::SignedIn, Event::PracticeCreated];
        for event in samples {
            let text = serde_json::to_string(&event).unwrap();
            assert!(text.starts_with("{\"act\":\""), "{text}");
        }
    }
}
