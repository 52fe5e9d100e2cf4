//! What a form sent: fields in order, repeated names too, and files. The token against forged forms is checked here,
//! so that no handler can forget it.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header;

use crate::app::App;
use crate::error::Error;
use crate::session::Visitor;

/// Most bytes of a form without files.
pub(crate) const FORM_MAX: usize = 2 * 1024 * 1024;
/// Most bytes of one file.
pub(crate) const FILE_MAX: usize = 10 * 1024 * 1024;
/// Most bytes of a request as a whole.
pub(crate) const REQUEST_MAX: usize = 4 * FILE_MAX + FORM_MAX;
/// Most fields of a form.
const FIELDS_MAX: usize = 500;

/// A form from a page of ours.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    pub files: Vec<File>,
}

/// A file that came with a form.
#[derive(Debug)]
pub(crate) struct File {
    pub field: String,
    pub name: String,
    pub bytes: Bytes,
}

impl Form {
    /// The first value of a name, empty when there is none. Line ends are as on a page: `\n`.
    pub fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(key, _)| key == name)
    }

    /// Pairs whose name begins with `prefix`, the rest of the name first.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.fields
            .iter()
            .filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value.as_str())))
    }

    /// A value that must be one of ours: an id, a platform. What is not is a page that was tampered with or too old.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        self.get(name).parse().map_err(|_| Error::Unreadable)
    }

    fn push(&mut self, name: &str, value: &str) -> Result<(), Error> {
        if self.fields.len() >= FIELDS_MAX {
            return Err(Error::TooBig);
        }
        // Browsers send CRLF; what is typed is kept with the line ends of the text field, so that offsets agree.
        self.fields.push((
            name.to_owned(),
            value.replace("\r\n", "\n").replace('\0', ""),
        ));
        Ok(())
    }
}

impl FromRequest<App> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        let form = if multipart {
            read_multipart(request, app).await?
        } else {
            read_plain(request, app).await?
        };
        visitor.check(form.get("csrf"))?;
        Ok(form)
    }
}

async fn read_plain(request: Request, app: &App) -> Result<Form, Error> {
    let bytes = Bytes::from_request(request, app)
        .await
        .map_err(|_| Error::TooBig)?;
    if bytes.len() > FORM_MAX {
        return Err(Error::TooBig);
    }
    let mut form = Form::default();
    for (name, value) in url::form_urlencoded::parse(&bytes) {
        form.push(&name, &value)?;
    }
    Ok(form)
}

async fn read_multipart(request: Request, app: &App) -> Result<Form, Error> {
    let mut multipart = Multipart::from_request(request, app)
        .await
        .map_err(|_| Error::Unreadable)?;
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(|e| unreadable(&e))? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file_name) => {
                let bytes = field.bytes().await.map_err(|e| unreadable(&e))?;
                if bytes.len() > FILE_MAX {
                    return Err(Error::TooBig);
                }
                if !bytes.is_empty() {
                    form.files.push(File {
                        field: name,
                        name: file_name,
                        bytes,
                    });
                }
            }
            None => {
                let value = field.text().await.map_err(|e| unreadable(&e))?;
                if value.len() > FORM_MAX {
                    return Err(Error::TooBig);
                }
                form.push(&name, &value)?;
            }
        }
    }
    Ok(form)
}

fn unreadable(error: &axum::extract::multipart::MultipartError) -> Error {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooBig
    } else {
        Error::Unreadable
    }
}
