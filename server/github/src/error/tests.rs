use super::*;

fn said(status: u16, has_token: bool, headers: &[(&str, &str)], body: &str) -> String {
    let api = Api::default().with_token(has_token);
    let head = Head::of(status, |name| {
        let found = headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    let request = Request::get("/repos/a/b", "the repository a/b");
    GithubError::of(&api, &request, &head, body.as_bytes()).to_string()
}

#[test]
fn each_cause_has_a_sentence() {
    let archived = r#"{"message":"Repository was archived so is read-only."}"#;
    let denied = r#"{"message":"Resource not accessible by personal access token"}"#;
    let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
    let exists = r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"A pull request already exists for a:x."}]}"#;
    let missing = r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid"}]}"#;
    let rules = r#"{"message":"Repository rule violations found","errors":["Changes must be made through a pull request."]}"#;
    for (status, has_token, headers, body, expected) in [
        (401, true, &[][..], "", "set a new GITHUB_TOKEN"),
        (401, false, &[], "", "has to set GITHUB_TOKEN"),
        (
            403,
            true,
            &[("Retry-After", "47")],
            secondary,
            "try again in 47 s",
        ),
        (403, true, &[], secondary, "in a minute or later"),
        (429, true, &[], "", "in a minute or later"),
        (
            403,
            false,
            &[
                ("X-RateLimit-Remaining", "0"),
                ("X-RateLimit-Reset", "1700000000"),
            ],
            "",
            "until 22:13 UTC. Without GITHUB_TOKEN",
        ),
        (
            403,
            true,
            &[("X-RateLimit-Remaining", "0")],
            "",
            "is used up.",
        ),
        (
            403,
            true,
            &[("X-GitHub-SSO", "required; url=x")],
            denied,
            "single sign-on",
        ),
        (403, true, &[], archived, "the repository a/b is archived"),
        (
            403,
            true,
            &[],
            denied,
            "not accessible by personal access token",
        ),
        (403, false, &[], denied, "set GITHUB_TOKEN"),
        (
            404,
            false,
            &[],
            "",
            "private repositories need GITHUB_TOKEN",
        ),
        (404, true, &[], "", "may not see it"),
        (
            409,
            true,
            &[],
            r#"{"message":"Git Repository is empty."}"#,
            "is empty",
        ),
        (410, true, &[], "", "switched off"),
        (
            422,
            true,
            &[],
            r#"{"message":"Update is not a fast forward"}"#,
            "other commits",
        ),
        (422, true, &[], rules, "is protected"),
        (422, true, &[], exists, "already exists for a:x"),
        (422, true, &[], missing, "base is invalid"),
        (451, true, &[], "", "legal reasons"),
        (502, true, &[], "<html>", "answers 502"),
        (418, true, &[], "", "gives no reason"),
    ] {
        let words = said(status, has_token, headers, body);
        assert!(words.contains(expected), "{status} {body}: {words}");
    }
}
