use super::{AT_ONCE, Send, Sent, State, Unpacked, Uploads, Way};

fn chosen(paths: &[&str]) -> Vec<(String, u64)> {
    paths.iter().map(|path| ((*path).to_owned(), 1)).collect()
}

fn indexes(sends: &[Send]) -> Vec<usize> {
    sends.iter().map(|send| send.index).collect()
}

fn exists() -> Sent {
    Sent::Exists {
        tag: "\"t\"".to_owned(),
    }
}

#[test]
fn a_few_files_are_sent_at_once_and_each_once() {
    let mut uploads = Uploads::default();
    let paths = ["a", "b", "c", "d", "e", "f"];
    assert_eq!(indexes(&uploads.add(chosen(&paths))), [0, 1, 2, 3]);
    assert_eq!(AT_ONCE, 4);
    assert_eq!(indexes(&uploads.sent(2, Sent::Done)), [4]);
    assert_eq!(uploads.sent(2, Sent::Done).len(), 0, "it was answered");
    assert_eq!(uploads.summary().unwrap(), "Uploading, 1 of 6 done…");
    assert_eq!(indexes(&uploads.sent(0, Sent::Done)), [5]);
    for index in [1, 3, 4, 5] {
        assert_eq!(uploads.sent(index, Sent::Done), []);
    }
    assert_eq!(uploads.summary().unwrap(), "6 files are in the workspace.");
    assert!(!uploads.is_running());
    uploads.dismiss();
    assert_eq!(uploads.summary(), None);
}

#[test]
fn what_is_there_is_replaced_only_when_the_user_says_so() {
    let mut uploads = Uploads::default();
    uploads.add(chosen(&["a", "b"]));
    uploads.sent(0, exists());
    assert_eq!(uploads.asks_to_replace(), Vec::<&str>::new(), "not yet");
    uploads.sent(1, exists());
    assert_eq!(uploads.asks_to_replace(), ["a", "b"]);
    let sends = uploads.replace(true);
    assert_eq!(indexes(&sends), [0, 1]);
    assert_eq!(sends[0].way, Way::InPlaceOf("\"t\"".to_owned()));
    uploads.sent(0, Sent::Done);
    // Somebody changed it in the meantime: the user did not agree to that.
    uploads.sent(1, exists());
    assert_eq!(
        uploads.summary().unwrap(),
        "1 file is in the workspace. Left out: 1."
    );
    assert!(uploads.left_out()[0].1.contains("while you were asked"));

    let mut uploads = Uploads::default();
    uploads.add(chosen(&["a"]));
    uploads.sent(0, exists());
    assert_eq!(uploads.replace(false), []);
    assert!(uploads.left_out()[0].1.contains("was kept"));
}

#[test]
fn an_archive_is_unpacked_or_kept_as_the_user_says() {
    let unpacked = Unpacked {
        files: 3,
        left_out: vec![("../x".to_owned(), "it leads out".to_owned())],
    };
    let mut uploads = Uploads::default();
    assert_eq!(uploads.add(chosen(&["project.ZIP"])), []);
    assert_eq!(uploads.asks_to_unpack(), Some("project.ZIP"));
    assert!(uploads.asks(), "a page that asks is not reloaded");
    let sends = uploads.unpack(true);
    assert_eq!(sends[0].way, Way::Unpack);
    uploads.sent(0, Sent::Unpacked(unpacked.clone()));
    assert_eq!(
        uploads.summary().unwrap(),
        "3 files are in the workspace. Left out: 1."
    );
    assert_eq!(uploads.left_out(), unpacked.left_out);

    let mut uploads = Uploads::default();
    uploads.add(chosen(&["project.zip"]));
    assert_eq!(uploads.unpack(false)[0].way, Way::New);
    // Within a folder it is a file as any other.
    let sends = Uploads::default().add(chosen(&["d/a.zip", "d/b"]));
    assert!(sends.iter().all(|send| send.way == Way::New));
}

#[test]
fn what_is_left_out_is_said() {
    let mut uploads = Uploads::default();
    let mut files = chosen(&["d/node_modules/x/y.js", "d/.git/HEAD", "target", "d/a"]);
    files.push(("large".to_owned(), 10_000_001));
    let sends = uploads.add(files);
    assert_eq!(indexes(&sends), [2, 3]);
    for index in [2, 3] {
        uploads.sent(index, Sent::Failed("No network.".to_owned()));
    }
    let reasons: Vec<String> = uploads
        .left_out()
        .into_iter()
        .map(|(path, reason)| format!("{path}: {reason}"))
        .collect();
    assert!(
        reasons[0].contains("node_modules is left out"),
        "{reasons:?}"
    );
    assert!(reasons[1].contains(".git"));
    assert_eq!(reasons[2], "target: No network.");
    assert!(reasons[4].contains("10 MB"));
    assert!(matches!(uploads.items()[4].state, State::LeftOut(_)));
    assert_eq!(
        uploads.summary().unwrap(),
        "0 files are in the workspace. Left out: 5."
    );
}
