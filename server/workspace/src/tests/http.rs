//! Requests and responses.

use serde_json::{Value, json};

use super::Files;
use crate::{
    ArchiveKind,
    http::{self, Answer, Plan, Request},
};

fn ask(files: &Files, request: &Request<'_>, body: &[u8]) -> Answer {
    let workspace = files.workspace();
    match http::plan(request, &workspace) {
        Plan::Answer(answer) => answer,
        Plan::Respond(task) => http::respond(&workspace, &task),
        Plan::ReadBody {
            task,
            limit,
            too_large,
        } => {
            if body.len() as u64 > limit {
                too_large
            } else {
                http::respond_to_body(&workspace, &task, body)
            }
        }
        Plan::SendArchive(_) | Plan::SendArchiveHeaders(_) | Plan::TakeArchive => {
            panic!("it is an archive")
        }
    }
}

fn of<'a>(method: &'a str, rest: &'a str) -> Request<'a> {
    Request {
        method,
        rest,
        ..Request::default()
    }
}

fn get(files: &Files, rest: &str) -> Answer {
    ask(files, &of("GET", rest), &[])
}

fn put(files: &Files, rest: &str, body: &str) -> Answer {
    ask(files, &of("PUT", rest), body.as_bytes())
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer
        .headers
        .iter()
        .find(|header| header.name == name)
        .map(|header| header.value.as_str())
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn a_file_goes_in_and_comes_out_with_its_tag() {
    let files = Files::new();
    let made = put(&files, "files/src/a%20b.rs", "fn\n");
    assert_eq!(made.status, 201);
    let tag = header(&made, "ETag").unwrap().to_owned();
    assert_eq!(json_of(&made)["path"], "src/a b.rs");
    let got = get(&files, "files/src/a%20b.rs");
    assert_eq!((got.status, got.body.as_slice()), (200, &b"fn\n"[..]));
    assert_eq!(header(&got, "ETag"), Some(tag.as_str()));
    assert_eq!(
        header(&got, "Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(header(&got, "X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(
        header(&got, "Content-Security-Policy"),
        Some("sandbox; default-src 'none'; frame-ancestors 'none'")
    );
    assert_eq!(put(&files, "files/src/a%20b.rs", "fn\n").status, 200);
    let head = ask(&files, &of("HEAD", "files/src/a%20b.rs"), &[]);
    assert_eq!(
        (head.status, head.body.len(), header(&head, "ETag")),
        (200, 0, Some(tag.as_str()))
    );
    assert_eq!(header(&head, "Content-Length"), Some("3"));
    let known = format!("\"other\", W/{tag}");
    let unchanged = ask(
        &files,
        &Request {
            if_none_match: Some(&known),
            ..of("GET", "files/src/a%20b.rs")
        },
        &[],
    );
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
}

#[test]
fn pages_among_the_files_are_shown_as_text() {
    let files = Files::new();
    put(&files, "files/x.html", "<script>alert(1)</script>");
    put(&files, "files/x.svg", "<svg onload='alert(1)'/>");
    put(&files, "files/x.js\0".trim_end_matches('\0'), "\0");
    for rest in ["files/x.html", "files/x.svg"] {
        assert_eq!(
            header(&get(&files, rest), "Content-Type"),
            Some("text/plain; charset=utf-8")
        );
    }
    assert_eq!(
        header(&get(&files, "files/x.js"), "Content-Type"),
        Some("application/octet-stream")
    );
}

#[test]
fn only_the_file_that_was_read_is_overwritten_or_deleted() {
    let files = Files::new();
    let old = put(&files, "files/a", "1");
    let tag = header(&old, "ETag").unwrap();
    let with = |method, if_match, body: &str| {
        let request = Request {
            if_match: Some(if_match),
            ..of(method, "files/a")
        };
        ask(&files, &request, body.as_bytes())
    };
    assert_eq!(with("PUT", tag, "2").status, 200);
    let late = with("PUT", tag, "3");
    assert_eq!(late.status, 412);
    assert!(
        json_of(&late)["error"]
            .as_str()
            .unwrap()
            .contains("Read it again")
    );
    assert_eq!(with("DELETE", tag, "").status, 412);
    assert_eq!(with("GET", tag, "").status, 412);
    assert_eq!(get(&files, "files/a").body, b"2");
    let only_new = Request {
        if_none_match: Some("*"),
        ..of("PUT", "files/a")
    };
    assert_eq!(ask(&files, &only_new, b"4").status, 412);
    assert_eq!(with("DELETE", "*", "").status, 200);
    for method in ["PUT", "DELETE", "GET"] {
        assert_eq!(with(method, "*", "").status, 412, "{method}");
    }
    assert_eq!(ask(&files, &only_new, b"4").status, 201);
    let both = Request {
        if_none_match: Some("\"x\""),
        ..of("PUT", "files/a")
    };
    assert_eq!(ask(&files, &both, b"5").status, 400);
}

#[test]
fn parts_of_a_file() {
    let files = Files::new();
    let made = put(&files, "files/a", "0123456789");
    let tag = header(&made, "ETag").unwrap();
    let part = |range, if_range| {
        let request = Request {
            range: Some(range),
            if_range,
            ..of("GET", "files/a")
        };
        ask(&files, &request, &[])
    };
    let middle = part("bytes=2-4", None);
    assert_eq!((middle.status, middle.body.as_slice()), (206, &b"234"[..]));
    assert_eq!(header(&middle, "Content-Range"), Some("bytes 2-4/10"));
    assert_eq!(part("bytes=-2", Some(tag)).body, b"89");
    assert_eq!(part("bytes=-2", Some("\"other\"")).status, 200);
    let none = part("bytes=10-", None);
    assert_eq!(
        (none.status, header(&none, "Content-Range")),
        (416, Some("bytes */10"))
    );
    assert_eq!(part("bytes=4-2", None).status, 200);
}

#[test]
fn directories_are_lists() {
    let files = Files::new();
    put(&files, "files/src/a.rs", "1\n");
    let made = put(&files, "files/src/empty/", "");
    assert_eq!(
        (made.status, json_of(&made)["path"].clone()),
        (201, json!("src/empty"))
    );
    files
        .workspace()
        .write(&super::path("src/z"), &[0], &crate::Expect::Anything)
        .unwrap();
    let list = get(&files, "files/src/");
    assert_eq!(list.status, 200);
    let hash = |bytes: &[u8]| crate::Hash::of(bytes).to_string();
    let at = 1_700_000_000_000_u64;
    assert_eq!(
        json_of(&list),
        json!({
            "path": "src",
            "entries": [
                {"name": "a.rs", "type": "file", "size": 2, "hash": hash(b"1\n"), "lines": 1, "version": 1, "modified": at},
                {"name": "empty", "type": "directory", "version": 2, "modified": at},
                {"name": "z", "type": "file", "size": 1, "hash": hash(&[0]), "lines": null, "version": 3, "modified": at},
            ],
            "next": null,
        })
    );
    assert_eq!(get(&files, "files/src"), list);
    assert_eq!(json_of(&get(&files, "files"))["entries"][0]["name"], "src");
    let after = Request {
        query: &[("after".to_owned(), "src/empty".to_owned())],
        ..of("GET", "files/src")
    };
    assert_eq!(
        json_of(&ask(&files, &after, &[]))["entries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for (at, path) in [("files/", ""), ("files/src", "src")] {
        let all = Request {
            query: &[("all".to_owned(), String::new())],
            ..of("GET", at)
        };
        assert_eq!(
            json_of(&ask(&files, &all, &[])),
            json!({"path": path, "paths": ["src/a.rs", "src/z"]})
        );
    }
    let deleted = ask(&files, &of("DELETE", "files/src"), &[]);
    assert_eq!(
        json_of(&deleted),
        json!({ "files": 2, "directories": 2, "version": 4 })
    );
    assert_eq!(get(&files, "files/src").status, 404);
}

#[test]
fn wrong_requests_change_nothing_and_say_why() {
    let files = Files::new();
    put(&files, "files/a/b", "1");
    let deep = format!("files/{}", "d/".repeat(1000));
    for (method, rest, status) in [
        ("PUT", "files/%2e%2e/x", 400),
        ("PUT", "files/a%2f..%2fx", 400),
        ("PUT", "files/a%00b", 400),
        ("PUT", "files/a%5Cb", 400),
        ("PUT", "files/%ff", 400),
        ("PUT", deep.as_str(), 400),
        ("GET", deep.as_str(), 400),
        ("DELETE", "files/", 400),
        ("PUT", "files/a", 409),
        ("PUT", "files/a/b/c", 409),
        ("PUT", "files/a/b/", 409),
        ("GET", "files/a/b/", 409),
        ("GET", "files/x", 404),
        ("DELETE", "files/x", 404),
        ("POST", "files/x", 405),
        ("PATCH", "archive.zip", 405),
        ("DELETE", "archive.zip", 405),
    ] {
        let answer = ask(&files, &of(method, rest), b"");
        assert_eq!(answer.status, status, "{method} {rest}");
        assert!(
            json_of(&answer)["error"]
                .as_str()
                .is_some_and(|error| error.len() > 10)
        );
    }
    let with_body = Request {
        length: Some(5),
        ..of("PUT", "files/d/")
    };
    assert_eq!(ask(&files, &with_body, b"lost?").status, 400);
    assert_eq!(files.tree(), ["a/", "a/b"]);
}

#[test]
fn sizes_are_refused_before_and_while_they_are_read() {
    let mut files = Files::new();
    files.limits.file_bytes = 10;
    let said = Request {
        length: Some(11),
        ..of("PUT", "files/a")
    };
    assert!(matches!(
        http::plan(&said, &files.workspace()),
        Plan::Answer(Answer { status: 413, .. })
    ));
    assert_eq!(put(&files, "files/a", "0123456789x").status, 413);
    assert_eq!(put(&files, "files/a", "0123456789").status, 201);
    files.limits.files = 1;
    assert_eq!(put(&files, "files/b", "").status, 507);
}

#[test]
fn archives_have_their_own_address() {
    let files = Files::new();
    assert_eq!(
        http::plan(&of("GET", "archive.zip"), &files.workspace()),
        Plan::SendArchive(ArchiveKind::Zip)
    );
    assert_eq!(
        http::plan(&of("PUT", "archive.zip"), &files.workspace()),
        Plan::TakeArchive
    );
    for (rest, expected) in [
        ("files", true),
        ("files/", true),
        ("files/x", true),
        ("archive.zip", true),
        ("archive.tar.gz", true),
        ("filesx", false),
        ("get-messages", false),
        ("", false),
        ("archive.zip/x", false),
    ] {
        assert_eq!(http::is_workspace(rest), expected, "{rest}");
    }
}

#[test]
fn a_failure_of_the_store_is_logged_and_not_sent() {
    let files = Files::new();
    put(&files, "files/a", "1");
    use sql::Sql as _;
    files.sql.run("DROP TABLE workspace", &[]).unwrap();
    let answer = put(&files, "files/a", "2");
    assert_eq!(answer.status, 500);
    assert!(answer.log.unwrap().contains("no such table"));
    assert!(!String::from_utf8(answer.body).unwrap().contains("table"));
}

#[test]
fn a_part_of_a_file_is_not_taken_for_the_whole() {
    let files = Files::new();
    put(&files, "files/big.txt", "0123456789ABCDEF");
    let with = |change: fn(&mut Request<'_>)| {
        let mut request = of("PUT", "files/big.txt");
        change(&mut request);
        ask(&files, &request, b"ABCDEF").status
    };
    assert_eq!(
        with(|request| request.content_range = Some("bytes 10-15/16")),
        400
    );
    assert_eq!(
        with(|request| request.content_range = Some("nonsense")),
        400
    );
    assert_eq!(with(|request| request.range = Some("bytes=10-15")), 400);
    assert_eq!(
        with(|request| request.if_unmodified_since = Some("Thu, 01 Jan 2026 00:00:00 GMT")),
        400
    );
    assert_eq!(with(|request| request.content_encoding = Some("br")), 415);
    assert_eq!(with(|request| request.content_encoding = Some("gzip")), 400);
    assert_eq!(files.text("big.txt").unwrap(), "0123456789ABCDEF");
    let deleted = Request {
        if_unmodified_since: Some("Thu, 01 Jan 2026 00:00:00 GMT"),
        ..of("DELETE", "files/big.txt")
    };
    assert_eq!(ask(&files, &deleted, &[]).status, 400);
    for (rest, status) in [("archive.zip", 400), ("archive.tar.gz", 400)] {
        let part = Request {
            content_range: Some("bytes 0-1/2"),
            ..of("PUT", rest)
        };
        assert_eq!(ask(&files, &part, &[]).status, status);
        let packed = Request {
            content_encoding: Some("gzip"),
            ..of("PUT", rest)
        };
        let answer = ask(&files, &packed, &[]);
        assert_eq!(
            (answer.status, header(&answer, "Accept-Encoding")),
            (415, Some("identity"))
        );
    }
}

#[test]
fn a_packed_body_is_unpacked() {
    let files = Files::new();
    let packed = super::tar_file::gzip(b"one\ntwo\n");
    let request = Request {
        content_encoding: Some("gzip"),
        length: Some(packed.len() as u64),
        ..of("PUT", "files/a")
    };
    assert_eq!(ask(&files, &request, &packed).status, 201);
    assert_eq!(files.text("a").unwrap(), "one\ntwo\n");
    let mut files = Files::new();
    files.limits.file_bytes = 100;
    let bomb = super::tar_file::gzip(&[b'a'; 101]);
    assert_eq!(ask(&files, &request, &bomb).status, 413);
    assert_eq!(files.tree(), [] as [&str; 0]);
}

#[test]
fn ranges_are_of_get_and_of_what_is_known_to_be_the_same() {
    let files = Files::new();
    let made = put(&files, "files/a", "0123456789");
    let tag = header(&made, "ETag").unwrap();
    let weak = format!("W/{tag}");
    let asked = |method: &'static str, range: &str, if_range: Option<&str>| {
        let request = Request {
            range: Some(range),
            if_range,
            ..of(method, "files/a")
        };
        let answer = ask(&files, &request, &[]);
        (
            answer.status,
            String::from_utf8(answer.body.clone()).unwrap(),
            header(&answer, "Content-Length").map(str::to_owned),
        )
    };
    let whole = (200, "0123456789".to_owned(), None);
    assert_eq!(
        asked("GET", "bytes=2-4", Some(tag)),
        (206, "234".to_owned(), None)
    );
    assert_eq!(asked("GET", "bytes=2-4", Some(&weak)), whole);
    assert_eq!(
        asked("GET", "bytes=2-4", Some("Thu, 01 Jan 2026 00:00:00 GMT")),
        whole
    );
    assert_eq!(
        asked("GET", "bytes=0-1,3-4", None),
        whole,
        "several ranges are not made"
    );
    assert_eq!(
        asked("HEAD", "bytes=2-4", None),
        (200, String::new(), Some("10".to_owned()))
    );
    let list = ask(&files, &of("HEAD", "files/"), &[]);
    let length = get(&files, "files/").body.len().to_string();
    assert_eq!(
        (list.status, header(&list, "Content-Length")),
        (200, Some(length.as_str()))
    );
    for (rest, kind) in [
        ("archive.zip", ArchiveKind::Zip),
        ("archive.tar.gz", ArchiveKind::TarGz),
    ] {
        let plan = |method| http::plan(&of(method, rest), &files.workspace());
        assert_eq!(plan("HEAD"), Plan::SendArchiveHeaders(kind));
        assert_eq!(plan("GET"), Plan::SendArchive(kind));
    }
}

#[test]
fn the_encoding_and_the_permissions_are_sent() {
    let files = Files::new();
    let bytes = super::zip_file::archive(&[
        super::zip_file::TestEntry {
            mode: 0o100_755,
            ..super::zip_file::entry("a.sh", b"#!/bin/sh\n")
        },
        super::zip_file::entry("b", b"caf\xe9"),
        super::zip_file::TestEntry {
            mode: 0o040_700,
            ..super::zip_file::entry("c/", b"")
        },
    ]);
    super::archives::import(&files, &bytes).unwrap();
    let list = json_of(&get(&files, "files/"));
    assert_eq!(
        (&list["entries"][0]["mode"], &list["entries"][0]["encoding"]),
        (&json!("755"), &Value::Null)
    );
    assert_eq!(
        (&list["entries"][1]["mode"], &list["entries"][1]["encoding"]),
        (&Value::Null, &json!("windows-1252"))
    );
    assert_eq!(
        (&list["entries"][2]["mode"], &list["entries"][2]["type"]),
        (&json!("700"), &json!("directory"))
    );
    let answer = get(&files, "files/b");
    assert_eq!(
        header(&answer, "Content-Type"),
        Some("text/plain; charset=windows-1252")
    );
    assert_eq!(answer.body, b"caf\xe9");
}

/// What follows is undone over HTTP as a client would: looked at, undone, refused, redone, put back.
#[test]
fn changes_are_listed_compared_undone_redone_and_put_back() {
    let mut files = Files::new();
    files.put("a.txt", "1\n2\n3\n");
    files.answer = Some("m1".to_owned());
    files.put("a.txt", "1\n2\nthree\n");
    files.put("b.txt", "b\n");
    files.answer = None;
    let post = |rest: &str, body: Value| {
        let answer = ask(&files, &of("POST", rest), body.to_string().as_bytes());
        (answer.status, json_of(&answer))
    };

    let timeline = json_of(&get(&files, "changes"));
    let said: Vec<_> = timeline["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (
                change["number"].as_u64(),
                change["kind"].as_str(),
                change["answer"].as_str(),
                &change["paths"],
            )
        })
        .collect();
    let (a, b) = (json!(["a.txt"]), json!(["b.txt"]));
    assert_eq!(
        said,
        [
            (Some(3), Some("answer"), Some("m1"), &b),
            (Some(2), Some("answer"), Some("m1"), &a),
            (Some(1), Some("user"), None, &a),
        ]
    );
    let query = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    };
    let with = |rest, pairs: &[(&str, &str)]| {
        let query = query(pairs);
        let request = Request {
            query: &query,
            ..of("GET", rest)
        };
        let answer = ask(&files, &request, &[]);
        (answer.status, json_of(&answer))
    };
    let (status, compared) = with("changes/compare", &[("from", "1")]);
    assert_eq!(
        (
            status,
            &compared["changes"][0]["kind"],
            &compared["changes"][1]["path"]
        ),
        (200, &json!("changed"), &json!("b.txt"))
    );
    assert!(
        compared["changes"][0]["diff"]
            .as_str()
            .unwrap()
            .contains("+three")
    );
    let (_, versions) = with("changes/versions", &[("path", "a.txt")]);
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2);

    files.put("a.txt", "1\n2\nmine\n");
    let (status, refused) = post("changes/undo", json!({"answers": ["m1"]}));
    assert_eq!((status, &refused["kept"]), (409, &json!(["a.txt"])));
    assert!(
        refused["error"]
            .as_str()
            .unwrap()
            .starts_with("What was changed in a.txt was"),
        "{refused}"
    );
    assert!(files.text("b.txt").is_ok());
    let (status, undone) = post(
        "changes/undo",
        json!({"answers": ["m1"], "onConflict": "keep"}),
    );
    assert_eq!(
        (status, &undone["answers"], &undone["kept"]),
        (200, &json!(["m1"]), &json!(["a.txt"]))
    );
    assert!(files.text("b.txt").is_err());
    assert_eq!(post("changes/undo", json!({"answers": ["m1"]})).0, 409);
    assert_eq!(post("changes/redo", json!({"answers": ["m1"]})).0, 200);
    assert_eq!(files.text("b.txt").unwrap(), "b\n");
    assert_eq!(
        post("changes/restore", json!({"path": "a.txt", "behind": 1})).0,
        200
    );
    assert_eq!(files.text("a.txt").unwrap(), "1\n2\n3\n");
}

