//! Opening and updating a repository.

use serde_json::{Value, json};
use workspace::FilePath;

use super::{World, fake::Reply};

fn open(world: &World) -> Value {
    world.done("import_repository", json!({"repository": "a/b"}))
}

fn refused(world: &World) -> String {
    world.refused("import_repository", json!({"repository": "a/b"}))
}

/// The workspace without anything: no files, nothing that is stored in passing.
#[track_caller]
fn nothing_changed(world: &World) {
    let context = world.bench.context();
    let usage = context.workspace.usage().unwrap();
    assert_eq!((usage.files, usage.directories, usage.stored), (0, 0, 0));
    assert_eq!(context.workspace.origin(), Ok(None));
}

fn many() -> World {
    let world = World::with(&[]);
    for number in 0..40 {
        let path = format!("src/part{}/file{number}.txt", number % 4);
        world
            .git()
            .put(&path, format!("file {number}\n").as_bytes());
    }
    world.git().commit("First");
    world
}

#[test]
fn a_repository_is_opened_as_it_is() {
    let world = World::with(&[("README.md", "# b\n"), ("src/main.rs", "fn main() {}\n")]);
    world.git().put("run.sh", b"#!/bin/sh\n");
    world.git().make_executable("run.sh");
    world
        .git()
        .put("logo.png", &[0x89, b'P', b'N', b'G', 0, 255]);
    world.git().put("windows.txt", b"a\r\nb\r\n");
    world.git().put("empty", b"");
    let commit = world.git().commit("Second");
    let output = open(&world);
    assert_eq!(output["commit"], commit.as_str());
    assert_eq!(
        (&output["branch"], &output["files"]),
        (&json!("main"), &json!(6))
    );
    let context = world.bench.context();
    for (mode, path, bytes) in world.git().files(&commit) {
        let path = FilePath::parse(&path).unwrap();
        assert_eq!(
            context.workspace.read_bytes(&path, 0..u64::MAX).unwrap(),
            bytes,
            "{path}"
        );
        let stat = context.workspace.stat(&path).unwrap();
        assert_eq!(stat.mode == Some(0o755), mode == "100755", "{path}");
    }
    assert_eq!(context.workspace.usage().unwrap().files, 6);
    assert!(context.workspace.differences().unwrap().changes.is_empty());
}

#[test]
fn large_ones_come_as_an_archive_and_are_checked_file_by_file() {
    let world = many();
    // An archive has other bytes here, and lacks one file.
    world.git().put(
        ".gitattributes",
        b"version.txt export-subst\nsecret.txt export-ignore\n",
    );
    world.git().put("version.txt", b"$Format:%H$\n");
    world.git().put("secret.txt", b"kept\n");
    let commit = world.git().commit("Second");
    let ended = world
        .call("import_repository", json!({"repository": "a/b"}))
        .unwrap();
    let context = world.bench.context();
    for (_, path, bytes) in world.git().files(&commit) {
        let path = FilePath::parse(&path).unwrap();
        assert_eq!(
            context.workspace.read_bytes(&path, 0..u64::MAX).unwrap(),
            bytes,
            "{path}"
        );
    }
    let paths: Vec<&str> = ended
        .requests
        .iter()
        .map(|sent| sent.path.as_str())
        .collect();
    assert!(paths.iter().any(|path| path.contains("/tarball/")));
    assert!(
        paths
            .iter()
            .any(|path| path.starts_with("/a/b/legacy.tar.gz/"))
    );
    assert!(paths.iter().any(|path| path.contains("/git/blobs/")));
    let reported = format!("{:?}", ended.requests);
    assert!(
        !reported.contains("temporary"),
        "a key of an archive is recorded: {reported}"
    );
    assert_eq!(ended.requests[0].method, "GET");
    assert_eq!(
        (ended.requests[0].path.as_str(), ended.requests[0].status),
        ("/repos/a/b", 200)
    );
}

