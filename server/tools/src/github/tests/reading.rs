//! The tools that read GitHub.

use serde_json::json;

use super::World;

#[test]
fn facts_files_and_directories_are_read() {
    let world = World::with(&[("src/main.rs", "fn main() {}\n"), ("README.md", "# b\n")]);
    world.git().put("data.bin", &[0, 1, 2]);
    let long: String = (0..100_000)
        .map(|number| format!("line {number}\n"))
        .collect();
    world.git().put("long.txt", long.as_bytes());
    world.git().commit("Second");
    let facts = world.done("get_repository", json!({"repository": "a/b"}));
    assert_eq!(
        (&facts["default_branch"], &facts["license"]),
        (&json!("main"), &json!("MIT"))
    );
    assert_eq!(
        (&facts["branches"], &facts["private"]),
        (&json!(["main"]), &json!(true))
    );
    let read = |path: &str| {
        world.done(
            "get_file_contents",
            json!({"repository": "a/b", "path": path}),
        )
    };
    assert_eq!(read("src/main.rs")["text"], "fn main() {}\n");
    assert_eq!(
        read("")["entries"],
        json!(["README.md", "data.bin", "long.txt", "src/"])
    );
    assert!(
        read("data.bin")["note"]
            .as_str()
            .unwrap()
            .contains("binary")
    );
    // More than 1 MB comes by another way.
    let start = read("long.txt");
    assert!(start["text"].as_str().unwrap().starts_with("line 0\n"));
    let more = start["more"].as_str().unwrap();
    let next: u64 = more
        .rsplit(' ')
        .next()
        .unwrap()
        .trim_end_matches('.')
        .parse()
        .unwrap();
    let rest = json!({"repository": "a/b", "path": "long.txt", "from_line": next});
    let rest = world.done("get_file_contents", rest);
    let expected = format!("line {}\n", next - 1);
    assert!(
        rest["text"].as_str().unwrap().starts_with(&expected),
        "{more}"
    );
    let missing = world.refused(
        "get_file_contents",
        json!({"repository": "a/b", "path": "nope"}),
    );
    assert!(missing.contains("nope in a/b"), "{missing}");
}

#[test]
fn issues_are_listed_and_read() {
    let world = World::with(&[("a", "a\n")]);
    let issue = |number: u64| {
        json!({
            "number": number, "title": format!("Issue {number}"), "state": "open", "user": {"login": "me"},
            "labels": [{"name": "bug"}, "plain"], "comments": 1, "body": "b".repeat(9_000),
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z",
            "html_url": format!("https://github.com/a/b/issues/{number}"),
        })
    };
    let mut pull = issue(2);
    pull["pull_request"] = json!({});
    world
        .fake
        .answer("/repos/a/b/issues", &json!([issue(1), pull]));
    world.fake.answer("/repos/a/b/issues/1", &issue(1));
    let comment = json!({"user": null, "body": "Me too", "created_at": "2026-01-03T00:00:00Z"});
    world
        .fake
        .answer("/repos/a/b/issues/1/comments", &json!([comment]));
    let listed = world.done("list_issues", json!({"repository": "a/b", "labels": "bug"}));
    assert_eq!(listed["issues"].as_array().unwrap().len(), 1);
    assert_eq!(listed["issues"][0]["labels"], json!(["bug", "plain"]));
    let read = world.done("get_issue", json!({"repository": "a/b", "number": 1}));
    assert!(
        read["text"]
            .as_str()
            .unwrap()
            .contains("(1000 more characters)")
    );
    assert_eq!(
        read["comments"],
        json!([{"by": "ghost", "at": "2026-01-03T00:00:00Z", "text": "Me too"}])
    );
    let refused = world.refused("list_issues", json!({"repository": "a/b", "state": "odd"}));
    assert!(refused.contains("open, closed or all"), "{refused}");
}

