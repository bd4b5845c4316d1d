//! `grep`: finds lines by their content.

use limits::Work;
use serde_json::{Value, json};
use workspace::{
    Binaries, FileMatches, FilePath, GrepLine, Grepped, LetterCase, Match, SearchStep, Searching,
    Unsearched, UnsearchedPart,
};

use super::{
    Slice, Slices, ToolContext, ToolDone, ToolFailure,
    find::{ignored, left_out},
    schema::input,
    slices::SlicedTool,
    tool::{Room, path_or_root, say},
};

/// A search ends after the file that reaches this number of matches.
const MATCHES: u64 = 200;

/// The tool.
#[derive(Debug)]
pub(super) struct Grep;

input! {
    struct Input {
        /// The regular expression to search for, in Rust's syntax with full Unicode support. Lines are searched one
        /// by one, so it cannot match across line breaks.
        pattern: String,
        /// Search for the pattern as literal text instead of a regular expression.
        literal: Option<bool>,
        /// Ignore upper and lower case.
        ignore_case: Option<bool>,
        /// The directory or file to search. The default is the whole workspace.
        under: Option<String>,
        /// Search only files whose name or path matches this glob, such as *.rs. Put a backslash before a literal
        /// bracket, brace or star.
        glob: Option<String>,
        /// The number of context lines around each match, at most 20. The default is 0.
        context: Option<u64>,
        /// The `next` of the previous call, to continue.
        after: Option<String>,
        /// Include files that .gitignore excludes.
        include_ignored: Option<bool>,
    }
}

impl SlicedTool for Grep {
    type Input = Input;

    const NAME: &'static str = "grep";

    const DESCRIPTION: &'static str = "Searches the text files of the workspace line by line. Each line is shown with its \
        number: `12:` for a match, `12-` for its context. The hash of each file is included. Of a long line, \
        only the part around the first match is shown. `not_searched` names what was not searched, and `ignored` what .gitignore \
        excludes: no result means that no other file matches.";

    fn begin(
        &self,
        input: Input,
        context: &ToolContext<'_>,
    ) -> Result<Box<dyn Slices>, ToolFailure> {
        let under = path_or_root(input.under.as_deref())?;
        let after = input.after.as_deref().map(FilePath::parse).transpose()?;
        let searching = context.workspace.begin_grep(&workspace::Grep {
            pattern: input.pattern,
            matching: if input.literal.unwrap_or(false) {
                Match::Text
            } else {
                Match::Regex
            },
            case: if input.ignore_case.unwrap_or(false) {
                LetterCase::Ignored
            } else {
                LetterCase::Counts
            },
            under,
            glob: input.glob,
            context: usize::try_from(input.context.unwrap_or(0)).unwrap_or(usize::MAX),
            limit: MATCHES,
            after: after.clone(),
            ignored: ignored(input.include_ignored),
        })?;
        Ok(Box::new(Run { searching, after }))
    }
}

/// A run of the tool.
#[derive(Debug)]
struct Run {
    searching: Searching,
    /// The path after which it began.
    after: Option<FilePath>,
}

impl Slices for Run {
    fn slice(
        self: Box<Self>,
        context: &ToolContext<'_>,
        work: &mut Work,
    ) -> Result<Slice, ToolFailure> {
        let Self { searching, after } = *self;
        Ok(match searching.slice(&context.workspace, work)? {
            SearchStep::More(searching) => Slice::More(Box::new(Self {
                searching: *searching,
                after,
            })),
            SearchStep::Done(found) => Slice::Done(ToolDone::with(output(found, after))),
        })
    }
}

fn output(found: Grepped, mut after: Option<FilePath>) -> Value {
    let mut room = Room::of_output();
    let mut files = Vec::new();
    let mut next = found.next;
    let left_out = left_out(&found.left_out);
    let unsearched: Vec<String> = found
        .unsearched
        .iter()
        .map(not_searched)
        .chain(binaries(&found.binaries))
        .take_while(|words| room.takes(words))
        .collect();
    for file in found.files {
        let is_first = files.is_empty();
        let Some(reported) = reported(&file, &mut room, is_first) else {
            next = after;
            break;
        };
        files.push(reported);
        after = Some(file.path);
    }
    let mut output = json!({"files": files});
    if let Some(output) = output.as_object_mut()
        && !unsearched.is_empty()
    {
        output.insert("not_searched".to_owned(), json!(unsearched));
    }
    say(&mut output, "ignored", left_out);
    let more = "Not every file was searched. To continue, call this again with `next` as `after`; to search less, set \
        `under` or `glob`.";
    say(&mut output, "more", next.is_some().then(|| more.to_owned()));
    say(&mut output, "next", next.map(|path| path.to_string()));
    output
}

