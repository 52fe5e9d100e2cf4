//! Mail against a real SMTP server on loopback (`e2e/smtp`).
// Marked so that the lints take the helpers for test code too.
#![cfg(test)]

use std::time::Duration;

use bedside_connect::mail::{MailSettings, MailTrouble, Mailer, Message, Security};
use bedside_connect::testing::{Smtp, real_smtp, unique};

fn settings(smtp: &Smtp) -> MailSettings {
    let (host, port) = smtp.address.rsplit_once(':').unwrap();
    MailSettings {
        host: host.to_owned(),
        port: port.parse().unwrap(),
        security: Security::None,
        sign_in: None,
        from: "Weir Lane Surgery <social@weirlane.example>".to_owned(),
        authority: None,
    }
}

fn message(to: &str) -> Message {
    Message {
        id: format!("{}@weirlane.example", unique()),
        date: "2026-03-03T09:00:00Z".parse().unwrap(),
        to: to.to_owned(),
        subject: "A second opinion, please 💉".to_owned(),
        text: "Dr Example asks for your opinion.\n.\nThank you, Zoë".to_owned(),
        html: None,
    }
}

/// The kept messages with this Message-ID. The server answers "kept" only after the file is there.
fn kept(smtp: &Smtp, id: &str) -> Vec<String> {
    let files = std::fs::read_dir(&smtp.folder).unwrap();
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .map(|path| String::from_utf8(std::fs::read(path).unwrap()).unwrap())
        .filter(|mail| mail.contains(&format!("Message-ID: <{id}>\r\n")))
        .collect()
}

#[tokio::test]
async fn a_message_arrives_whole() {
    let Some(smtp) = real_smtp() else { return };
    let mailer = Mailer::new(&settings(&smtp)).unwrap();
    mailer.check().await.unwrap();
    let mut message = message("Dr Example <reviewer@weirlane.example>");
    message.html = Some("<p>Dr Example asks for your opinion.</p>".to_owned());
    mailer.send(&message).await.unwrap();
    let mails = kept(&smtp, &message.id);
    assert_eq!(mails.len(), 1);
    for line in [
        "X-MailFrom: social@weirlane.example\r\n",
        "X-RcptTo: reviewer@weirlane.example\r\n",
        "From: \"Weir Lane Surgery\" <social@weirlane.example>\r\n",
        "Date: Tue, 03 Mar 2026 09:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
    ] {
        assert!(mails[0].contains(line), "{line} in {}", mails[0]);
    }
}

#[tokio::test]
async fn a_subject_cannot_add_headers() {
    let Some(smtp) = real_smtp() else { return };
    let mailer = Mailer::new(&settings(&smtp)).unwrap();
    let mut message = message("reviewer@weirlane.example");
    message.subject = "Hello\r\nBcc: everyone@weirlane.example\r\n\r\nBody".to_owned();
    mailer.send(&message).await.unwrap();
    let mails = kept(&smtp, &message.id);
    assert!(!mails[0].contains("\nBcc:"), "{}", mails[0]);
    assert!(mails[0].contains("X-RcptTo: reviewer@weirlane.example\r\n"));
}

#[tokio::test]
async fn what_the_server_says_of_an_address_decides_whether_to_try_again() {
    let Some(smtp) = real_smtp() else { return };
    let mailer = Mailer::new(&settings(&smtp)).unwrap();
    for to in [
        "no-such-person@weirlane.example",
        "not an address",
        "two@a.example, three@b.example",
    ] {
        let message = message(to);
        assert!(
            matches!(mailer.send(&message).await, Err(MailTrouble::Refused(_))),
            "{to}"
        );
        assert_eq!(kept(&smtp, &message.id).len(), 0);
    }
    let full = mailer.send(&message("full-today@weirlane.example")).await;
    assert!(matches!(full, Err(MailTrouble::Later { .. })), "{full:?}");
}

