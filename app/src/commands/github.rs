//! What commands about GitHub say to the model.

/// What is wrong with the argument of a command, for the user.
pub(super) type Missing = &'static str;

/// The message that asks for a repository to be opened.
pub(super) fn import(repository: &str) -> Result<String, Missing> {
    let is_name = repository.contains('/') && !repository.contains(char::is_whitespace);
    if !is_name {
        return Err("Write the repository after the name: /import owner/name");
    }
    Ok(format!(
        "Open the repository {repository} in the workspace (`import_repository`), and tell me in a few sentences what it is."
    ))
}

/// The message that asks for an issue to be worked on: `123`, `#123`, `owner/name#123`, or an address.
pub(super) fn issue(written: &str) -> Result<String, Missing> {
    const MISSING: Missing = "Write the number of the issue after the name: /issue 123";
    let (repository, number) = match written.split_once("/issues/") {
        Some((repository, number)) => (repository, number),
        None => written.split_once('#').unwrap_or(("", written)),
    };
    let number: u64 = number.trim().parse().map_err(|_| MISSING)?;
    if repository.contains(char::is_whitespace) {
        return Err(MISSING);
    }
    let of = match repository {
        "" => "the opened repository".to_owned(),
        repository => repository.to_owned(),
    };
    Ok(format!(
        "Work on issue #{number} of {of}. Read it with `get_issue`, and open the repository with `import_repository` unless it is \
         open. Find the cause and fix it, then tell me what you changed. When I ask for the pull request, its text ends with \
         \"Fixes #{number}\"."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_needed() {
        assert!(
            import("a/b@main")
                .unwrap()
                .contains("repository a/b@main in")
        );
        for other in ["", "a", "a b/c"] {
            assert!(import(other).unwrap_err().contains("/import owner/name"));
        }
    }

    #[test]
    fn issues_are_named_in_several_ways() {
        for (written, expected) in [
            ("12", "issue #12 of the opened repository."),
            ("#12", "issue #12 of the opened repository."),
            ("a/b#12", "issue #12 of a/b."),
            (
                "https://github.com/a/b/issues/12",
                "issue #12 of https://github.com/a/b.",
            ),
        ] {
            assert!(issue(written).unwrap().contains(expected), "{written}");
        }
        for other in ["", "twelve", "a/b", "a b#1"] {
            assert!(issue(other).is_err(), "{other}");
        }
    }
}