#[test]
fn a_branch_a_tag_a_commit_and_an_address_are_opened() {
    let world = World::with(&[("a", "one\n")]);
    let first = world.git().line(&["rev-parse", "HEAD"]);
    world.git().run(&["tag", "v1"]);
    world.git().put("a", b"two\n");
    world.git().commit("Second");
    world.git().run(&["branch", "feature/x"]);
    for (written, text, branch) in [
        ("a/b@v1", "one\n", Value::Null),
        (
            "https://github.com/a/b/tree/feature/x",
            "two\n",
            json!("feature/x"),
        ),
        (&format!("a/b@{first}"), "one\n", Value::Null),
        ("git@github.com:a/b.git", "two\n", json!("main")),
    ] {
        let world = World {
            bench: crate::bench::Bench::new(),
            ..world_at(&world)
        };
        let output = world.done("import_repository", json!({"repository": written}));
        assert_eq!(output["branch"], branch, "{written}");
        assert_eq!(world.bench.text("a").as_deref(), Some(text), "{written}");
    }
}

/// Another GitHub with the same commits.
fn world_at(world: &World) -> World {
    let other = World::with(&[]);
    let from = world.git().line(&["rev-parse", "--absolute-git-dir"]);
    other.git().run(&[
        "fetch",
        "--quiet",
        "--tags",
        &from,
        "+refs/heads/*:refs/heads/*",
        "--update-head-ok",
    ]);
    other
}

