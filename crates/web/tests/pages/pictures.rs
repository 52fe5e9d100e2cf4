//! Pictures of a post.

use axum::http::header;
use bedside_core::people::Role;
use image::{ImageFormat, RgbImage};

use crate::compose::{FINE, content, post_of};
use crate::support::{Answer, House, Person};

fn picture(shade: u8, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(40, 30, image::Rgb([shade, 90, 90]))
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

async fn send(
    house: &House,
    who: &Person,
    fields: &[(&str, &str)],
    files: &[(&str, Vec<u8>)],
) -> Answer {
    let revision = house.get(who, "/posts/new").await.hidden("revision");
    let mut all = vec![
        ("revision", revision.as_str()),
        ("text", FINE),
        ("when", "asap"),
    ];
    all.extend_from_slice(fields);
    house.post_files(who, "/posts", &all, files).await
}

#[tokio::test]
async fn a_picture_is_kept_described_shown_and_removed() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let files = [
        ("door.jpg", picture(1, ImageFormat::Jpeg)),
        ("sign.png", picture(2, ImageFormat::Png)),
        ("none", Vec::new()),
    ];
    let fields = [
        ("alt_new_1", "Our front door"),
        ("alt_new_2", "Our sign"),
        ("act", "save"),
    ];
    let id = post_of(&send(&house, &sam, &fields, &files).await.is(303));
    let (kept, _) = content(&house, &practice, id).await;
    let alts: Vec<&str> = kept
        .pictures
        .iter()
        .map(|picture| picture.alt.as_str())
        .collect();
    assert_eq!(alts, ["Our front door", "Our sign"]);
    let page = house
        .get(&sam, &format!("/posts/{id}/edit"))
        .await
        .says("Our front door</textarea>");
    for (picture, kind) in kept.pictures.iter().zip(["image/jpeg", "image/png"]) {
        let path = format!("/media/{}", picture.sha256);
        page.body().contains(&path);
        let answer = house.get(&sam, &path).await.is(200);
        assert_eq!(answer.headers[header::CONTENT_TYPE], kind);
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(
            bedside_core::content::sha256_hex(&answer.bytes),
            picture.sha256
        );
    }
    let revision = page.hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("remove_1", "yes"),
        ("alt_1", "Our front door"),
        ("alt_2", "The new sign"),
        ("act", "save"),
    ];
    house
        .post_files(&sam, &format!("/posts/{id}"), &fields, &[])
        .await
        .is(303);
    let (kept, _) = content(&house, &practice, id).await;
    assert_eq!(kept.pictures.len(), 1);
    assert_eq!(kept.pictures[0].alt, "The new sign");
}

#[tokio::test]
async fn files_that_are_no_pictures_and_too_many_are_refused_and_the_text_is_kept() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let files = [
        ("scan<1>.gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
        ("ok.png", picture(3, ImageFormat::Png)),
    ];
    let page = send(&house, &sam, &[("act", "save")], &files).await.is(422);
    page.says("“scan&#60;1&#62;.gif” is not a JPEG, PNG or WebP picture.")
        .says("/media/")
        .says(FINE);
    let five: Vec<(&str, Vec<u8>)> = (0..5)
        .map(|n| ("a.png", picture(n, ImageFormat::Png)))
        .collect();
    let page = send(&house, &sam, &[("act", "save")], &five).await.is(422);
    page.says("A post can have 4 pictures at most, and with these it would have 5.")
        .says(FINE);
    let posts = house
        .read()
        .await
        .posts(practice.id, &[], None, 10)
        .await
        .unwrap();
    let mut kept: Vec<usize> = posts
        .iter()
        .map(|line| line.content.pictures.len())
        .collect();
    kept.sort_unstable();
    assert_eq!(kept, [0, 1]);
}

#[tokio::test]
async fn a_picture_without_words_keeps_the_post_from_being_asked_for() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let facebook = practice.facebook.to_string();
    let fields = [("channels", facebook.as_str()), ("act", "ask")];
    let files = [("door.jpg", picture(4, ImageFormat::Jpeg))];
    let page = send(&house, &sam, &fields, &files).await.is(422);
    page.says("<a href=\"#alt_1\">Say what picture 1 shows")
        .says("id=\"alt_1-error\"");
}

#[tokio::test]
async fn the_same_new_post_with_a_picture_sent_twice_is_one_post_with_one_picture() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let revision = house.get(&sam, "/posts/new").await.hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("act", "save"),
    ];
    let files = [("door.jpg", picture(5, ImageFormat::Jpeg))];
    let first = house
        .post_files(&sam, "/posts", &fields, &files)
        .await
        .is(303);
    let second = house
        .post_files(&sam, "/posts", &fields, &files)
        .await
        .is(303);
    assert_eq!(post_of(&first), post_of(&second));
    let (kept, revisions) = content(&house, &practice, post_of(&first)).await;
    assert_eq!((kept.pictures.len(), revisions), (1, 1));
}