#[test]
fn requests_about_changes_that_are_not_understood_change_nothing() {
    let files = Files::new();
    files.put("a.txt", "a\n");
    let status = |method: &str, rest: &str, query: &[(&str, &str)], body: &str| {
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let request = Request {
            query: &query,
            ..of(method, rest)
        };
        let answer = ask(&files, &request, body.as_bytes());
        assert!(!json_of(&answer)["error"].as_str().unwrap().is_empty());
        answer.status
    };
    for (method, rest, query, body, expected) in [
        ("POST", "changes", &[][..], "", 405),
        ("GET", "changes/undo", &[], "", 405),
        ("DELETE", "changes/redo", &[], "", 405),
        ("GET", "changes/other", &[], "", 404),
        ("GET", "changes", &[("before", "x")], "", 400),
        ("GET", "changes/compare", &[], "", 400),
        ("GET", "changes/compare", &[("from", "-1")], "", 400),
        ("GET", "changes/versions", &[], "", 400),
        ("GET", "changes/versions", &[("path", "../a")], "", 400),
        ("POST", "changes/undo", &[], "", 400),
        ("POST", "changes/undo", &[], "{\"answers\": \"m1\"}", 400),
        (
            "POST",
            "changes/undo",
            &[],
            "{\"answers\": [\"m1\"], \"onConflict\": \"mine\"}",
            400,
        ),
        (
            "POST",
            "changes/undo",
            &[],
            "{\"answers\": [\"unknown\"]}",
            409,
        ),
        (
            "POST",
            "changes/redo",
            &[],
            "{\"answers\": [\"1\", \"2\"]}",
            400,
        ),
        ("POST", "changes/restore", &[], "{\"path\": \"a.txt\"}", 400),
        (
            "POST",
            "changes/restore",
            &[],
            "{\"path\": \"../a\", \"behind\": 1}",
            400,
        ),
        (
            "POST",
            "changes/restore",
            &[],
            "{\"path\": \"b.txt\", \"behind\": 1}",
            404,
        ),
    ] {
        assert_eq!(
            status(method, rest, query, body),
            expected,
            "{method} {rest} {query:?} {body}"
        );
    }
    assert_eq!(files.workspace().usage().unwrap().change, 1);
}

