//! `bedside check`, `bedside rules` and `bedside lengths`, as a person or a program at the other end of a pipe meets them.

#![expect(clippy::unwrap_used, reason = "a helper of tests may stop them")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn bedside(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bedside"))
        .args(args)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that refuses its input closes the pipe; that is not this test's failure.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[test]
fn a_person_sees_the_text_with_the_findings_under_it() {
    let output = bedside(
        &["check"],
        "Hello all.\nBotox now available in Leeds, £99!\n".as_bytes(),
    );
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("   2 | Botox now available in Leeds"),
        "{told}"
    );
    assert!(told.contains("     | ^^^^^\n"), "{told}");
    assert!(
        told.contains("Must change: ")
            && told.contains("[AD-POM-NAME]")
            && told.contains("Source: "),
        "{told}"
    );
    assert!(!told.contains('\u{1b}'), "no colour in a pipe: {told}");
}

#[test]
fn a_clean_text_is_said_to_be_so() {
    let output = bedside(
        &["check"],
        b"We are closed on Monday for the bank holiday.\n",
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("Nothing found.")
    );
}

#[test]
fn the_exit_status_follows_fail_on() {
    let text = b"Lip filler: be quick, last few slots, book tonight!";
    assert_eq!(
        bedside(&["check", "--fail-on", "block"], text)
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        bedside(&["check", "--fail-on", "never"], text)
            .status
            .code(),
        Some(0)
    );
    assert_eq!(
        bedside(&["check", "there-is-no-such-file.txt"], b"")
            .status
            .code(),
        Some(2)
    );
    assert_eq!(bedside(&["check"], b"caf\xe9").status.code(), Some(2));
    assert_eq!(
        bedside(&["check", "--no-such-option"], b"").status.code(),
        Some(2)
    );
}

#[test]
fn json_has_verdict_and_findings() {
    let output = bedside(
        &["check", "--format", "json"],
        "Ring Mrs Gwenda Pugh on 07700 900123 about her results".as_bytes(),
    );
    let told = &lines(&output)[0];
    assert_eq!(told["verdict"], "blocked");
    let findings = told["findings"].as_array().unwrap();
    let phone = findings.iter().find(|f| f["label"] == "PHONE").unwrap();
    assert_eq!(phone["text"], "07700 900123");
    assert_eq!(
        (phone["start"].as_u64(), phone["end"].as_u64()),
        (Some(24), Some(36))
    );
    assert!(phone["source"]["title"].is_string() && phone["message"].is_string());
}

#[test]
fn sarif_names_rules_and_places() {
    let output = bedside(
        &["check", "--format", "sarif"],
        "One.\n\nBotox £99".as_bytes(),
    );
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let result = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["ruleId"] == "AD-POM-NAME")
        .unwrap();
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (region["startLine"].as_u64(), region["startColumn"].as_u64()),
        (Some(3), Some(1))
    );
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "AD-POM-NAME");
}

#[test]
fn a_stream_goes_on_past_lines_that_cannot_be_read() {
    let mut input = Vec::new();
    input.extend_from_slice(b"{\"id\":\"a\",\"text\":\"We are open on Monday.\"}\n");
    input.extend_from_slice(b"\n   \n");
    input.extend_from_slice(b"{\"id\":\"secret-words\",\"text\":\n");
    input.extend_from_slice(b"{\"id\":\"c\",\"text\":\"caf\xe9\"}\n");
    input.extend_from_slice(b"{\"id\":\"d\",\"text\":7}\n");
    input.extend_from_slice(b"{\"id\":9,\"text\":\"Botox \xc2\xa399\",\"context\":{\"surface\":\"post\",\"practice_type\":\"aesthetic\"}}\r\n");
    input.extend_from_slice(
        b"{\"id\":\"f\",\"text\":\"x\",\"context\":{\"surface\":\"shouted-words\"}}\n",
    );
    input.extend_from_slice(b"{\"id\":\"last\",\"text\":\"No line end\"}");
    let output = bedside(&["check", "--jsonl"], &input);
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!(answers.len(), 7);
    assert_eq!(
        (&answers[0]["id"], &answers[0]["verdict"]),
        (&"a".into(), &"clear".into())
    );
    for (n, line) in [(1, 4), (2, 5), (3, 6), (5, 8)] {
        assert_eq!(answers[n]["line"], line, "{}", answers[n]);
        assert!(answers[n]["error"].is_string());
    }
    assert_eq!(
        (&answers[4]["id"], &answers[4]["verdict"]),
        (&9.into(), &"blocked".into())
    );
    assert_eq!(answers[6]["id"], "last");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        !told.contains("secret-words") && !told.contains("shouted-words"),
        "the content of a faulty line is not told: {told}"
    );
}