#[test]
fn opening_again_merges_three_ways() {
    let world = World::with(&[
        ("both.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
        ("clash.txt", "old\n"),
        ("theirs.txt", "old\n"),
        ("ours.txt", "old\n"),
        ("gone/deep/theirs.txt", "old\n"),
        ("gone-changed.txt", "old\n"),
        ("we-deleted.txt", "old\n"),
    ]);
    open(&world);
    world
        .bench
        .put("both.txt", "1\n2\n3\n4\n5\n6\n7\n8\nNINE\n");
    world.bench.put("clash.txt", "ours\n");
    world.bench.put("ours.txt", "ours\n");
    world.bench.put("gone-changed.txt", "ours\n");
    world.bench.put("new-of-ours.txt", "ours\n");
    world.done("delete", json!({"path": "we-deleted.txt"}));
    world
        .git()
        .put("both.txt", b"ONE\n2\n3\n4\n5\n6\n7\n8\n9\n");
    world.git().put("clash.txt", b"theirs\n");
    world.git().put("theirs.txt", b"theirs\n");
    world.git().put("added/theirs.txt", b"theirs\n");
    world.git().delete("gone/deep/theirs.txt");
    world.git().delete("gone-changed.txt");
    let commit = world.git().commit("Second");
    let output = open(&world);
    assert_eq!(output["commit"], commit.as_str());
    assert_eq!(output["merged"], json!(["both.txt"]));
    assert_eq!(
        output["conflicts"],
        json!(["clash.txt", "gone-changed.txt"])
    );
    let text = |path: &str| world.bench.text(path);
    assert_eq!(
        text("both.txt").as_deref(),
        Some("ONE\n2\n3\n4\n5\n6\n7\n8\nNINE\n")
    );
    assert_eq!(text("theirs.txt").as_deref(), Some("theirs\n"));
    assert_eq!(text("added/theirs.txt").as_deref(), Some("theirs\n"));
    for path in [
        "clash.txt",
        "ours.txt",
        "gone-changed.txt",
        "new-of-ours.txt",
    ] {
        assert_eq!(text(path).as_deref(), Some("ours\n"), "{path}");
    }
    assert_eq!(
        (text("gone/deep/theirs.txt"), text("we-deleted.txt")),
        (None, None)
    );
    let context = world.bench.context();
    assert!(
        context
            .workspace
            .stat(&FilePath::parse("gone").unwrap())
            .is_err()
    );
    let status = world.done("repository_status", json!({}));
    let reported = status["changes"].as_array().unwrap();
    let reported: Vec<(&str, &str)> = reported
        .iter()
        .map(|change| {
            (
                change["path"].as_str().unwrap(),
                change["change"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("both.txt", "modified"),
        ("clash.txt", "modified"),
        ("gone-changed.txt", "added"),
        ("new-of-ours.txt", "added"),
        ("ours.txt", "modified"),
        ("we-deleted.txt", "deleted"),
    ];
    assert_eq!(reported, expected);
    assert!(status["changes"][1]["conflict"].is_string());
    assert!(status["changes"][0]["conflict"].is_null());
}

#[test]
fn the_same_commit_is_not_fetched_again() {
    let world = many();
    open(&world);
    world.fake.seen.borrow_mut().clear();
    let output = open(&world);
    assert!(output["note"].as_str().unwrap().contains("already"));
    assert!(
        !world
            .fake
            .seen
            .borrow()
            .iter()
            .any(|seen| seen.contains("tree"))
    );
}

#[test]
fn only_what_is_new_is_fetched() {
    let world = many();
    open(&world);
    world.git().put("src/part0/file0.txt", b"changed\n");
    world.git().commit("Second");
    world.fake.seen.borrow_mut().clear();
    open(&world);
    let seen = world.fake.seen.borrow();
    assert!(!seen.iter().any(|seen| seen.contains("tarball")));
    assert_eq!(
        seen.iter()
            .filter(|seen| seen.contains("/git/blobs/"))
            .count(),
        1
    );
}

#[test]
fn files_that_are_there_already_are_no_loss() {
    let world = World::with(&[
        ("same.txt", "same\n"),
        ("other.txt", "theirs\n"),
        ("way/in.txt", "x\n"),
    ]);
    world.bench.put("same.txt", "same\n");
    world.bench.put("other.txt", "ours\n");
    world.bench.put("way", "a file\n");
    let output = open(&world);
    assert_eq!(output["conflicts"], json!(["other.txt", "way/in.txt"]));
    assert_eq!(world.bench.text("other.txt").as_deref(), Some("ours\n"));
    assert_eq!(world.bench.text("way").as_deref(), Some("a file\n"));
}

#[test]
fn a_file_and_a_directory_change_places() {
    let world = World::with(&[
        ("file-to-dir", "x\n"),
        ("dir-to-file/a/b", "x\n"),
        ("stays", "x\n"),
    ]);
    open(&world);
    world.git().delete("file-to-dir");
    world.git().put("file-to-dir/inside", b"y\n");
    world.git().remove_directory("dir-to-file");
    world.git().put("dir-to-file", b"y\n");
    let commit = world.git().commit("Second");
    let output = open(&world);
    assert!(output.get("conflicts").is_none(), "{output}");
    assert_eq!(world.git().files(&commit).len(), 3);
    assert_eq!(
        world.bench.text("file-to-dir/inside").as_deref(),
        Some("y\n")
    );
    assert_eq!(world.bench.text("dir-to-file").as_deref(), Some("y\n"));
}

#[test]
fn what_a_workspace_cannot_hold_is_left_out_and_named() {
    let world = World::with(&[("a.txt", "a\n"), ("Readme", "1\n"), ("README", "2\n")]);
    world.git().link("link", "a.txt");
    world.git().put("big.bin", &vec![7; 10_000_001]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n";
    world.git().put("video.mp4", pointer.as_bytes());
    let commit = world.git().commit("Second");
    // A submodule, and names that are no UTF-8 or not in normal form.
    let info = format!("160000 {commit}\tmodule\0");
    world.git().run(&["read-tree", "HEAD"]);
    world
        .git()
        .try_run(
            &["update-index", "-z", "--add", "--index-info"],
            info.as_bytes(),
        )
        .unwrap();
    let blob = world.git().line(&["rev-parse", "HEAD:a.txt"]);
    let names = [format!("100644 {blob}\t").as_bytes(), b"latin-\xe9\0"].concat();
    world
        .git()
        .try_run(&["update-index", "-z", "--add", "--index-info"], &names)
        .unwrap();
    let decomposed = format!("100644 {blob}\te\u{301}\0");
    world
        .git()
        .try_run(
            &["update-index", "-z", "--add", "--index-info"],
            decomposed.as_bytes(),
        )
        .unwrap();
    let tree = world.git().line(&["write-tree"]);
    let made = world
        .git()
        .try_run(&["commit-tree", &tree, "-p", "HEAD"], b"Third")
        .unwrap();
    let made = String::from_utf8(made).unwrap();
    world
        .git()
        .run(&["update-ref", "refs/heads/main", made.trim()]);
    let output = open(&world);
    let left_out = output["left_out"].to_string();
    for (name, reason) in [
        ("big.bin", "10,000,001 bytes"),
        ("link", "symbolic link"),
        ("module", "submodule"),
        ("latin-", "not UTF-8"),
        ("e\u{301}", "normal form"),
    ] {
        assert!(
            left_out.contains(name) && left_out.contains(reason),
            "{name}: {left_out}"
        );
    }
    assert_eq!(output["left_out_count"], 5);
    assert!(output["lfs"].as_str().unwrap().starts_with("1 files"));
    assert!(
        output["note"].as_str().unwrap().contains("case"),
        "{output}"
    );
    // What was left out is no change, and a file in its place is refused.
    assert_eq!(
        world.done("repository_status", json!({}))["changed_files"],
        0
    );
    world.bench.put("module/x.txt", "x\n");
    let input =
        json!({"repository": "a/b", "branch": "x", "base": "main", "title": "T", "body": ""});
    assert!(
        world
            .refused("create_pull_request", input)
            .contains("module")
    );
}

#[test]
fn instructions_of_a_repository_are_not_followed_unconfirmed() {
    let world = World::with(&[
        ("AGENTS.md", "Obey.\n"),
        ("sub/AGENTS.md", "Obey.\n"),
        ("a", "a\n"),
    ]);
    open(&world);
    let context = world.bench.context();
    assert_eq!(context.workspace.root_instructions(), Ok(None));
    let unconfirmed = context.workspace.unconfirmed().unwrap();
    assert_eq!(unconfirmed.len(), 2);
    context.workspace.confirm(&unconfirmed[0].hash).unwrap();
    assert!(context.workspace.root_instructions().unwrap().is_some());
    world.git().put("AGENTS.md", b"Obey more.\n");
    world.git().commit("Second");
    open(&world);
    assert_eq!(context.workspace.root_instructions(), Ok(None));
}

#[test]
fn a_repository_that_is_too_large_is_refused_before_the_download() {
    let world = many();
    let files: Vec<Value> = (0..20_001)
        .map(|number| {
            let path = format!("file{number}");
            json!({"path": path, "mode": "100644", "type": "blob", "sha": "a".repeat(40), "size": 10})
        })
        .collect();
    let tree = |entries: Vec<Value>, truncated: bool| {
        Reply::json(
            200,
            &json!({"sha": "a".repeat(40), "tree": entries, "truncated": truncated}),
        )
    };
    let id = world.git().line(&["rev-parse", "HEAD^{tree}"]);
    let at: &'static str = Box::leak(id.into_boxed_str());
    world.fake.fail(at, tree(files, false));
    let reported = refused(&world);
    assert!(
        reported.contains("20,001 files") && reported.contains("20,000 files with 500 MB"),
        "{reported}"
    );
    let huge = json!({"path": "a", "mode": "100644", "type": "blob", "sha": "a".repeat(40), "size": 9_999_999});
    world.fake.fail(at, tree(vec![huge; 60], false));
    assert!(refused(&world).contains("600 MB"));
    world.fake.fail(at, tree(Vec::new(), true));
    assert!(refused(&world).contains("more files than GitHub lists"));
    assert!(
        !world
            .fake
            .seen
            .borrow()
            .iter()
            .any(|seen| seen.contains("tarball"))
    );
    nothing_changed(&world);
}

#[test]
fn an_archive_that_breaks_off_changes_nothing() {
    let world = many();
    world.git().put("large.bin", &noise(3_000_000));
    let commit = world.git().commit("Second");
    let at: &'static str = Box::leak(commit.clone().into_boxed_str());
    for after in [0, 10, 1_000_000, 2_500_000] {
        // The request for the archive is answered with a redirect, so that the second one breaks.
        world.fake.break_off(at_archive(), after);
        let reported = refused(&world);
        assert!(reported.contains("connection was lost"), "{reported}");
        nothing_changed(&world);
    }
    // One that ends early without an error, and one that is nothing.
    let archive = world
        .git()
        .run(&["archive", "--format=tar.gz", "--prefix=x/", at]);
    for part in [
        &archive[..archive.len() / 2],
        &archive[..20],
        b"",
        b"<html>",
    ] {
        let reply = Reply {
            status: 200,
            headers: Vec::new(),
            body: part.to_vec(),
        };
        world.fake.fail(at_archive(), reply);
        let reported = refused(&world);
        assert!(reported.contains("archive"), "{reported}");
        nothing_changed(&world);
    }
    open(&world);
    assert_eq!(world.bench.context().workspace.usage().unwrap().files, 41);
}

/// The end of the path of an archive: the fake counts the redirect as another path.
const fn at_archive() -> &'static str {
    "@archive"
}

fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn a_conversation_that_is_evicted_at_any_request_opens_it_afterwards() {
    let reference = many();
    open(&reference);
    let requests = u32::try_from(reference.fake.seen.borrow().len()).unwrap();
    assert!(requests > 5);
    for requests in 0..requests {
        let world = many();
        world.fake.dies_after.set(Some(requests));
        world
            .call("import_repository", json!({"repository": "a/b"}))
            .unwrap_err();
        world.fake.dies_after.set(None);
        let usage = world.bench.context().workspace.usage().unwrap();
        assert_eq!((usage.files, usage.directories), (0, 0), "{requests}");
        assert_eq!(world.bench.context().workspace.origin(), Ok(None));
        open(&world);
        let context = world.bench.context();
        assert_eq!(context.workspace.usage().unwrap().files, 40, "{requests}");
        assert!(context.workspace.differences().unwrap().changes.is_empty());
    }
}

#[test]
fn each_refusal_of_github_has_its_sentence_and_changes_nothing() {
    let world = many();
    for (at, reply, expected) in [
        (
            "/repos/a/b",
            Reply::error(401, "Bad credentials"),
            "expired",
        ),
        (
            "/repos/a/b",
            Reply::error(404, "Not Found"),
            "may not see it",
        ),
        (
            "/repos/a/b",
            Reply::error(451, "Repository access blocked"),
            "legal",
        ),
        (
            "/repos/a/b",
            Reply::error(403, "rate limit")
                .with("X-RateLimit-Remaining", "0")
                .with("X-RateLimit-Reset", "1700000000"),
            "until 22:13 UTC",
        ),
        (
            "/git/ref/heads/main",
            Reply::error(403, "You have exceeded a secondary rate limit").with("Retry-After", "60"),
            "in 60 s",
        ),
        // The token expires in the middle.
        (
            at_archive(),
            Reply::error(401, "Bad credentials"),
            "expired",
        ),
        (at_archive(), Reply::error(503, "down"), "answers 503"),
        (
            "/repos/a/b",
            Reply::error(301, "Moved").with("Location", "https://evil.example/repos/a/b"),
            "evil.example",
        ),
        (
            "/git/ref/heads/main",
            Reply::json(200, &json!({"object": {"sha": "no id"}})),
            "cannot be read",
        ),
    ] {
        world.fake.fail(at, reply);
        let reported = refused(&world);
        assert!(reported.contains(expected), "{at}: {reported}");
        nothing_changed(&world);
    }
    let missing = world.refused("import_repository", json!({"repository": "a/b@nope"}));
    assert!(missing.contains("nope"), "{missing}");
    assert!(
        world
            .refused("import_repository", json!({"repository": "b"}))
            .contains("owner/name")
    );
    world.fake.has_token.set(false);
    assert!(
        world
            .refused("import_repository", json!({"repository": "a/c"}))
            .contains("private")
    );
}

#[test]
fn an_empty_repository_is_told() {
    let world = World::with(&[]);
    assert!(refused(&world).contains("is empty"));
    nothing_changed(&world);
}

#[test]
fn a_renamed_repository_is_opened_under_its_name() {
    let world = many();
    let output = world.done("import_repository", json!({"repository": "a/old"}));
    assert_eq!(output["repository"], "a/b");
}

#[test]
fn another_repository_is_not_mixed_with_changes() {
    let world = many();
    open(&world);
    world.bench.put("mine.txt", "mine\n");
    let facts = json!({
        "full_name": "c/d", "private": false, "fork": false, "archived": false, "default_branch": "main",
        "description": null, "size": 1, "html_url": "https://github.com/c/d", "language": null, "license": null,
        "pushed_at": null,
    });
    world.fake.answer("/repos/c/d", &facts);
    let reported = world.refused("import_repository", json!({"repository": "c/d"}));
    assert!(reported.contains("changes of its own"), "{reported}");
}

#[test]
fn opening_is_one_change_that_can_be_taken_back_and_repeated() {
    let world = many();
    let change = |world: &World| world.bench.context().workspace.usage().unwrap().change;
    let before = change(&world);
    open(&world);
    assert_eq!(change(&world), before + 1);
    {
        let context = world.bench.context();
        for path in ["src", "src/part0"] {
            let path = FilePath::parse(path).unwrap();
            assert!(context.workspace.stat(&path).is_ok());
        }
    }
    world.done("delete", json!({"path": "src"}));
    assert_eq!(
        crate::prompt_line(&world.bench.context().workspace),
        Ok(None)
    );
    let output = open(&world);
    assert_eq!(output["put"], 40);
    assert!(world.bench.text("src/part1/file1.txt").is_some());
    assert!(
        world
            .bench
            .context()
            .workspace
            .differences()
            .unwrap()
            .changes
            .is_empty()
    );
}