#[test]
fn text_keeps_the_manner_of_its_file() {
    let files = Files::new();
    let utf_16 = crate::Encoding::named("utf-16le with BOM").unwrap();
    let before = utf_16.encode("eins\r\nzwei\r\n").unwrap();
    let made = ask(&files, &of("PUT", "files/a.txt"), &before);
    let tag = header(&made, "ETag").unwrap().to_owned();
    let query = [("text".to_owned(), String::new())];
    let text = |tag| Request {
        if_match: Some(tag),
        query: &query,
        ..of("PUT", "files/a.txt")
    };
    let saved = ask(&files, &text(&tag), "eins\nüber\n".as_bytes());
    assert_eq!(saved.status, 200);
    let after = utf_16.encode("eins\r\nüber\r\n").unwrap();
    assert_eq!(get(&files, "files/a.txt").body, after);

    // Somebody else was quicker: the answer says what is there now, and what was changed.
    let refused = ask(&files, &text(&tag), b"drei");
    assert_eq!(refused.status, 412);
    assert_eq!(header(&refused, "ETag"), header(&saved, "ETag"));
    let diff = json_of(&refused)["diff"].as_str().unwrap().to_owned();
    assert!(diff.contains("-zwei") && diff.contains("+über"), "{diff}");
    let now = header(&saved, "ETag").unwrap();
    assert_eq!(ask(&files, &text(now), &[0xff]).status, 400);
    let ascii = ask(&files, &of("PUT", "files/b.txt"), "caf\u{e9}\n".as_bytes());
    assert_eq!(ascii.status, 201);
}