#[test]
fn a_clean_stream_succeeds() {
    let output = bedside(
        &["check", "--jsonl"],
        b"{\"id\":\"a\",\"text\":\"We are open on Monday.\"}\n",
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn huge_lines_and_texts_are_refused_in_their_place() {
    let mut input = Vec::new();
    // A text of 10 MB in a line that is short enough to be read, and a line that is not.
    input.extend_from_slice(b"{\"id\":\"ten\",\"text\":\"");
    input.resize(input.len() + 10_000_000, b'a');
    input.extend_from_slice(b"\"}\n{\"id\":\"forty\",\"text\":\"");
    input.resize(input.len() + 40_000_000, b'a');
    input.extend_from_slice(b"\"}\n{\"id\":\"after\",\"text\":\"Hello\"}\n");
    let output = bedside(&["check", "--jsonl"], &input);
    let answers = lines(&output);
    assert_eq!(answers.len(), 3);
    assert!(answers[0]["error"].as_str().unwrap().contains("too long"));
    assert!(
        answers[1]["error"]
            .as_str()
            .unwrap()
            .contains("longer than 16 MiB")
    );
    assert_eq!(answers[2]["id"], "after");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bedside"))
        .args(["check", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..2_000 {
        if stdin.write_all(b"{\"id\":\"a\",\"text\":\"Botox 99 pounds, lips too, and a great deal more of the same\"}\n").is_err() {
            break;
        }
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_ne!(output.status.code(), Some(2));
}

#[test]
fn rules_are_listed_explained_and_tested() {
    let list = String::from_utf8(bedside(&["rules", "list"], b"").stdout).unwrap();
    assert!(list.lines().count() >= 40 && list.contains("ID-NHS"));
    let told = String::from_utf8(bedside(&["rules", "explain", "id-nhs"], b"").stdout).unwrap();
    assert!(told.starts_with("ID-NHS ") && told.contains("Sources") && told.contains("Allows"));
    assert_eq!(
        bedside(&["rules", "explain", "NO-SUCH"], b"").status.code(),
        Some(2)
    );
    let test = bedside(&["rules", "test", "ID-NHS"], b"");
    assert_eq!(test.status.code(), Some(0));
    assert!(
        String::from_utf8(test.stdout)
            .unwrap()
            .contains("1 rules, ")
    );
}

#[test]
fn lengths_are_counted_in_each_networks_unit() {
    let input = "{\"id\":1,\"network\":\"bluesky\",\"text\":\"👩🏽‍⚕️ hi\"}\n{\"id\":2,\"network\":\"x\",\"text\":\"診所\"}\nno\n{\"id\":3,\"network\":\"mastodon\",\"text\":\"@bev@social.example hi\",\"spoiler_text\":\"cw\"}\n{\"id\":4,\"network\":\"instagram\",\"text\":\"#a b\"}\n";
    let output = bedside(&["lengths", "--jsonl"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!(
        answers[0]["count"],
        serde_json::json!({ "graphemes": 4, "bytes": 20 })
    );
    assert_eq!(answers[1]["count"], 4);
    assert_eq!(answers[2]["line"], 3);
    assert_eq!(answers[3]["count"], 9);
    assert_eq!(
        answers[4]["count"],
        serde_json::json!({ "chars": 4, "hashtags": 1 })
    );
    assert_eq!(
        answers[4]["limit"],
        serde_json::json!({ "chars": 2200, "hashtags": 30 })
    );
}
