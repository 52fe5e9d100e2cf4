//! What the practice says about itself: the context of every check.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use bedside_core::people::{Permission, clean_line};
use bedside_core::practice::Settings;
use bedside_core::screen::{Clinician, PracticeType, Staff};

use super::Said;
use crate::app::App;
use crate::asked::Asked;
use crate::error::Error;
use crate::form::Form;
use crate::session::Me;
use crate::shell;
use crate::view::profile::{ProfileForm, ProfilePage};
use crate::view::{Errors, Section};

/// The zones that a UK practice may need, the usual first.
const ZONES: [&str; 6] = [
    "Europe/London",
    "Europe/Belfast",
    "Europe/Jersey",
    "Europe/Guernsey",
    "Europe/Isle_of_Man",
    "Europe/Gibraltar",
];

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/practice/profile", get(show).post(save))
}

async fn show(State(app): State<App>, me: Me, Asked(said): Asked<Said>) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let settings = tx.practice(me.actor().practice).await?.settings;
    let shell = shell::inside(&app, &mut tx, &me, Section::Practice, &said.said).await?;
    let view = ProfilePage {
        shell,
        form: from_settings(&settings),
        errors: Errors::default(),
        may_change: me.may(Permission::Manage),
        time_zones: zones(&settings.zone),
    };
    Ok(Html(view.render()?).into_response())
}

async fn save(State(app): State<App>, me: Me, form: Form) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let practice = me.actor().practice;
    let mut tx = app.store.write().await?;
    let mut settings = tx.practice(practice).await?.settings;
    let mut errors = read_profile(&form, &mut settings);
    read_rules(&form, &mut settings, &mut errors);
    if !errors.is_empty() {
        let view = ProfilePage {
            shell: shell::inside(&app, &mut tx, &me, Section::Practice, "").await?,
            form: from_form(&form),
            errors,
            may_change: true,
            time_zones: zones(&settings.zone),
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(view.render()?)).into_response());
    }
    tx.change_settings(practice, &settings, me.actor().member, app.world.now())
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/practice/profile?said=settings").into_response())
}

fn zones(chosen: &str) -> Vec<String> {
    let mut zones: Vec<String> = ZONES.iter().map(|zone| (*zone).to_owned()).collect();
    if !zones.iter().any(|zone| zone == chosen) {
        zones.push(chosen.to_owned());
    }
    zones
}

fn yes_no(value: Option<bool>) -> String {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unsure",
    }
    .to_owned()
}

/// What was typed, for showing it again. An empty form gives the first values.
pub(crate) fn from_form(form: &Form) -> ProfileForm {
    let get = |name: &str| form.get(name).to_owned();
    let choice = |name: &str| {
        if form.has(name) {
            get(name)
        } else {
            "unsure".to_owned()
        }
    };
    ProfileForm {
        practice_name: get("practice_name"),
        practice_type: get("practice_type"),
        town: get("town"),
        postcode: get("postcode"),
        address: get("address"),
        phones: get("phones"),
        websites: get("websites"),
        list_size: get("list_size"),
        offers_pom: choice("offers_pom"),
        offers_fillers: choice("offers_fillers"),
        private_care: choice("private_care"),
        clinicians: get("clinicians"),
        staff: get("staff"),
        needs_second_opinion: get("needs_second_opinion"),
        time_zone: get("time_zone"),
        late_limit: get("late_limit"),
    }
}

fn from_settings(settings: &Settings) -> ProfileForm {
    let profile = &settings.profile;
    let clinicians: Vec<String> = profile
        .clinicians
        .iter()
        .map(|c| {
            [c.name.as_str(), &c.role, &c.reg]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        })
        .collect();
    ProfileForm {
        practice_name: settings.name.clone(),
        practice_type: match settings.kind {
            Some(PracticeType::Gp) => "gp",
            Some(PracticeType::Dental) => "dental",
            Some(PracticeType::Pharmacy) => "pharmacy",
            Some(PracticeType::Aesthetic) => "aesthetic",
            None => "",
        }
        .to_owned(),
        town: profile.town.clone(),
        postcode: profile.postcode.clone(),
        address: profile.address.clone(),
        phones: profile.phones.join("\n"),
        websites: profile.websites.join("\n"),
        list_size: if profile.list_size == 0 {
            String::new()
        } else {
            profile.list_size.to_string()
        },
        offers_pom: yes_no(profile.offers_pom),
        offers_fillers: yes_no(profile.offers_fillers),
        private_care: yes_no(profile.private_care),
        clinicians: clinicians.join("\n"),
        staff: profile
            .staff
            .iter()
            .map(|staff| staff.name.clone())
            .collect::<Vec<_>>()
            .join("\n"),
        needs_second_opinion: if settings.needs_second_opinion {
            "always"
        } else {
            "findings"
        }
        .to_owned(),
        time_zone: settings.zone.clone(),
        late_limit: settings.late_limit_minutes.to_string(),
    }
}

