//! Handing changes back.

use serde_json::{Value, json};
use workspace::{FilePath, Workspace};

use super::{World, fake::Reply};

fn opened() -> World {
    let world = World::with(&[
        ("a.txt", "one\ntwo\n"),
        ("gone.txt", "gone\n"),
        ("moved.txt", "moved\n"),
        ("sub/deep/keep.txt", "keep\n"),
        ("tool.sh", "#!/bin/sh\n"),
    ]);
    world.git().put("logo.png", &[0, 1, 2]);
    world.git().link("link", "a.txt");
    world.git().commit("Second");
    world.done("import_repository", json!({"repository": "a/b"}));
    world
}

fn change(world: &World) {
    world.bench.put("a.txt", "one\n2\n");
    world.bench.put("new/dir/file.txt", "without a line break");
    world.bench.put_bytes("logo.png", &[255, 0, 254, 10, 13]);
    world.done("delete", json!({"path": "gone.txt"}));
    world.done("move", json!({"from": "moved.txt", "to": "sub/moved.txt"}));
}

fn input() -> Value {
    json!({"repository": "a/b", "branch": "fix", "base": "main", "title": "Fix it", "body": "Fixes #1"})
}

/// The commit has the files of the workspace, byte by byte and with their permissions, and what the workspace cannot hold.
#[track_caller]
fn is_same(world: &World, commit: &str, workspace: &Workspace<'_>) {
    let mut files = 0;
    for (mode, path, bytes) in world.git().files(commit) {
        if mode == "120000" {
            assert_eq!((path.as_str(), bytes.as_slice()), ("link", &b"a.txt"[..]));
            continue;
        }
        let path = FilePath::parse(&path).unwrap();
        assert_eq!(
            workspace.read_bytes(&path, 0..u64::MAX).unwrap(),
            bytes,
            "{path}"
        );
        let stat = workspace.stat(&path).unwrap();
        let is_executable = stat.mode.unwrap_or(0o644) & 0o100 != 0;
        assert_eq!(
            mode,
            if is_executable { "100755" } else { "100644" },
            "{path}"
        );
        files += 1;
    }
    assert_eq!(workspace.usage().unwrap().files, files);
}

