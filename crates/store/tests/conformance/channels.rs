//! Channels, their credentials; pictures; the outbox.

use bedside_core::channel::{Channel, Platform};
use bedside_core::network::{Account, Credentials};
use bedside_core::{JobId, MailId};
use bedside_store::{Error, JobKind, MailState, Media, NewMail};
use jiff::SignedDuration;

use crate::support::{Db, KEY, Seed, told};

fn bluesky(db: &Db, seed: &Seed) -> (Channel, Credentials) {
    let channel = Channel {
        platform: Platform::Bluesky,
        account: Some(Account {
            id: "did:plc:weirlane".into(),
            handle: "weirlane.example".into(),
        }),
        ..db.channel(seed.id, "")
    };
    let credentials = Credentials {
        service: "https://pds.example".into(),
        identifier: "weirlane.example".into(),
        secret: "app-pass-word".into(),
    };
    (channel, credentials)
}

on_both!(a_channel_is_kept_with_its_secret_sealed, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (channel, credentials) = bluesky(db, &seed);
    let mut tx = db.write().await;
    tx.add_channel(&channel, Some(&credentials), &seed.responsible, db.now())
        .await
        .unwrap();
    assert_eq!(tx.channel(seed.id, channel.id).await.unwrap(), channel);
    assert_eq!(tx.channels(seed.id).await.unwrap().len(), 2);
    assert!(tx.credentials(seed.id, channel.id).await.unwrap() == Some(credentials.clone()));
    assert!(
        tx.credentials(seed.id, seed.channel)
            .await
            .unwrap()
            .is_none()
    );

    // Another practice sees and changes nothing of it.
    told(tx.channel(other.id, channel.id).await, "not_found");
    assert!(tx.channels(other.id).await.unwrap().len() == 1);
    assert!(
        tx.credentials(other.id, channel.id)
            .await
            .unwrap()
            .is_none()
    );
    let account = channel.account.clone().unwrap();
    let now = db.now();
    told(
        tx.reconnect_channel(
            other.id,
            channel.id,
            &account,
            &credentials,
            &other.responsible,
            now,
        )
        .await,
        "not_found",
    );
    told(
        tx.reconnect_channel(
            seed.id,
            channel.id,
            &account,
            &credentials,
            &other.responsible,
            now,
        )
        .await,
        "not_found",
    );
    told(
        tx.disconnect_channel(other.id, channel.id, &other.responsible, now)
            .await,
        "not_found",
    );
    told(
        tx.disconnect_channel(seed.id, channel.id, &other.responsible, now)
            .await,
        "not_found",
    );
    told(
        tx.add_channel(&db.channel(seed.id, "x"), None, &other.responsible, now)
            .await,
        "not_found",
    );
    tx.set_channel_trouble(other.id, channel.id, "broken")
        .await
        .unwrap();
    assert_eq!(tx.channel(seed.id, channel.id).await.unwrap(), channel);
    tx.commit().await.unwrap();

    // In the file there is no word of the secret, and what is sealed for one row does not open in another.
    db.raw
        .run(format!(
            "UPDATE channels SET secret = (SELECT secret FROM channels WHERE id = '{}') WHERE id = '{}'",
            channel.id, seed.channel
        ))
        .await
        .unwrap();
    let mut tx = db.read().await;
    assert!(matches!(
        tx.credentials(seed.id, seed.channel).await,
        Err(Error::Key)
    ));
    drop(tx);
    let strange = db.home.open([9; 32]).await.unwrap();
    let mut tx = strange.read().await.unwrap();
    assert!(matches!(
        tx.credentials(seed.id, channel.id).await,
        Err(Error::Key)
    ));
    let again = db.home.open(KEY).await.unwrap();
    let mut tx = again.read().await.unwrap();
    assert!(tx.credentials(seed.id, channel.id).await.unwrap() == Some(credentials));
});

on_both!(one_account_is_connected_once, |db| {
    let seed = db.practice().await;
    let (channel, credentials) = bluesky(db, &seed);
    let account = channel.account.clone().unwrap();
    let pat = &seed.responsible;
    let now = db.now();
    let mut tx = db.write().await;
    tx.add_channel(&channel, Some(&credentials), pat, now)
        .await
        .unwrap();
    let (twin, _) = bluesky(db, &seed);
    told(
        tx.add_channel(&twin, Some(&credentials), pat, now).await,
        "channel_known",
    );
    told(
        tx.add_channel(&twin, None, &seed.author, now).await,
        "not_your_role",
    );
    tx.disconnect_channel(seed.id, channel.id, pat, now)
        .await
        .unwrap();
    assert!(tx.credentials(seed.id, channel.id).await.unwrap().is_none());
    assert!(!tx.channel(seed.id, channel.id).await.unwrap().active);
    told(
        tx.disconnect_channel(seed.id, channel.id, pat, now).await,
        "not_found",
    );
    tx.add_channel(&twin, Some(&credentials), pat, now)
        .await
        .unwrap();
    // The old one cannot come back beside its twin.
    told(
        tx.reconnect_channel(seed.id, channel.id, &account, &credentials, pat, now)
            .await,
        "channel_known",
    );
});

