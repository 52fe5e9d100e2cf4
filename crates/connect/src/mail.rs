//! Mail through the practice's own SMTP server.
//!
//! Encryption is never given up quietly: a server that does not offer it gets nothing, and plain text is only for a
//! server on this machine. A message may arrive twice when an answer is lost; its Message-ID is fixed by the caller, so
//! mail programs can tell.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

/// For making the connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// For a whole message, from connecting to the server's last word.
const LIMIT: Duration = Duration::from_secs(60);
/// Seconds before trying again when the server or the line fails.
const WAIT: u32 = 120;
/// Seconds before trying again when somebody has to change the settings first.
const WAIT_FOR_SETTINGS: u32 = 900;

/// How the connection is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte, usually on port 465.
    Tls,
    /// Encrypted after the greeting, usually on port 587; a server that cannot is left.
    StartTls,
    /// Not at all; only for a server on this machine.
    None,
}

/// The practice's mail server.
#[derive(Clone)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User name and password, where the server wants them.
    pub sign_in: Option<(String, String)>,
    /// Who the mail is from: `Weir Lane Surgery <social@weirlane.example>`.
    pub from: String,
    /// A certificate authority of the practice's own (PEM), trusted beside the public ones.
    pub authority: Option<Vec<u8>>,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// What is wrong with the settings. The text is for the person who typed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsTrouble {
    #[error(
        "The sender is not an e-mail address. It should look like Weir Lane Surgery <social@weirlane.example>."
    )]
    Sender,
    #[error(
        "Mail without encryption is only possible to a server on this machine. Choose TLS or STARTTLS."
    )]
    PlainText,
    #[error("This is not the name of a mail server.")]
    Host,
    #[error("The certificate is not in PEM form, or it is damaged.")]
    Authority,
}

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its Message-ID without the angle brackets, the same at every try: `019a...@weirlane.example`.
    pub id: String,
    pub date: Timestamp,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The same in HTML, for programs that show it.
    pub html: Option<String>,
}

/// Why a message was not handed over. The text is for people and holds nothing of the message or of the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailTrouble {
    /// This message to this address will never be taken.
    #[error("{0}")]
    Refused(String),
    /// Not now; perhaps somebody has to change the settings first.
    #[error("{why}")]
    Later { why: String, wait_seconds: u32 },
}