#[test]
fn pull_requests_are_listed_and_read() {
    let world = World::with(&[("a", "a\n")]);
    let id = world.git().line(&["rev-parse", "HEAD"]);
    let side = |branch: &str| json!({"ref": branch, "sha": id, "repo": {"full_name": "a/b"}});
    let pull = json!({
        "number": 3, "title": "T", "state": "open", "user": {"login": "me"}, "body": "B", "head": side("x"),
        "base": side("main"), "mergeable": null, "commits": 1, "additions": 2, "deletions": 3, "changed_files": 2,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z", "html_url": "https://github.com/a/b/pull/3",
    });
    world.fake.answer("/repos/a/b/pulls", &json!([pull]));
    world.fake.answer("/repos/a/b/pulls/3", &pull);
    world.fake.answer("/repos/a/b/pulls/3/files", &json!([
        {"filename": "a", "status": "modified", "additions": 2, "deletions": 3, "patch": "@@ -1 +1 @@\n-a\n+b"},
        {"filename": "c.png", "status": "added", "additions": 0, "deletions": 0},
    ]));
    world.fake.answer("/repos/a/b/pulls/3/reviews", &json!([
        {"user": {"login": "you"}, "state": "CHANGES_REQUESTED", "body": "No", "submitted_at": "2026-01-03T00:00:00Z"},
    ]));
    world.fake.answer("/repos/a/b/pulls/3/comments", &json!([
        {"user": {"login": "you"}, "path": "a", "line": null, "body": "Here", "created_at": "2026-01-03T00:00:00Z"},
    ]));
    world
        .fake
        .answer("/repos/a/b/issues/3/comments", &json!([]));
    world.fake.answer(&format!("/repos/a/b/commits/{id}/check-runs"), &json!({
        "total_count": 40,
        "check_runs": [{"name": "test", "status": "completed", "conclusion": "failure", "html_url": null,
                        "output": {"title": "1 failed", "summary": null}}],
    }));
    let listed = world.done("list_pull_requests", json!({"repository": "a/b"}));
    assert_eq!(listed["pull_requests"][0]["branch"], "x");
    let read = world.done(
        "get_pull_request",
        json!({"repository": "a/b", "number": 3}),
    );
    assert_eq!(read["files"][0]["diff"], "@@ -1 +1 @@\n-a\n+b");
    assert_eq!(read["reviews"][0]["state"], "changes_requested");
    assert_eq!(read["comments_on_lines"][0]["outdated"], true);
    assert_eq!(read["checks"][0]["conclusion"], "failure");
    assert!(read["more"].as_str().unwrap().contains("checks, page 2"));
    world.fake.seen.borrow_mut().clear();
    let part = world.done(
        "get_pull_request",
        json!({"repository": "a/b", "number": 3, "part": "diff"}),
    );
    assert!(part.get("checks").is_none());
    assert_eq!(world.fake.seen.borrow().len(), 2);
}

#[test]
fn code_is_searched() {
    let world = World::with(&[("a", "a\n")]);
    world.fake.answer(
        "/search/code",
        &json!({
            "total_count": 25, "incomplete_results": true,
            "items": [{"path": "src/a.rs", "name": "a.rs", "repository": {"full_name": "a/b"},
                       "text_matches": [{"fragment": "fn a() {}"}]}],
        }),
    );
    let found = world.done("search_code", json!({"query": "fn a", "repository": "a/b"}));
    assert_eq!(found["files"][0]["matches"], json!(["fn a() {}"]));
    assert_eq!(found["more"], "There are more: page 2.");
    assert!(found["note"].as_str().unwrap().contains("early"));
    let last = world.done("search_code", json!({"query": "fn a", "page": 2}));
    assert!(last.get("more").is_none());
    world.fake.has_token.set(false);
    world.fake.fail(
        "/search/code",
        super::fake::Reply::error(401, "Requires authentication"),
    );
    assert!(
        world
            .refused("search_code", json!({"query": "a"}))
            .contains("GITHUB_TOKEN")
    );
}