fn single(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn choice(form: &Form, name: &str) -> Option<bool> {
    match form.get(name) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Reads the fields that set-up and the later page share into the settings.
pub(crate) fn read_profile(form: &Form, settings: &mut Settings) -> Errors {
    let mut errors = Errors::default();
    settings.name = clean_line(form.get("practice_name"), 120).unwrap_or_default();
    settings.kind = match form.get("practice_type") {
        "gp" => Some(PracticeType::Gp),
        "dental" => Some(PracticeType::Dental),
        "pharmacy" => Some(PracticeType::Pharmacy),
        "aesthetic" => Some(PracticeType::Aesthetic),
        _ => None,
    };
    if settings.name.is_empty() {
        errors.add(
            "practice_name",
            "Enter the practice's name, at most 120 characters.",
        );
    }
    if settings.kind.is_none() {
        errors.add("practice_type", "Choose what kind of practice it is.");
    }
    let profile = &mut settings.profile;
    profile.town = single(form.get("town"));
    profile.postcode = single(form.get("postcode"));
    profile.address = single(form.get("address"));
    profile.phones = lines(form.get("phones"));
    profile.websites = lines(form.get("websites"));
    let list_size: String = form
        .get("list_size")
        .chars()
        .filter(|c| !matches!(c, ',' | ' '))
        .collect();
    match list_size.as_str() {
        "" => profile.list_size = 0,
        digits => match digits.parse() {
            Ok(size) if size <= 1_000_000 => profile.list_size = size,
            _ => errors.add(
                "list_size",
                "Enter how many patients are on your list, in figures, like 9400.",
            ),
        },
    }
    profile.offers_pom = choice(form, "offers_pom");
    profile.offers_fillers = choice(form, "offers_fillers");
    profile.private_care = choice(form, "private_care");
    profile.clinicians = lines(form.get("clinicians"))
        .iter()
        .map(|line| {
            let mut parts = line.splitn(3, ',').map(|part| part.trim().to_owned());
            let mut part = || parts.next().unwrap_or_default();
            Clinician {
                name: part(),
                role: part(),
                reg: part(),
            }
        })
        .collect();
    profile.staff = lines(form.get("staff"))
        .into_iter()
        .map(|name| Staff { name })
        .collect();
    for (field, text) in [
        ("town", &profile.town),
        ("postcode", &profile.postcode),
        ("address", &profile.address),
    ] {
        if text.chars().count() > 200 {
            errors.add(field, "Use at most 200 characters.");
        }
    }
    for (field, list) in [("phones", &profile.phones), ("websites", &profile.websites)] {
        if list.len() > 50 {
            errors.add(field, "List at most 50.");
        }
    }
    for field in ["phones", "websites", "clinicians", "staff"] {
        if form
            .get(field)
            .lines()
            .any(|line| line.trim().chars().count() > 200)
        {
            errors.add(field, "Use at most 200 characters a line.");
        }
    }
    if profile.clinicians.len() > 200 {
        errors.add("clinicians", "List at most 200 clinicians.");
    }
    if profile.staff.len() > 500 {
        errors.add("staff", "List at most 500 people.");
    }
    errors
}

fn read_rules(form: &Form, settings: &mut Settings, errors: &mut Errors) {
    settings.needs_second_opinion = form.get("needs_second_opinion") != "findings";
    match form.get("late_limit").trim().parse() {
        Ok(minutes) if (5..=1_440).contains(&minutes) => settings.late_limit_minutes = minutes,
        _ => errors.add(
            "late_limit",
            "Enter a number of minutes between 5 and 1440 (a day).",
        ),
    }
    let zone = form.get("time_zone");
    if bedside_core::time::zone(zone).is_ok() {
        zone.clone_into(&mut settings.zone);
    } else {
        errors.add("time_zone", "Choose a time zone from the list.");
    }
}