/// The way to the mail server; one connection for each message.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Checks the settings; connects to nothing.
    ///
    /// # Errors
    /// [`SettingsTrouble`] saying which of them is wrong.
    pub fn new(settings: &MailSettings) -> Result<Self, SettingsTrouble> {
        let from: Mailbox = settings
            .from
            .trim()
            .parse()
            .map_err(|_| SettingsTrouble::Sender)?;
        let host = settings.host.trim();
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || "/@".contains(c)) {
            return Err(SettingsTrouble::Host);
        }
        let tls = match settings.security {
            Security::None if is_this_machine(host) => Tls::None,
            Security::None => return Err(SettingsTrouble::PlainText),
            Security::Tls => Tls::Wrapper(encryption(host, settings)?),
            Security::StartTls => Tls::Required(encryption(host, settings)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(settings.port)
            .timeout(Some(CONNECT_LIMIT))
            .tls(tls);
        if let Some((name, password)) = &settings.sign_in {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    /// Connects, signs in and leaves again: shows that the settings work. Nothing is sent.
    ///
    /// # Errors
    /// [`MailTrouble::Later`] saying what does not work.
    pub async fn check(&self) -> Result<(), MailTrouble> {
        match tokio::time::timeout(LIMIT, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(later(BROKEN, WAIT)),
            Ok(Err(error)) => Err(settings_trouble(&error)),
            Err(_) => Err(later(SLOW, WAIT)),
        }
    }

    /// Hands the message to the server.
    ///
    /// # Errors
    /// [`MailTrouble`] when the server does not take it.
    pub async fn send(&self, message: &Message) -> Result<(), MailTrouble> {
        let mail = self.compose(message)?;
        match tokio::time::timeout(LIMIT, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(trouble(&error)),
            Err(_) => Err(later(SLOW, WAIT)),
        }
    }

    fn compose(&self, message: &Message) -> Result<lettre::Message, MailTrouble> {
        let to: Mailbox = message.to.trim().parse().map_err(|_| refused(NO_ADDRESS))?;
        // A line break in a header would let its writer add headers.
        let subject: String = message
            .subject
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let id: String = message
            .id
            .chars()
            .filter(|c| c.is_ascii_graphic() && !"<>".contains(*c))
            .collect();
        let builder = lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .date(SystemTime::from(message.date))
            .message_id(Some(format!("<{id}>")))
            // Keeps out-of-office answers away (RFC 3834, section 5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let text = SinglePart::plain(message.text.clone());
        let built = match &message.html {
            None => builder.singlepart(text),
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .singlepart(text)
                    .singlepart(SinglePart::html(html.clone())),
            ),
        };
        built.map_err(|_| refused(NO_ADDRESS))
    }
}

fn encryption(host: &str, settings: &MailSettings) -> Result<TlsParameters, SettingsTrouble> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &settings.authority {
        let authority = Certificate::from_pem(pem).map_err(|_| SettingsTrouble::Authority)?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build().map_err(|_| SettingsTrouble::Authority)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

const NO_ADDRESS: &str = "This is not an e-mail address. Check how it is written.";
const NO_SUCH_ADDRESS: &str =
    "The mail server will not deliver to this address. Check how it is written.";
const NOT_TAKEN: &str = "The mail server does not take this message.";
const BUSY: &str = "The mail server asks us to try again later.";
const SLOW: &str = "The mail server took too long to answer.";
const BROKEN: &str = "The mail server could not be reached, or the connection broke.";
const WRONG_PASSWORD: &str =
    "The mail server did not accept the user name or password. Check the mail settings.";
const NOT_SAFE: &str = "No safe connection to the mail server could be made, so nothing was sent. Check its name, \
     port and encryption in the mail settings.";

fn trouble(error: &Error) -> MailTrouble {
    match error.status().map(u16::from) {
        // About the signing in, not about this message: RFC 4954, section 6.
        Some(432 | 454 | 530 | 534 | 535 | 538) => settings_trouble(error),
        Some(501 | 510 | 511 | 550 | 551 | 553 | 556) => refused(NO_SUCH_ADDRESS),
        Some(500..) => refused(NOT_TAKEN),
        Some(_) => later(BUSY, WAIT),
        None => settings_trouble(error),
    }
}

fn settings_trouble(error: &Error) -> MailTrouble {
    match error.status().map(u16::from) {
        Some(530 | 534 | 535 | 538) => later(WRONG_PASSWORD, WAIT_FOR_SETTINGS),
        Some(_) => later(BUSY, WAIT),
        None if error.is_timeout() => later(SLOW, WAIT),
        // The client's own errors: no encryption or no way to sign in that both sides know.
        None if error.is_tls() || error.is_client() || is_certificate(error) => {
            later(NOT_SAFE, WAIT_FOR_SETTINGS)
        }
        None => later(BROKEN, WAIT),
    }
}

/// A handshake that fails comes as a connection error with the reason inside.
fn is_certificate(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        // An I/O error does not name what it wraps as its source.
        let wrapped = inner
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if inner.is::<rustls::Error>()
            || wrapped.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
        {
            return true;
        }
        source = inner.source();
    }
    false
}

fn refused(why: &str) -> MailTrouble {
    MailTrouble::Refused(why.to_owned())
}

fn later(why: &str, wait_seconds: u32) -> MailTrouble {
    MailTrouble::Later {
        why: why.to_owned(),
        wait_seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::{MailSettings, Mailer, Security, SettingsTrouble};

    fn settings(host: &str, security: Security) -> MailSettings {
        MailSettings {
            host: host.to_owned(),
            port: 587,
            security,
            sign_in: Some(("social".to_owned(), "hush-hush".to_owned())),
            from: "Weir Lane Surgery <social@weirlane.example>".to_owned(),
            authority: None,
        }
    }

    fn trouble(settings: &MailSettings) -> Option<SettingsTrouble> {
        Mailer::new(settings).err()
    }

    #[test]
    fn plain_text_is_for_this_machine_only() {
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(trouble(&settings(host, Security::None)), None, "{host}");
        }
        for host in ["mail.weirlane.example", "10.0.0.7", "localhost.example"] {
            assert_eq!(
                trouble(&settings(host, Security::None)),
                Some(SettingsTrouble::PlainText)
            );
            assert_eq!(trouble(&settings(host, Security::StartTls)), None, "{host}");
            assert_eq!(trouble(&settings(host, Security::Tls)), None, "{host}");
        }
    }

    #[test]
    fn what_cannot_work_is_said_before_anything_is_sent() {
        for host in ["", " ", "https://mail.example", "a b"] {
            assert_eq!(
                trouble(&settings(host, Security::Tls)),
                Some(SettingsTrouble::Host),
                "{host}"
            );
        }
        let mut wrong = settings("mail.weirlane.example", Security::Tls);
        wrong.from = "Weir Lane Surgery".to_owned();
        assert_eq!(trouble(&wrong), Some(SettingsTrouble::Sender));
        wrong = settings("mail.weirlane.example", Security::Tls);
        wrong.authority = Some(b"-----BEGIN CERTIFICATE-----\nnonsense\n".to_vec());
        assert_eq!(trouble(&wrong), Some(SettingsTrouble::Authority));
    }

    #[test]
    fn the_password_is_not_shown() {
        let shown = format!("{:?}", settings("mail.weirlane.example", Security::Tls));
        assert!(
            !shown.contains("hush") && !shown.contains("social"),
            "{shown}"
        );
    }
}
