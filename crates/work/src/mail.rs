//! Sending the outbox.

use bedside_connect::mail::{MailTrouble, Message};
use bedside_store::{Error, Job, MailState};
use jiff::SignedDuration;

use crate::Worker;

/// How long a message rests while no mail is set up.
const REST: SignedDuration = SignedDuration::from_hours(1);
/// Tries after which a message is given up; a person can pass it on from the page.
const TRIES: u32 = 30;

impl Worker {
    pub(crate) async fn mail(&self, job: &Job) -> Result<(), Error> {
        let now = self.world.now();
        let mut tx = self.store.read().await?;
        let mail = match job.subject.parse() {
            Ok(id) => tx.mail(job.practice, id).await?,
            Err(_) => None,
        };
        drop(tx);
        let waiting = mail.filter(|mail| mail.state == MailState::Waiting);
        let Some(mail) = waiting else {
            let mut tx = self.store.write().await?;
            tx.finish_job(job.practice, job.kind, &job.subject).await?;
            return tx.commit().await;
        };
        let Some(mailer) = &self.mailer else {
            let mut tx = self.store.write().await?;
            tx.postpone_job(job, now + REST, "no mail server is set up")
                .await?;
            return tx.commit().await;
        };
        let host = url_host(&self.options.public_address);
        let message = Message {
            id: format!("{}@{host}", mail.id),
            date: mail.created_at,
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            text: mail.body.clone(),
            html: None,
        };
        let sent = mailer.send(&message).await;
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        if !tx.holds_job(job, &self.options.name).await? {
            return Ok(());
        }
        match sent {
            Ok(()) => {
                tx.settle_mail(job.practice, mail.id, MailState::Sent, "", now)
                    .await?;
                tx.finish_job(job.practice, job.kind, &job.subject).await?;
            }
            Err(MailTrouble::Later { why, wait_seconds }) if job.tries < TRIES => {
                tx.settle_mail(job.practice, mail.id, MailState::Waiting, &why, now)
                    .await?;
                let again = now + bedside_core::delivery::backoff(job.tries, wait_seconds);
                tx.postpone_job(job, again, &why).await?;
            }
            Err(trouble) => {
                tx.settle_mail(
                    job.practice,
                    mail.id,
                    MailState::Failed,
                    &trouble.to_string(),
                    now,
                )
                .await?;
                tx.finish_job(job.practice, job.kind, &job.subject).await?;
            }
        }
        tx.commit().await
    }
}

fn url_host(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() {
        "bedside.invalid".to_owned()
    } else {
        host.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::url_host;

    #[test]
    fn the_message_id_names_the_host_alone() {
        assert_eq!(
            url_host("https://bedside.weirlane.example:8443/x"),
            "bedside.weirlane.example"
        );
        assert_eq!(url_host("http://127.0.0.1:8080"), "127.0.0.1");
    }
}
