//! What differs from the opened commit.

use serde_json::json;

use super::World;
use crate::prompt_line;

fn opened() -> World {
    let world = World::with(&[
        ("a.txt", "one\ntwo\n"),
        ("b.txt", "b\n"),
        ("tool.sh", "#!/bin/sh\n"),
        ("moved.txt", "moved\n"),
        (".gitignore", "target/\n*.log\n"),
        ("kept.log", "tracked although ignored\n"),
    ]);
    world.git().run(&["add", "--force", "kept.log"]);
    world
        .git()
        .run(&["commit", "--quiet", "--message", "Second"]);
    world.done("import_repository", json!({"repository": "a/b"}));
    world
}

#[test]
fn changes_are_told_as_git_tells_them() {
    let world = opened();
    assert_eq!(
        world.done("repository_status", json!({}))["changed_files"],
        0
    );
    world.bench.put("a.txt", "one\n2\n");
    world.bench.put("new.txt", "new\n");
    world.bench.put("kept.log", "changed\n");
    world.bench.put("target/out.o", "ignored\n");
    world.done("delete", json!({"path": "b.txt"}));
    world.done("move", json!({"from": "moved.txt", "to": "dir/moved.txt"}));
    let status = world.done("repository_status", json!({"diff": true}));
    let expected = json!([
        {"path": "a.txt", "change": "modified", "diff": "@@ -1,2 +1,2 @@\n one\n-two\n+2\n"},
        {"path": "b.txt", "change": "deleted", "diff": "@@ -1 +0,0 @@\n-b\n"},
        {"path": "dir/moved.txt", "change": "renamed", "from": "moved.txt"},
        {"path": "kept.log", "change": "modified",
         "diff": "@@ -1 +1 @@\n-tracked although ignored\n+changed\n"},
        {"path": "new.txt", "change": "added", "diff": "@@ -0,0 +1 @@\n+new\n"},
    ]);
    assert_eq!(status["changes"], expected);
    assert_eq!(status["ignored"], "1 files, in target/");
    let under = world.done("repository_status", json!({"under": "dir"}));
    assert_eq!(under["changes"].as_array().unwrap().len(), 1);
    let diff = world.done("diff", json!({"path": "a.txt", "base": true}));
    assert_eq!(diff["diff"], "@@ -1,2 +1,2 @@\n one\n-two\n+2\n");
    let unchanged = world.done("diff", json!({"path": "tool.sh", "base": true}));
    assert_eq!(unchanged["diff"], "");
}

#[test]
fn without_a_repository_there_is_nothing_to_tell() {
    let world = World::with(&[("a", "a\n")]);
    assert!(
        world
            .refused("repository_status", json!({}))
            .contains("import_repository")
    );
    assert!(
        world
            .refused("get_repository", json!({}))
            .contains("No repository is open")
    );
    let line = |world: &World| prompt_line(&world.bench.context().workspace).unwrap();
    assert_eq!(line(&world), None);
    world.done("import_repository", json!({"repository": "a/b"}));
    let reported = line(&world).unwrap();
    assert!(
        reported.contains("repository a/b of github.com (branch `main`"),
        "{reported}"
    );
    world.bench.put("a", "changed\n");
    assert_eq!(line(&world), Some(reported), "the prompt stays the same");
}

#[test]
fn contents_that_only_the_commit_has_are_kept() {
    let world = opened();
    for number in 0..30 {
        world.bench.put("a.txt", &format!("version {number}\n"));
    }
    let limits = workspace::Limits {
        stored: 1,
        ..workspace::Limits::DEFAULT
    };
    let context = world.bench.context();
    let path = workspace::FilePath::parse("a.txt").unwrap();
    let narrow = context.workspace.with_limits(limits);
    narrow
        .write(&path, b"last\n", &workspace::Expect::Anything)
        .unwrap();
    let diff = world.done("diff", json!({"path": "a.txt", "base": true}));
    assert!(
        diff["diff"].as_str().unwrap().contains("-one\n-two\n+last"),
        "{diff}"
    );
}
