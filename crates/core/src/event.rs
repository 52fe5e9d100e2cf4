//! What happened: the one vocabulary of the record, told to people in [`Event::words`].

use serde::{Deserialize, Serialize};

use crate::content::Seal;
use crate::{ChannelId, DeliveryId, InvitationId, MemberId, PostId, RevisionId};

/// One thing that happened in a practice. Holds ids, seals and reasons, never the text of a draft, a patient's details
/// or a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Event {
    PracticeCreated,
    SettingsChanged {
        fields: Vec<String>,
    },
    MemberInvited {
        invitation: InvitationId,
        roles: String,
    },
    InvitationWithdrawn {
        invitation: InvitationId,
    },
    MemberJoined {
        member: MemberId,
        roles: String,
    },
    RolesChanged {
        member: MemberId,
        before: String,
        after: String,
    },
    MemberRemoved {
        member: MemberId,
    },
    SignedIn,
    SignedOutEverywhere,
    ChannelConnected {
        channel: ChannelId,
        platform: String,
    },
    ChannelDisconnected {
        channel: ChannelId,
    },
    PostWritten {
        post: PostId,
        revision: RevisionId,
        seal: Seal,
    },
    PostChanged {
        post: PostId,
        revision: RevisionId,
        seal: Seal,
    },
    PostDeleted {
        post: PostId,
    },
    OpinionAsked {
        post: PostId,
        revision: RevisionId,
    },
    /// An edit after someone was asked or had approved.
    OpinionVoided {
        post: PostId,
        revision: RevisionId,
    },
    Approved {
        post: PostId,
        revision: RevisionId,
        seals: Vec<Seal>,
    },
    /// Let out without a second opinion, because the practice's settings ask for none.
    LetOut {
        post: PostId,
        revision: RevisionId,
        seals: Vec<Seal>,
    },
    ChangesAsked {
        post: PostId,
        revision: RevisionId,
        reason: String,
    },
    FindingOverridden {
        post: PostId,
        revision: RevisionId,
        rule: String,
        reason: String,
    },
    DeliveryQueued {
        post: PostId,
        delivery: DeliveryId,
        channel: ChannelId,
        due: jiff::Timestamp,
    },
    DeliveryCancelled {
        post: PostId,
        delivery: DeliveryId,
    },
    DeliveryHeld {
        post: PostId,
        delivery: DeliveryId,
        why: String,
    },
    DeliveryLate {
        post: PostId,
        delivery: DeliveryId,
    },
    SendingStarted {
        post: PostId,
        delivery: DeliveryId,
        attempt: u32,
    },
    SendingRetried {
        post: PostId,
        delivery: DeliveryId,
        why: String,
    },
    DeliveryLive {
        post: PostId,
        delivery: DeliveryId,
        link: String,
    },
    DeliveryRefused {
        post: PostId,
        delivery: DeliveryId,
        why: String,
    },
    DeliveryUnknown {
        post: PostId,
        delivery: DeliveryId,
    },
    ByHandAsked {
        post: PostId,
        delivery: DeliveryId,
    },
    /// A person said what became of it.
    SettledByHand {
        post: PostId,
        delivery: DeliveryId,
        outcome: String,
        link: String,
    },
    TakeDownAsked {
        post: PostId,
        delivery: DeliveryId,
    },
    /// Why a person asked for it.
    TakeDownReason {
        post: PostId,
        reason: String,
    },
    TakeDownByHandAsked {
        post: PostId,
        delivery: DeliveryId,
        why: String,
    },
    /// Looked for and not found.
    Gone {
        post: PostId,
        delivery: DeliveryId,
    },
    GoneByHand {
        post: PostId,
        delivery: DeliveryId,
    },
    RecordVerified {
        entries: u64,
        sound: bool,
    },
    Exported {
        what: String,
    },
}

