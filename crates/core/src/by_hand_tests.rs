use super::{link_belongs, opening};

const POSTS: &[(&str, &str)] = &[
    (
        "facebook",
        "https://www.facebook.com/weirlanesurgery/posts/pfbid02abc",
    ),
    (
        "facebook",
        "https://m.facebook.com/story.php?story_fbid=123&id=456",
    ),
    ("facebook", "https://www.facebook.com/photo/?fbid=123"),
    ("facebook", "https://www.facebook.com/share/p/1AbCdEf/"),
    ("facebook", "https://fb.watch/abc123/"),
    ("instagram", "https://www.instagram.com/p/C1abc_-x/"),
    (
        "instagram",
        "https://www.instagram.com/weirlanedental/reel/C1abc/",
    ),
    (
        "linkedin",
        "https://www.linkedin.com/feed/update/urn:li:activity:7130000000000000000/",
    ),
    (
        "linkedin",
        "https://www.linkedin.com/posts/weir-lane-surgery_flu-activity-7130-AbCd",
    ),
    ("x", "https://x.com/weirlane/status/1726000000000000000"),
    (
        "x",
        "https://mobile.twitter.com/weirlane/status/1726000000000000000",
    ),
    ("threads", "https://www.threads.com/@weirlane/post/C1abc"),
    (
        "tiktok",
        "https://www.tiktok.com/@weirlane/video/7300000000000000000",
    ),
    ("tiktok", "https://vm.tiktok.com/ZGabc/"),
    ("youtube", "https://www.youtube.com/watch?v=abcdefghijk"),
    ("youtube", "https://youtu.be/abcdefghijk"),
    ("youtube", "https://www.youtube.com/shorts/abcdefghijk"),
    ("google_business", "https://posts.gle/AbCdEf"),
    (
        "google_business",
        "https://www.google.com/search?q=weir+lane+surgery",
    ),
    (
        "mastodon",
        "https://social.example/@weirlane/111222333444555666",
    ),
    (
        "mastodon",
        "https://social.example/users/weirlane/statuses/111222333444555666",
    ),
    (
        "bluesky",
        "https://bsky.app/profile/weirlane.example/post/3lbqabcdefg2k",
    ),
    ("other", "https://forum.example/threads/flu-clinic.42/"),
];

#[test]
fn addresses_of_posts_are_taken_and_kept_as_they_are() {
    for (platform, link) in POSTS {
        let url =
            link_belongs(platform, link).unwrap_or_else(|why| panic!("{platform} {link}: {why}"));
        assert_eq!(url.as_str(), *link);
    }
}

#[test]
fn a_post_of_one_platform_is_no_post_of_another() {
    for (platform, link) in POSTS {
        for wrong in [
            "facebook",
            "instagram",
            "linkedin",
            "x",
            "threads",
            "tiktok",
            "youtube",
            "bluesky",
        ] {
            assert!(
                wrong == *platform || link_belongs(wrong, link).is_err(),
                "{link} as {wrong}"
            );
        }
    }
}

#[test]
fn front_pages_and_account_pages_are_not_posts() {
    for (platform, link) in [
        ("facebook", "https://www.facebook.com/"),
        ("facebook", "https://www.facebook.com/weirlanesurgery"),
        ("instagram", "https://www.instagram.com/weirlanedental/"),
        (
            "linkedin",
            "https://www.linkedin.com/company/weir-lane-surgery/",
        ),
        ("x", "https://x.com/weirlane"),
        ("x", "https://x.com/weirlane/status/"),
        ("threads", "https://www.threads.com/@weirlane"),
        ("tiktok", "https://www.tiktok.com/@weirlane"),
        ("youtube", "https://www.youtube.com/@weirlane"),
        ("youtube", "https://www.youtube.com/watch"),
        ("mastodon", "https://social.example/@weirlane"),
        ("bluesky", "https://bsky.app/profile/weirlane.example"),
        ("other", "https://forum.example"),
    ] {
        let why = link_belongs(platform, link).unwrap_err();
        assert!(why.contains("not a post"), "{link}: {why}");
    }
}

