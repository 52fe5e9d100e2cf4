//! Channels as pages speak of them: what they are called and how a post will look there.

use bedside_core::channel::{Channel, Platform};
use bedside_core::content::Content;
use bedside_core::practice::Practice;

use crate::view::compose::{Preview, Shown};
use crate::view::shell::initials;

/// "Bluesky"; the practice's own name for it where the network's would not tell two of them apart.
#[must_use]
pub(crate) fn name(channel: &Channel, all: &[Channel]) -> String {
    let network = channel.platform.name();
    let alike = all
        .iter()
        .filter(|other| other.active && other.platform == channel.platform)
        .count();
    match (channel.name.trim(), channel.platform, alike) {
        ("", ..) => network.to_owned(),
        (own, Platform::Other, _) => own.to_owned(),
        (own, _, 2..) => format!("{network} ({own})"),
        _ => network.to_owned(),
    }
}

/// "@weirlane.example"; empty where no account is known.
#[must_use]
pub(crate) fn handle(channel: &Channel) -> String {
    channel.account.as_ref().map_or(String::new(), |account| {
        format!("@{}", account.handle.trim_start_matches('@'))
    })
}

/// "/media/..".
#[must_use]
pub(crate) fn picture_address(sha256: &str) -> String {
    format!("/media/{sha256}")
}

/// How the content looks on one channel.
#[must_use]
pub(crate) fn preview(
    practice: &Practice,
    channel: &Channel,
    all: &[Channel],
    content: &Content,
) -> Preview {
    let place = content
        .places
        .iter()
        .find(|place| place.channel == channel.id);
    Preview {
        channel: channel.id.to_string(),
        name: name(channel, all),
        author: practice.settings.name.clone(),
        handle: handle(channel),
        initials: initials(&practice.settings.name),
        text: content.text_for(channel.id).to_owned(),
        own: place.is_some_and(|place| place.own_text.is_some()),
        shown: place.is_some(),
        pictures: content
            .pictures
            .iter()
            .map(|picture| Shown {
                src: picture_address(&picture.sha256),
                alt: picture.alt.clone(),
            })
            .collect(),
    }
}

/// How the content looks on each of its channels.
#[must_use]
pub(crate) fn previews(
    practice: &Practice,
    channels: &[Channel],
    content: &Content,
) -> Vec<Preview> {
    content
        .places
        .iter()
        .filter_map(|place| channels.iter().find(|channel| channel.id == place.channel))
        .map(|channel| preview(practice, channel, channels, content))
        .collect()
}