on_both!(a_channel_is_connected_anew_with_the_same_account, |db| {
    let seed = db.practice().await;
    let (channel, mut credentials) = bluesky(db, &seed);
    let pat = &seed.responsible;
    let now = db.now();
    let mut tx = db.write().await;
    tx.add_channel(&channel, Some(&credentials), pat, now)
        .await
        .unwrap();
    tx.set_channel_trouble(seed.id, channel.id, "The password was refused.")
        .await
        .unwrap();
    assert_eq!(
        tx.channel(seed.id, channel.id).await.unwrap().trouble,
        "The password was refused."
    );
    credentials.secret = "new".into();
    let stranger = Account {
        id: "did:plc:other".into(),
        handle: "weirlane.example".into(),
    };
    told(
        tx.reconnect_channel(seed.id, channel.id, &stranger, &credentials, pat, now)
            .await,
        "other_account",
    );
    let renamed = Account {
        handle: "new.example".into(),
        ..channel.account.clone().unwrap()
    };
    told(
        tx.reconnect_channel(
            seed.id,
            channel.id,
            &renamed,
            &credentials,
            &seed.author,
            now,
        )
        .await,
        "not_your_role",
    );
    tx.reconnect_channel(seed.id, channel.id, &renamed, &credentials, pat, now)
        .await
        .unwrap();
    let known = tx.channel(seed.id, channel.id).await.unwrap();
    assert_eq!(known.account, Some(renamed));
    assert_eq!(known.trouble, "");
    assert!(tx.credentials(seed.id, channel.id).await.unwrap() == Some(credentials));
});

on_both!(the_same_picture_is_kept_once_in_each_practice, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let bytes: Vec<u8> = (0..=255).collect();
    let mut picture = Media {
        sha256: bedside_core::content::sha256_hex(&bytes),
        mime: "image/png".into(),
        width: 4,
        height: 3,
        bytes,
    };
    let sha256 = picture.sha256.clone();
    let mut tx = db.write().await;
    tx.keep_media(seed.id, &picture, db.now()).await.unwrap();
    tx.keep_media(seed.id, &picture, db.now()).await.unwrap();
    assert_eq!(
        tx.media(seed.id, &sha256).await.unwrap().as_ref(),
        Some(&picture)
    );
    assert_eq!(tx.media(other.id, &sha256).await.unwrap(), None);
    // A name that does not fit the bytes is not believed.
    picture.bytes.push(0);
    tx.keep_media(other.id, &picture, db.now()).await.unwrap();
    assert_eq!(tx.media(other.id, &sha256).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("media").await, 2);
});

on_both!(a_message_waits_is_sent_and_loses_its_body, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let new = |subject: &str| NewMail {
        id: db.world.id::<MailId>(),
        job: db.world.id::<JobId>(),
        to: "pat@weirlane.example".into(),
        subject: subject.into(),
        body: "https://bedside.example/p/1".into(),
    };
    let (one, two) = (new("One"), new("Two"));
    let mut tx = db.write().await;
    tx.queue_mail(seed.id, &one, db.now()).await.unwrap();
    db.clock.advance(1);
    tx.queue_mail(seed.id, &two, db.now()).await.unwrap();
    let waiting = tx.mail(seed.id, one.id).await.unwrap().unwrap();
    assert_eq!(
        (waiting.state, &waiting.body),
        (MailState::Waiting, &one.body)
    );
    assert_eq!(tx.mail(other.id, one.id).await.unwrap(), None);
    assert!(tx.mails(other.id, 10).await.unwrap().is_empty());
    let subjects = |mails: Vec<bedside_store::Mail>| -> Vec<String> {
        mails.into_iter().map(|mail| mail.subject).collect()
    };
    assert_eq!(
        subjects(tx.mails(seed.id, 10).await.unwrap()),
        ["Two", "One"]
    );
    assert_eq!(subjects(tx.mails(seed.id, 1).await.unwrap()), ["Two"]);
    let jobs = tx
        .claim_jobs("w", db.now(), SignedDuration::from_secs(60), 10)
        .await
        .unwrap();
    assert_eq!(
        jobs.iter()
            .map(|job| (job.kind, job.subject.clone()))
            .collect::<Vec<_>>(),
        [
            (JobKind::Mail, one.id.to_string()),
            (JobKind::Mail, two.id.to_string())
        ]
    );

    tx.settle_mail(other.id, one.id, MailState::Sent, "", db.now())
        .await
        .unwrap();
    assert_eq!(
        tx.mail(seed.id, one.id).await.unwrap().unwrap().state,
        MailState::Waiting
    );
    tx.settle_mail(seed.id, one.id, MailState::Sent, "", db.now())
        .await
        .unwrap();
    tx.settle_mail(
        seed.id,
        two.id,
        MailState::Failed,
        "No such mailbox",
        db.now(),
    )
    .await
    .unwrap();
    let sent = tx.mail(seed.id, one.id).await.unwrap().unwrap();
    assert_eq!(
        (sent.state, &*sent.body, sent.sent_at),
        (MailState::Sent, "", Some(db.now()))
    );
    let failed = tx.mail(seed.id, two.id).await.unwrap().unwrap();
    assert_eq!(
        (failed.state, &*failed.trouble, failed.sent_at),
        (MailState::Failed, "No such mailbox", None)
    );
    assert_eq!(failed.body, two.body);
});
