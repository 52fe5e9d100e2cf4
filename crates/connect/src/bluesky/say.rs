//! What people are told. Never a word of a post, a name, an address or a token; what happened, then what to do.

use bedside_core::network::Trouble;

use super::xrpc::Problem;
use crate::http::{Failure, Loss};

pub const WRONG_PASSWORD: &str = "Bluesky did not accept the name or the app password. In Bluesky, make a new app \
     password (Settings, Privacy and security, App passwords) and connect the channel again.";
pub const CODE_WANTED: &str = "Bluesky asks for a code from an e-mail with this password. Use an app password instead \
     (in Bluesky: Settings, Privacy and security, App passwords).";
pub const SUSPENDED: &str = "Bluesky has suspended this account, so nothing can be posted to it. Sign in to Bluesky to see why.";
pub const INACTIVE: &str =
    "This Bluesky account has been deactivated. Sign in to Bluesky and turn it on again.";
pub const SIGN_IN_AGAIN: &str = "Bluesky no longer accepts this channel's sign-in. Connect the channel again with a new app password.";
pub const OTHER_ACCOUNT: &str = "The name and app password of this channel now belong to another Bluesky account. \
     Connect the channel again.";
pub const FOREIGN: &str = "The service did not answer like Bluesky. Check its address; if that is right, try again later.";
pub const UNREACHABLE: &str =
    "Bluesky could not be reached, so nothing was sent. Check the internet connection.";
pub const TOO_OFTEN: &str =
    "Bluesky asks us to wait: too much was sent in a short time. Nothing was posted.";
pub const FAILING: &str = "Bluesky is having problems, so nothing was posted.";
pub const PICTURE_LOST: &str =
    "The connection to Bluesky broke while a picture was being sent. Nothing was posted.";
pub const PICTURE_GONE: &str =
    "Bluesky has lost a picture that was sent. Nothing was posted; it has to be sent again.";
pub const UNKNOWN: &str =
    "We sent this to Bluesky and did not hear back. It may be live. Look before sending it again.";
pub const NOT_TAKEN: &str =
    "Bluesky does not take this post as it is. Change it and ask for a new second opinion.";
pub const TAKEN: &str = "Something else is already in this post's place on Bluesky, so it was not sent. Look at the \
     account, then write the post again.";
pub const PICTURES_CHANGED: &str =
    "The pictures are not the ones that were approved, so nothing was sent. Write the post again.";
pub const PICTURE_KIND: &str = "A picture is not of the kind its name says, and Bluesky does not take it so. Add it again as JPEG or PNG.";
pub const PICTURE_ALTERED: &str =
    "Bluesky did not keep a picture as it was sent, so nothing was posted. Add the picture again.";
pub const PICTURE_TOO_LARGE: &str =
    "A picture is larger than this Bluesky server takes. Make it smaller and write the post again.";
pub const NOT_OURS: &str =
    "What was kept of this post cannot be read, so nothing was sent. Write the post again.";

/// No answer came to a call that changes nothing in the world's eyes (signing in, looking).
pub fn no_answer(failure: Failure) -> Trouble {
    let why = match failure {
        Failure::NotReached => "Bluesky could not be reached. Check the internet connection.",
        Failure::Lost(Loss::TimeUp) => "Bluesky took too long to answer.",
        Failure::Lost(Loss::Cut | Loss::AnswerCutShort) => "The connection to Bluesky broke.",
        Failure::Lost(Loss::AnswerTooLong | Loss::AnswerUnreadable) => FOREIGN,
    };
    Trouble::Later {
        why: why.to_owned(),
        wait_seconds: super::WAIT,
    }
}

/// The network answered that it cannot do it now.
pub fn not_now(problem: &Problem) -> Trouble {
    let why = if problem.is_too_often() {
        "Bluesky asks us to wait: there were too many requests in a short time."
    } else {
        "Bluesky is having problems at the moment."
    };
    Trouble::Later {
        why: why.to_owned(),
        wait_seconds: problem.wait(),
    }
}
