//! The outbox and a real mail server.

use std::sync::Arc;

use bedside_connect::mail::{MailSettings, Mailer, Security};
use bedside_connect::testing::{Smtp, real_smtp, unique};
use bedside_core::MailId;
use bedside_store::{MailState, NewMail, Store};

use crate::support::{NAME, Scene};

fn mailer(port: u16) -> Arc<Mailer> {
    let settings = MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        sign_in: None,
        from: "Weir Lane Surgery <social@weirlane.example>".to_owned(),
        authority: None,
    };
    Arc::new(Mailer::new(&settings).unwrap())
}

fn port(smtp: &Smtp) -> u16 {
    smtp.address.rsplit(':').next().unwrap().parse().unwrap()
}

/// A port at which nobody listens.
fn dead_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

async fn scene(store: Store) -> Option<(Scene, Smtp)> {
    Some((Scene::direct(store).await?, real_smtp()?))
}

async fn queue(scene: &Scene, to: &str) -> MailId {
    let mail = NewMail {
        id: scene.world.id(),
        job: scene.world.id(),
        to: to.to_owned(),
        subject: "A post was held back".to_owned(),
        body: "Hello,\n\nhttps://bedside.weirlane.example/posts/1\n".to_owned(),
    };
    let mut tx = scene.store.write().await.unwrap();
    tx.queue_mail(scene.practice, &mail, scene.world.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    mail.id
}

async fn state(scene: &Scene, id: MailId) -> (MailState, String, String) {
    let mut tx = scene.store.read().await.unwrap();
    let mail = tx.mail(scene.practice, id).await.unwrap().unwrap();
    (mail.state, mail.trouble, mail.body)
}

/// How many messages the server has for this address.
fn arrived(smtp: &Smtp, to: &str) -> usize {
    let files = std::fs::read_dir(&smtp.folder).unwrap();
    files
        .filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok())
        .filter(|text| text.contains(to))
        .count()
}

on_both!(a_message_is_sent_once_and_forgets_its_body, |store| {
    let Some((scene, smtp)) = scene(store).await else {
        return;
    };
    let to = format!("{}@weirlane.example", unique());
    let id = queue(&scene, &to).await;
    let worker = scene.worker_named(NAME, Some(mailer(port(&smtp))));
    worker.once().await.unwrap();
    worker.once().await.unwrap();
    assert_eq!(
        state(&scene, id).await,
        (MailState::Sent, String::new(), String::new())
    );
    assert_eq!(arrived(&smtp, &to), 1);
});

on_both!(a_server_that_is_down_is_asked_again, |store| {
    let Some((scene, smtp)) = scene(store).await else {
        return;
    };
    let to = format!("{}@weirlane.example", unique());
    let id = queue(&scene, &to).await;
    let down = scene.worker_named(NAME, Some(mailer(dead_port())));
    down.once().await.unwrap();
    let (waiting, trouble, body) = state(&scene, id).await;
    assert_eq!(waiting, MailState::Waiting);
    assert!(!trouble.is_empty() && !body.is_empty());
    let up = scene.worker_named(NAME, Some(mailer(port(&smtp))));
    assert_eq!(up.once().await.unwrap(), 0, "it waits a while");
    scene.clock.advance(901);
    up.once().await.unwrap();
    assert_eq!(state(&scene, id).await.0, MailState::Sent);
    assert_eq!(arrived(&smtp, &to), 1);
});

on_both!(
    without_a_server_it_waits_and_goes_when_there_is_one,
    |store| {
        let Some((scene, smtp)) = scene(store).await else {
            return;
        };
        let to = format!("{}@weirlane.example", unique());
        let id = queue(&scene, &to).await;
        // Days without a server do not use up the tries of the day on which there is one.
        for _ in 0..40 {
            scene.later(3_601).await;
        }
        assert_eq!(state(&scene, id).await.0, MailState::Waiting);
        let down = scene.worker_named(NAME, Some(mailer(dead_port())));
        down.recover().await.unwrap();
        down.once().await.unwrap();
        assert_eq!(state(&scene, id).await.0, MailState::Waiting);
        let up = scene.worker_named(NAME, Some(mailer(port(&smtp))));
        up.recover().await.unwrap();
        up.once().await.unwrap();
        assert_eq!(state(&scene, id).await.0, MailState::Sent);
        assert_eq!(arrived(&smtp, &to), 1);
    }
);

on_both!(an_address_that_is_refused_is_given_up_and_said, |store| {
    let Some((scene, smtp)) = scene(store).await else {
        return;
    };
    let id = queue(&scene, "no-such-person@weirlane.example").await;
    let worker = scene.worker_named(NAME, Some(mailer(port(&smtp))));
    worker.once().await.unwrap();
    let (given_up, trouble, body) = state(&scene, id).await;
    assert_eq!(given_up, MailState::Failed);
    assert!(!trouble.is_empty(), "the page says why");
    assert!(!body.is_empty(), "a person can pass it on");
});