#[test]
fn look_alikes_and_unsafe_addresses_are_refused() {
    for link in [
        "",
        "   ",
        "javascript:alert(1)",
        "javascript://www.facebook.com/a/b",
        "http://www.facebook.com/weirlane/posts/1",
        "https://facebook.com.evil.example/weirlane/posts/1",
        "https://notfacebook.com/weirlane/posts/1",
        "https://www.facebook.com@evil.example/weirlane/posts/1",
        "https://user:pw@www.facebook.com/weirlane/posts/1",
        "https://www.facebook.com:8443/weirlane/posts/1",
        "https://127.0.0.1/weirlane/posts/1",
        "https://[::1]/weirlane/posts/1",
        "https://localhost/weirlane/posts/1",
        "ftp://www.facebook.com/weirlane/posts/1",
        "not an address",
    ] {
        assert!(link_belongs("facebook", link).is_err(), "{link}");
        assert!(
            link_belongs("other", link).is_err() || link.contains("facebook.com"),
            "{link}"
        );
    }
    assert!(link_belongs("other", "https://127.0.0.1/a").is_err());
    assert!(link_belongs("other", "https://localhost/a").is_err());
    let long = format!(
        "https://www.facebook.com/weirlane/posts/{}",
        "1".repeat(2_000)
    );
    assert!(link_belongs("facebook", &long).is_err());
}

#[test]
fn what_apps_add_to_follow_the_sharer_is_taken_off() {
    for (platform, typed, kept) in [
        (
            "instagram",
            "https://www.instagram.com/p/C1abc/?igsh=MzRl",
            "https://www.instagram.com/p/C1abc/",
        ),
        (
            "youtube",
            "https://www.youtube.com/watch?v=abc&si=xyz",
            "https://www.youtube.com/watch?v=abc",
        ),
        (
            "facebook",
            " www.facebook.com/weirlane/posts/1?mibextid=a&__tn__=b ",
            "https://www.facebook.com/weirlane/posts/1",
        ),
    ] {
        assert_eq!(
            link_belongs(platform, typed).map(String::from),
            Ok(kept.to_owned())
        );
    }
}

#[test]
fn the_practices_own_page_is_opened_only_when_it_is_on_the_platform() {
    let own = "https://www.facebook.com/weirlanesurgery";
    let there = opening("facebook", own, "Flu clinic on Saturday").unwrap();
    assert_eq!((there.desktop.as_str(), there.phone.as_str()), (own, own));
    assert!(!there.carries_text);
    let elsewhere = opening("facebook", "https://evil.example/login", "x").unwrap();
    assert_eq!(elsewhere.desktop.as_str(), "https://www.facebook.com/");
}

#[test]
fn composers_get_the_whole_text() {
    let text = "Flu & COVID: 50% off? No, free! #flu 💉\nBook: https://weirlane.example/?a=b&c";
    for (platform, home) in [
        ("x", ""),
        ("threads", ""),
        ("bluesky", ""),
        ("mastodon", "https://social.example/@weirlane"),
    ] {
        let there = opening(platform, home, text).unwrap();
        assert!(there.carries_text);
        let carried: Vec<(String, String)> = there
            .phone
            .query_pairs()
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        assert_eq!(carried, [("text".to_owned(), text.to_owned())]);
    }
    let mastodon = opening("mastodon", "https://social.example/@weirlane", "x").unwrap();
    assert_eq!(
        mastodon.desktop.as_str(),
        "https://social.example/share?text=x"
    );
}

#[test]
fn every_known_platform_opens_something_and_unknown_ones_need_an_address() {
    for platform in [
        "facebook",
        "instagram",
        "linkedin",
        "x",
        "threads",
        "tiktok",
        "youtube",
        "google_business",
    ] {
        let there = opening(platform, "", "x").unwrap();
        assert!(!there.steps.is_empty(), "{platform}");
    }
    assert_eq!(opening("mastodon", "", "x"), None);
    assert_eq!(opening("other", "", "x"), None);
    let forum = opening("other", "https://forum.example/new", "x").unwrap();
    assert_eq!(forum.desktop.as_str(), "https://forum.example/new");
}