fn binaries(binaries: &Binaries) -> Option<String> {
    let names: Vec<&str> = binaries.first.iter().map(FilePath::as_str).collect();
    let more = if binaries.files > names.len() as u64 {
        ", …"
    } else {
        ""
    };
    let names = names.join(", ");
    match binaries.files {
        0 => None,
        1 => Some(format!("{names}: it is binary.")),
        files => Some(format!("{files} binary files: {names}{more}")),
    }
}

fn not_searched(Unsearched { path, part }: &Unsearched) -> String {
    match part {
        UnsearchedPart::Line(number) => {
            format!(
                "{path}, line {number}: the line is too long for this pattern; use a simpler one."
            )
        }
        UnsearchedPart::From(number) => {
            format!(
                "{path}, from line {number} on: the search took too long; use a simpler pattern."
            )
        }
    }
}

/// A file with its matches; `None` when there is not enough room. The first file is shown as far as there is room.
fn reported(file: &FileMatches, room: &mut Room, is_first: bool) -> Option<Value> {
    let mut lines = Vec::new();
    let mut reported = 0;
    let head =
        json!({"path": file.path.as_str(), "hash": file.hash.as_str(), "more": "x".repeat(200)});
    let mut fits = room.takes(&head);
    for line in &file.lines {
        let text = line_text(line);
        fits = fits && room.takes(&text);
        if !fits {
            break;
        }
        reported += u64::from(line.is_match);
        lines.push(text);
    }
    if !fits && !is_first {
        return None;
    }
    let (path, matches) = (file.path.as_str(), file.matches);
    let mut output =
        json!({"path": path, "hash": file.hash.as_str(), "matches": matches, "lines": lines});
    let encoding = (!file.encoding.is_plain()).then(|| file.encoding.name());
    say(&mut output, "encoding", encoding);
    let more =
        "Not all matching lines of this file are shown: read it, or use a more specific pattern.";
    say(
        &mut output,
        "more",
        (reported < matches).then(|| more.to_owned()),
    );
    Some(output)
}