#[test]
fn a_pull_request_has_the_files_of_the_workspace() {
    let world = opened();
    change(&world);
    let base = world.git().line(&["rev-parse", "main"]);
    let ended = world.call("create_pull_request", input()).unwrap();
    let output = &ended.output;
    assert_eq!(
        (&output["pull_request"], &output["new_pull_request"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(output["url"], "https://github.com/a/b/pull/1");
    assert!(output.get("note").is_none(), "{output}");
    let commit = world.git().line(&["rev-parse", "fix"]);
    assert_eq!(output["commit"], commit.as_str());
    is_same(&world, "fix", &world.bench.context().workspace);
    assert_eq!(world.git().line(&["rev-parse", "fix^@"]), base);
    assert_eq!(
        world.git().line(&["log", "-1", "--format=%B", "fix"]),
        "Fix it\n\nFixes #1"
    );
    assert_eq!(
        world.git().line(&["rev-parse", "main"]),
        base,
        "the base stays"
    );
    // The renamed file was not sent again.
    let blobs = ended
        .requests
        .iter()
        .find(|sent| sent.path.ends_with("/git/blobs"))
        .unwrap();
    assert_eq!(
        (blobs.method.as_str(), blobs.status, blobs.again),
        ("POST", 201, 2)
    );
    let status = world.done("repository_status", json!({}));
    assert_eq!(status["pushed"]["pull_request"], 1);
}

#[test]
fn the_user_sees_what_is_pushed() {
    let world = opened();
    change(&world);
    let asked = world.asked("create_pull_request", &input());
    let reported: Vec<(&str, Option<&str>)> = asked
        .changes
        .iter()
        .map(|change| (change.path.as_str(), change.diff.as_deref()))
        .collect();
    assert_eq!(
        reported[0],
        ("a.txt", Some("@@ -1,2 +1,2 @@\n one\n-two\n+2\n"))
    );
    assert_eq!(reported.len(), 5);
    assert!(
        world
            .fake
            .seen
            .borrow()
            .iter()
            .all(|seen| !seen.starts_with("POST"))
    );
    // What changes after the question is not pushed.
    world.bench.put("a.txt", "one\nsomething else\n");
    let reported = world
        .allowed("create_pull_request", input(), &asked.shown)
        .unwrap_err()
        .to_string();
    assert!(reported.contains("a.txt has changed"), "{reported}");
    assert_eq!(world.git().id("refs/heads/fix"), None);
}

#[test]
fn a_second_call_adds_a_commit() {
    let world = opened();
    change(&world);
    world.done("create_pull_request", input());
    let first = world.git().line(&["rev-parse", "fix"]);
    world.bench.put("a.txt", "one\n3\n");
    // It comes back.
    world.bench.put("gone.txt", "gone\n");
    let mut second = input();
    second["title"] = json!("Answer the review");
    let output = world.done("create_pull_request", second);
    assert_eq!(
        (&output["pull_request"], &output["new_pull_request"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(world.git().line(&["rev-parse", "fix^@"]), first);
    is_same(&world, "fix", &world.bench.context().workspace);
    assert_eq!(world.fake.pull_count(), 1);
    // After it was closed, a new one is made.
    world.fake.close_pull(1);
    world.bench.put("a.txt", "one\n4\n");
    let output = world.done("create_pull_request", input());
    assert_eq!(
        (&output["pull_request"], &output["new_pull_request"]),
        (&json!(2), &json!(true))
    );
}

#[test]
fn a_base_that_moved_is_told_and_can_be_built_on() {
    let world = opened();
    change(&world);
    world.done("create_pull_request", input());
    world.git().run(&["checkout", "--quiet", "main"]);
    world.git().put("upstream.txt", b"upstream\n");
    let moved = world.git().commit("Upstream");
    world.bench.put("a.txt", "one\n3\n");
    let output = world.done("create_pull_request", input());
    let note = output["note"].as_str().unwrap();
    assert!(
        note.contains("main has moved") && note.contains(&moved[..7]),
        "{note}"
    );
    world.done("import_repository", json!({"repository": "a/b"}));
    let output = world.done("create_pull_request", input());
    assert!(output.get("note").is_none(), "{output}");
    is_same(&world, "fix", &world.bench.context().workspace);
    // The commits of upstream are none of the pull request.
    assert_eq!(world.git().line(&["merge-base", "main", "fix"]), moved);
    assert_eq!(
        world
            .git()
            .line(&["diff", "--name-only", "main...fix", "--", "upstream.txt"]),
        ""
    );
}

#[test]
fn permissions_are_pushed() {
    let world = World::with(&[("tool.sh", "#!/bin/sh\n"), ("a", "a\n")]);
    world.git().make_executable("tool.sh");
    world.git().commit("Second");
    world.done("import_repository", json!({"repository": "a/b"}));
    // A file that is written anew has the default permissions.
    world.done("delete", json!({"path": "tool.sh"}));
    world.bench.put("tool.sh", "#!/bin/sh\n");
    let asked = world.asked("create_pull_request", &input());
    assert_eq!(
        asked.changes[0].diff.as_deref(),
        Some("old mode 100755\nnew mode 100644\n")
    );
    world.done("create_pull_request", input());
    is_same(&world, "fix", &world.bench.context().workspace);
}

#[test]
fn branches_of_others_are_not_touched() {
    let world = opened();
    change(&world);
    world.git().run(&["branch", "fix"]);
    let before = world.git().line(&["rev-parse", "fix"]);
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("has a branch `fix` already")
    );
    let mut other = input();
    other["branch"] = json!("mine");
    world.done("create_pull_request", other.clone());
    world.git().run(&["checkout", "--quiet", "mine"]);
    world.git().put("theirs.txt", b"theirs\n");
    let theirs = world.git().commit("Somebody else");
    assert!(
        world
            .refused("create_pull_request", other)
            .contains("were not made here")
    );
    assert_eq!(world.git().line(&["rev-parse", "mine"]), theirs);
    assert_eq!(world.git().line(&["rev-parse", "fix"]), before);
}

#[test]
fn what_cannot_be_pushed_is_told() {
    let world = opened();
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("nothing to hand on")
    );
    change(&world);
    for (field, value, expected) in [
        ("repository", "c/d", "can only go there"),
        ("branch", "main", "a branch of their own"),
        ("branch", "a..b", "no name of a branch"),
        ("base", "nope", "no branch nope"),
        ("title", " ", "needs 1 to 256"),
    ] {
        let mut input = input();
        input[field] = json!(value);
        let reported = world.refused("create_pull_request", input);
        assert!(reported.contains(expected), "{field}: {reported}");
    }
    world.fake.is_archived.set(true);
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("is archived")
    );
    world.fake.is_archived.set(false);
    world.fake.may_push.set(false);
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("but not push")
    );
    world.fake.may_push.set(true);
    world.fake.has_token.set(false);
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("GITHUB_TOKEN")
    );
    world.fake.has_token.set(true);
    *world.fake.protected.borrow_mut() = Some("fix".to_owned());
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("is protected")
    );
    *world.fake.protected.borrow_mut() = None;
    assert_eq!(world.git().id("refs/heads/fix"), None);
    let secondary = Reply::error(403, "secondary rate limit").with("Retry-After", "30");
    world.fake.fail("/git/blobs", secondary);
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("in 30 s")
    );
    world
        .fake
        .fail("/git/trees", Reply::error(401, "Bad credentials"));
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("expired")
    );
    // The branch is pushed by then; the next call makes the pull request.
    world.fake.fail(
        "/pulls",
        Reply::error(403, "Resource not accessible by personal access token"),
    );
    assert!(
        world
            .refused("create_pull_request", input())
            .contains("was pushed to a/b")
    );
    assert!(world.git().id("refs/heads/fix").is_some());
    let output = world.done("create_pull_request", input());
    assert_eq!(output["new_pull_request"], true);
}

#[test]
fn a_push_that_is_evicted_at_any_request_is_continued() {
    let reference = opened();
    change(&reference);
    reference.fake.seen.borrow_mut().clear();
    reference.done("create_pull_request", input());
    let requests = u32::try_from(reference.fake.seen.borrow().len()).unwrap();
    assert!(requests > 6);
    for requests in 0..requests {
        let world = opened();
        change(&world);
        world.fake.dies_after.set(Some(requests));
        world.call("create_pull_request", input()).unwrap_err();
        world.fake.dies_after.set(None);
        let output = world.done("create_pull_request", input());
        assert_eq!(output["pull_request"], 1, "{requests}");
        assert_eq!(world.fake.pull_count(), 1, "{requests}");
        is_same(&world, "fix", &world.bench.context().workspace);
    }
}
