//! What an address asks for. An id that is none names nothing; a query that cannot be read asks for nothing special.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use bedside_core::Refusal;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::Error;

/// The id in an address with one parameter.
pub(crate) struct Id<T>(pub T);

impl<T: FromStr> FromRequestParts<App> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Path(text) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| nothing_here())?;
        text.parse().map(Self).map_err(|_| nothing_here())
    }
}

fn nothing_here() -> Error {
    Refusal::not_found("There is nothing at this address.").into()
}

/// The query of an address: the page as it is without one when names stand twice or values cannot be read.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequestParts<App> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        Ok(Self(query.map(|Query(asked)| asked).unwrap_or_default()))
    }
}