fn line_text(line: &GrepLine) -> String {
    let mark = if line.is_match { ':' } else { '-' };
    let [before, behind] =
        [line.from_character > 1, line.cut].map(|is_cut| if is_cut { "…" } else { "" });
    let mut reported = format!("{}{mark} {before}{}{behind}", line.number, line.text);
    if line.is_match && (line.from_character > 1 || line.cut) {
        let from = line.from_character;
        reported.push_str(&format!(" (from_character {from} of line {})", line.number));
    }
    reported
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Bench, hash};

    #[test]
    fn lines_have_numbers_and_hashes() {
        let text = "one\n// TODO: two\nthree\n";
        let bench = Bench::with(&[("a.js", text), ("b.md", "todo\n")]);
        let found = |input| bench.output("grep", input)["files"].clone();
        let expected = json!([{"path": "a.js", "hash": hash(text), "matches": 1, "lines": ["2: // TODO: two"]}]);
        assert_eq!(found(json!({"pattern": "TO+DO"})), expected);
        let around = found(json!({"pattern": "TODO", "context": 1}));
        assert_eq!(
            around[0]["lines"],
            json!(["1- one", "2: // TODO: two", "3- three"])
        );
        let paths = |input| -> Vec<String> {
            let files = found(input);
            let files = files.as_array().unwrap().iter();
            files
                .map(|file| file["path"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            paths(json!({"pattern": "todo", "ignore_case": true})),
            ["a.js", "b.md"]
        );
        assert_eq!(
            paths(json!({"pattern": "todo", "ignore_case": true, "glob": "*.js"})),
            ["a.js"]
        );
        assert_eq!(paths(json!({"pattern": "o", "under": "b.md"})), ["b.md"]);
        assert_eq!(paths(json!({"pattern": "TO+", "literal": true})), [""; 0]);
        assert!(
            bench
                .refused("grep", json!({"pattern": "("}))
                .contains("cannot be read")
        );
        assert!(
            bench
                .refused("grep", json!({"pattern": ""}))
                .contains("empty")
        );
    }

    #[test]
    fn many_matches_are_gone_on_with_file_by_file() {
        let line = format!("needle {}\n", "x".repeat(150));
        let bench = Bench::new();
        for number in 0..40 {
            bench.put(&format!("{number:02}"), &line.repeat(20));
        }
        let (mut seen, mut calls) = (0, 0);
        let mut input = json!({"pattern": "needle"});
        loop {
            let output = bench.output("grep", input);
            for file in output["files"].as_array().unwrap() {
                assert_eq!(
                    (&file["matches"], &file["more"]),
                    (&json!(20), &Value::Null)
                );
                seen += file["lines"].as_array().unwrap().len();
            }
            calls += 1;
            let Some(next) = output["next"].as_str() else {
                assert_eq!(output["more"], Value::Null);
                break;
            };
            assert!(output["more"].as_str().unwrap().contains("`after`"));
            input = json!({"pattern": "needle", "after": next});
        }
        assert_eq!(seen, 800);
        assert!(calls > 2);
    }

    #[test]
    fn a_file_with_too_many_matches_says_so() {
        let line = format!("needle {}\n", "\u{1}".repeat(100));
        let bench = Bench::with(&[("a", &line.repeat(2_000)), ("b", "needle\n")]);
        let output = bench.output("grep", json!({"pattern": "needle"}));
        assert_eq!(output["files"][0]["matches"], 2_000);
        assert!(
            output["files"][0]["more"]
                .as_str()
                .unwrap()
                .contains("Not all")
        );
        let next = output["next"].as_str().unwrap();
        let rest = bench.output("grep", json!({"pattern": "needle", "after": next}));
        assert_eq!(rest["files"][0]["path"], "b");
    }

    #[test]
    fn unsearched_files_are_reported() {
        let bench = Bench::with(&[
            (".gitignore", "out/\n"),
            ("a", "needle\n"),
            ("out/b", "needle\n"),
        ]);
        bench.put_bytes("c.png", b"needle\0");
        let output = bench.output("grep", json!({"pattern": "needle"}));
        assert_eq!(output["files"].as_array().unwrap().len(), 1);
        assert_eq!(output["not_searched"], json!(["c.png: it is binary."]));
        assert!(
            output["ignored"]
                .as_str()
                .unwrap()
                .contains("1 files that .gitignore excludes are omitted, in out/.")
        );
        let all = bench.output(
            "grep",
            json!({"pattern": "needle", "include_ignored": true}),
        );
        assert_eq!(
            (all["files"].as_array().unwrap().len(), &all["ignored"]),
            (2, &Value::Null)
        );
    }

    #[test]
    fn empty_arguments_are_as_if_left_out() {
        let bench = Bench::with(&[("src/a", "needle\n")]);
        let input = json!({"pattern": "needle", "under": "", "glob": "", "after": ""});
        assert_eq!(bench.output("grep", input)["files"][0]["path"], "src/a");
        let input = json!({"glob": "*", "under": "", "after": ""});
        assert_eq!(bench.output("find", input)["files"], json!(["src/a"]));
        assert_eq!(
            bench.output("list", json!({"path": "", "after": ""}))["path"],
            "/"
        );
        assert!(
            bench
                .refused("grep", json!({"pattern": ""}))
                .contains("empty")
        );
    }

    #[test]
    fn the_context_of_a_match_in_a_long_line_is_shown() {
        let line = format!("{}NEEDLE{}\n", "x".repeat(30_000), "y".repeat(30_000));
        let bench = Bench::with(&[("min.js", &line)]);
        let output = bench.output("grep", json!({"pattern": "NEEDLE"}));
        let reported = output["files"][0]["lines"][0].as_str().unwrap();
        assert!(
            reported.starts_with("1: …xx") && reported.contains("xNEEDLEy"),
            "{reported}"
        );
        assert!(
            reported.ends_with("y… (from_character 29751 of line 1)"),
            "{reported}"
        );
        let input = json!({"path": "min.js", "first_line": 1, "from_character": 29_751});
        let read = bench.output("read", input);
        assert!(read["text"].as_str().unwrap().starts_with(&"x".repeat(250)));
    }
}