impl Event {
    /// The post that it is about.
    #[must_use]
    pub fn post(&self) -> Option<PostId> {
        match self {
            Self::PostWritten { post, .. }
            | Self::PostChanged { post, .. }
            | Self::PostDeleted { post }
            | Self::OpinionAsked { post, .. }
            | Self::OpinionVoided { post, .. }
            | Self::Approved { post, .. }
            | Self::LetOut { post, .. }
            | Self::ChangesAsked { post, .. }
            | Self::FindingOverridden { post, .. }
            | Self::DeliveryQueued { post, .. }
            | Self::DeliveryCancelled { post, .. }
            | Self::DeliveryHeld { post, .. }
            | Self::DeliveryLate { post, .. }
            | Self::SendingStarted { post, .. }
            | Self::SendingRetried { post, .. }
            | Self::DeliveryLive { post, .. }
            | Self::DeliveryRefused { post, .. }
            | Self::DeliveryUnknown { post, .. }
            | Self::ByHandAsked { post, .. }
            | Self::SettledByHand { post, .. }
            | Self::TakeDownAsked { post, .. }
            | Self::TakeDownReason { post, .. }
            | Self::TakeDownByHandAsked { post, .. }
            | Self::Gone { post, .. }
            | Self::GoneByHand { post, .. } => Some(*post),
            _ => None,
        }
    }

    /// What happened, in words: the second half of "Dr Example ...".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::PracticeCreated => "set up the practice".into(),
            Self::SettingsChanged { fields } => {
                format!("changed the practice's settings: {}", fields.join(", "))
            }
            Self::MemberInvited { roles, .. } => format!("invited someone as {roles}"),
            Self::InvitationWithdrawn { .. } => "withdrew an invitation".into(),
            Self::MemberJoined { roles, .. } => format!("joined as {roles}"),
            Self::RolesChanged { before, after, .. } => {
                format!("changed someone's roles from {before} to {after}")
            }
            Self::MemberRemoved { .. } => "ended someone's access".into(),
            Self::SignedIn => "signed in".into(),
            Self::SignedOutEverywhere => "signed out everywhere".into(),
            Self::ChannelConnected { platform, .. } => format!("connected a channel on {platform}"),
            Self::ChannelDisconnected { .. } => "disconnected a channel".into(),
            Self::PostWritten { .. } => "wrote a post".into(),
            Self::PostChanged { .. } => "changed a post".into(),
            Self::PostDeleted { .. } => "deleted a draft".into(),
            Self::OpinionAsked { .. } => "asked for a second opinion".into(),
            Self::OpinionVoided { .. } => {
                "changed the post, so the second opinion no longer counts".into()
            }
            Self::Approved { .. } => "approved exactly this text".into(),
            Self::LetOut { .. } => {
                "let the post out; the practice asks for no second opinion".into()
            }
            Self::ChangesAsked { reason, .. } => format!("asked for changes: {reason}"),
            Self::FindingOverridden { rule, reason, .. } => {
                format!("let a finding pass ({rule}): {reason}")
            }
            Self::DeliveryQueued { .. } => "put the post in the calendar".into(),
            Self::DeliveryCancelled { .. } => "took the post out of the calendar".into(),
            Self::DeliveryHeld { why, .. } => format!("held the post back: {why}"),
            Self::DeliveryLate { .. } => "did not send the post, because it was too late".into(),
            Self::SendingStarted { attempt: 1, .. } => "began to send the post".into(),
            Self::SendingStarted { attempt, .. } => {
                format!("began to send the post (try {attempt})")
            }
            Self::SendingRetried { why, .. } => format!("will try again: {why}"),
            Self::DeliveryLive { .. } => "saw the post live".into(),
            Self::DeliveryRefused { why, .. } => format!("could not send the post: {why}"),
            Self::DeliveryUnknown { .. } => "does not know whether the post went out".into(),
            Self::ByHandAsked { .. } => "asked for the post to be put up by hand".into(),
            Self::SettledByHand { outcome, .. } => {
                format!("said what became of the post: {outcome}")
            }
            Self::TakeDownAsked { .. } => "asked for the post to be taken down".into(),
            Self::TakeDownReason { reason, .. } => {
                format!("said why the post is taken down: {reason}")
            }
            Self::TakeDownByHandAsked { why, .. } => {
                format!("asked for the post to be removed by hand: {why}")
            }
            Self::Gone { .. } => "looked for the post and found it gone".into(),
            Self::GoneByHand { .. } => "said that the post is gone".into(),
            Self::RecordVerified {
                sound: true,
                entries,
            } => {
                format!("checked the record: all {entries} entries are as they were written")
            }
            Self::RecordVerified { sound: false, .. } => {
                "checked the record and found that it was changed".into()
            }
            Self::Exported { what } => format!("exported {what}"),
        }
    }
}