#[tokio::test]
async fn encryption_is_not_given_up_when_the_server_has_none() {
    let Some(smtp) = real_smtp() else { return };
    for security in [Security::StartTls, Security::Tls] {
        let mailer = Mailer::new(&MailSettings {
            security,
            ..settings(&smtp)
        })
        .unwrap();
        let message = message("reviewer@weirlane.example");
        // With TLS from the first byte, this server would wait for ever for a greeting it can read.
        let sent = tokio::time::timeout(Duration::from_secs(5), mailer.send(&message)).await;
        assert!(
            matches!(sent, Err(_) | Ok(Err(MailTrouble::Later { .. }))),
            "{security:?}: {sent:?}"
        );
        assert_eq!(kept(&smtp, &message.id).len(), 0);
    }
}

/// The server's port that wants encryption and a sign-in.
fn safe(smtp: &Smtp, security: Security) -> MailSettings {
    let read = |name: &str| std::fs::read(smtp.folder.join(name)).unwrap();
    let ports: serde_json::Value = serde_json::from_slice(&read("sink.json")).unwrap();
    let port = &ports[if security == Security::Tls {
        "tls"
    } else {
        "starttls"
    }];
    MailSettings {
        host: "localhost".to_owned(),
        port: port.as_u64().unwrap().try_into().unwrap(),
        security,
        sign_in: Some(("social".to_owned(), "correct-horse".to_owned())),
        authority: Some(read("authority.pem")),
        ..settings(smtp)
    }
}

#[tokio::test]
async fn with_encryption_and_a_sign_in_the_message_arrives() {
    let Some(smtp) = real_smtp() else { return };
    for security in [Security::StartTls, Security::Tls] {
        let mailer = Mailer::new(&safe(&smtp, security)).unwrap();
        mailer.check().await.unwrap();
        let message = message("reviewer@weirlane.example");
        mailer.send(&message).await.unwrap();
        assert_eq!(kept(&smtp, &message.id).len(), 1, "{security:?}");
    }
}

#[tokio::test]
async fn an_unknown_certificate_and_a_wrong_password_wait_for_somebody_to_change_the_settings() {
    let Some(smtp) = real_smtp() else { return };
    for security in [Security::StartTls, Security::Tls] {
        let right = safe(&smtp, security);
        let unknown = MailSettings {
            authority: None,
            ..right.clone()
        };
        // The certificate is for "localhost".
        let other_name = MailSettings {
            host: "127.0.0.1".to_owned(),
            ..right.clone()
        };
        let wrong = MailSettings {
            sign_in: Some(("social".to_owned(), "hush-hush".to_owned())),
            ..right.clone()
        };
        let nobody = MailSettings {
            sign_in: None,
            ..right
        };
        for (settings, expected) in [
            (unknown, "No safe connection"),
            (other_name, "No safe connection"),
            (wrong, "did not accept the user name or password"),
            (nobody, "did not accept the user name or password"),
        ] {
            let mailer = Mailer::new(&settings).unwrap();
            let message = message("reviewer@weirlane.example");
            let Err(MailTrouble::Later { why, wait_seconds }) = mailer.send(&message).await else {
                panic!("{settings:?} was taken")
            };
            assert!(
                why.contains(expected) && wait_seconds >= 600,
                "{settings:?}: {why}"
            );
            assert_eq!(kept(&smtp, &message.id).len(), 0);
        }
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_server_are_told_without_the_password() {
    let Some(smtp) = real_smtp() else { return };
    let with_password = MailSettings {
        sign_in: Some(("social".to_owned(), "hush-hush".to_owned())),
        ..settings(&smtp)
    };
    // The server on loopback offers no sign-in at all.
    let refused = Mailer::new(&with_password)
        .unwrap()
        .send(&message("reviewer@weirlane.example"))
        .await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let gone = MailSettings {
        port: nobody.port(),
        ..settings(&smtp)
    };
    let missing = Mailer::new(&gone)
        .unwrap()
        .send(&message("reviewer@weirlane.example"))
        .await;
    for trouble in [refused, missing] {
        let Err(MailTrouble::Later { why, wait_seconds }) = trouble else {
            panic!("{trouble:?}")
        };
        assert!(
            !why.contains("hush") && why.ends_with('.') && wait_seconds > 0,
            "{why}"
        );
    }
}
