//! `read`: returns lines of a text file, or an image or PDF to view.

use serde_json::json;
use workspace::{
    FilePath, Hash, LineEnds, Lines, Read as Outcome, TextRead, WorkspaceError, document_type,
};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    attachment::attachment_at,
    schema::input,
    tool::{Room, Tool, say},
};

/// The tool.
#[derive(Debug)]
pub(super) struct Read;

input! {
    struct Input {
        /// The file, such as src/main.rs.
        path: String,
        /// The number of the first line, from 1. The default is 1.
        first_line: Option<u64>,
        /// The number of the last line. The default is as many lines as fit.
        last_line: Option<u64>,
        /// The first character of the first line, from 1: for lines that are too long for one call.
        from_character: Option<u64>,
    }
}

impl Tool for Read {
    type Input = Input;

    const NAME: &'static str = "read";

    const DESCRIPTION: &'static str = "Reads a text file of the workspace, or some of its lines. It returns the hash of \
        the file, which `edit`, `write` and `delete` need. If not everything fits, `more` says how to \
        continue. `encoding` is given when it is not UTF-8, and `line_ends` when \
        some are CR LF. An image (PNG, JPEG, GIF or WebP) or a PDF, of at most 5 MB, is shown to you as a whole if you can view \
        such files.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = FilePath::parse(&input.path)?;
        let lines = Lines {
            first: input.first_line.unwrap_or(1).max(1),
            last: input.last_line.unwrap_or(u64::MAX),
        };
        if lines.last < lines.first {
            let Lines { first, last } = lines;
            return Err(ToolFailure::Explained(format!(
                "Line {last} is before line {first}: swap them."
            )));
        }
        let character = input.from_character.unwrap_or(1).max(1);
        match context.workspace.read_from(&path, lines, character)? {
            Outcome::Text(TextRead {
                hash, size, text, ..
            }) if is_document(lines, &text) => shown(context, path, hash, size),
            Outcome::Text(read) => reported(&path, lines, character, &read),
            Outcome::Binary { hash, size } => shown(context, path, hash, size),
        }
    }
}

/// Whether a text is a document after all: a PDF may consist of text bytes only.
fn is_document(lines: Lines, text: &str) -> bool {
    lines.first == 1 && document_type(text.as_bytes()).is_some()
}

/// The output for a file to view.
fn shown(
    context: &ToolContext<'_>,
    path: FilePath,
    hash: Hash,
    size: u64,
) -> Result<ToolDone, ToolFailure> {
    match attachment_at(&context.workspace, &path, hash, size)? {
        Some(attachment) => Ok(ToolDone::with(attachment.output()?)),
        None => Err(WorkspaceError::Binary { path, size }.into()),
    }
}

fn reported(
    path: &FilePath,
    wanted: Lines,
    character: u64,
    read: &TextRead,
) -> Result<ToolDone, ToolFailure> {
    let (first, total) = (wanted.first, read.total_lines);
    if first > total.max(1) {
        return Err(ToolFailure::Explained(format!(
            "{path} has {total} lines; line {first} does not exist."
        )));
    }
    if read.is_beyond {
        return Err(ToolFailure::Explained(format!(
            "Line {first} of {path} ends before character {character}."
        )));
    }
    let text = Room::of_output().beginning_of(&read.text);
    let count = text.split_inclusive('\n').count() as u64;
    let last = first + count.saturating_sub(1);
    let mut output = json!({
        "path": path.as_str(),
        "hash": read.hash.as_str(),
        "total_lines": total,
        "first_line": first,
        "last_line": last,
        "text": text,
    });
    let mut more = Vec::new();
    let is_cut = last < total || text.len() < read.text.len() || read.more;
    if is_cut && !text.is_empty() && !text.ends_with('\n') {
        let reported = text.rsplit('\n').next().unwrap_or(text).chars().count() as u64;
        let before = if last == first { character - 1 } else { 0 };
        let next = before + reported + 1;
        more.push(format!(
            "Line {last} is too long for one call: continue with first_line {last} and from_character {next}."
        ));
    }
    let end = wanted.last.min(total);
    if last < end {
        let next = last + 1;
        more.push(format!(
            "Lines {next} to {end} are omitted: continue with first_line {next}."
        ));
    }
    if character > 1
        && let Some(output) = output.as_object_mut()
    {
        output.insert("from_character".to_owned(), character.into());
    }
    let encoding = (!read.encoding.is_plain()).then(|| read.encoding.name());
    say(&mut output, "encoding", encoding);
    let ends = LineEnds::of(&read.text);
    let is_odd = matches!(ends, LineEnds::CrLf | LineEnds::Mixed);
    say(
        &mut output,
        "line_ends",
        is_odd.then(|| ends.name().to_owned()),
    );
    let more = (!more.is_empty()).then(|| more.join(" "));
    say(&mut output, "more", more);
    Ok(ToolDone::with(output))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        attachment_of,
        bench::{Bench, hash},
    };

    #[test]
    fn lines_come_with_the_hash_of_the_file() {
        let text = "one\ntwo\nthree";
        let bench = Bench::with(&[("a.txt", text), ("empty", "")]);
        let expected = json!({
            "path": "a.txt", "hash": hash(text), "total_lines": 3, "first_line": 1, "last_line": 3, "text": text,
        });
        assert_eq!(bench.output("read", json!({"path": "./a.txt"})), expected);
        let some = bench.output(
            "read",
            json!({"path": "a.txt", "first_line": 2, "last_line": 2}),
        );
        assert_eq!(
            (&some["text"], &some["hash"]),
            (&json!("two\n"), &hash(text))
        );
        assert_eq!(
            (&some["last_line"], &some["more"]),
            (&json!(2), &Value::Null)
        );
        assert_eq!(bench.output("read", json!({"path": "empty"}))["text"], "");
    }

    #[test]
    fn failed_reads_are_explained() {
        let bench = Bench::with(&[("a.txt", "one\n"), ("b.bin", "\0"), ("src/x", "")]);
        let refused = |input| bench.refused("read", input);
        assert!(refused(json!({"path": "A.txt"})).contains("there is a.txt"));
        assert!(refused(json!({"path": "b.bin"})).contains("binary"));
        assert!(refused(json!({"path": "src"})).contains("directory"));
        assert!(refused(json!({"path": "a.txt", "first_line": 2})).contains("has 1 lines"));
        let backwards = json!({"path": "a.txt", "first_line": 3, "last_line": 2});
        assert!(refused(backwards).contains("before line 3"));
        assert!(refused(json!({})).contains("`path`"));
    }

    #[test]
    fn a_picture_or_a_document_is_named_with_its_hash() {
        let bench = Bench::new();
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        let first = bench.put_bytes("a.txt", &png);
        let output = bench.output("read", json!({"path": "a.txt", "last_line": 5}));
        let note = output["note"].as_str().unwrap();
        assert!(note.starts_with("This is a picture."), "{note}");
        let expected = json!({
            "path": "a.txt", "hash": first, "media_type": "image/png", "size": 16, "image": true, "note": note,
        });
        assert_eq!(output, expected);
        let attachment = attachment_of(&output).unwrap();
        bench.put("a.txt", "another");
        let bytes = bench.version(&attachment.path, &attachment.hash);
        assert_eq!(bytes.as_deref(), Some(&png[..]), "it is there still");
        assert_eq!(
            bench.version(&FilePath::parse("b").unwrap(), &attachment.hash),
            None
        );

        png.resize(5_000_001, 0);
        bench.put_bytes("large.png", &png);
        let refused = bench.refused("read", json!({"path": "large.png"}));
        assert!(refused.contains("a picture of 5000001 bytes"), "{refused}");

        for (path, pdf) in [("text", &b"%PDF-1.7\n"[..]), ("binary", b"%PDF-1.7\n\0")] {
            bench.put_bytes(path, pdf);
            let output = bench.output("read", json!({"path": path}));
            assert_eq!(
                (&output["file"], &output["image"]),
                (&json!(true), &Value::Null)
            );
            assert_eq!(output["media_type"], "application/pdf");
        }
    }

    #[test]
    fn a_long_file_is_read_on_to_its_end() {
        let whole: String = (0..9_000).map(|n| format!("line \"{n}\"\n")).collect();
        let bench = Bench::with(&[("long", &whole)]);
        let (mut text, mut first) = (String::new(), 1);
        loop {
            let output = bench.output("read", json!({"path": "long", "first_line": first}));
            text.push_str(output["text"].as_str().unwrap());
            first = output["last_line"].as_u64().unwrap() + 1;
            let Some(more) = output["more"].as_str() else {
                break;
            };
            assert!(more.contains(&format!("first_line {first}")));
        }
        assert_eq!(text, whole);
    }

    #[test]
    fn a_long_line_is_cut_and_that_is_said() {
        for line in ["\u{1}".repeat(40_000), "é".repeat(200_000)] {
            let bench = Bench::with(&[("one", &line), ("two", &format!("{line}\nend\n"))]);
            for path in ["one", "two"] {
                let output = bench.output("read", json!({"path": path}));
                assert!(line.starts_with(output["text"].as_str().unwrap()));
                let more = output["more"].as_str().unwrap();
                assert!(more.contains("Line 1 is too long"), "{more}");
                let mut text = String::new();
                let mut input = json!({"path": path, "last_line": 1});
                while text.chars().count() < line.chars().count() {
                    let output = bench.output("read", input);
                    text.push_str(output["text"].as_str().unwrap());
                    let next = text.chars().count() + 1;
                    let more = output["more"].as_str().unwrap_or_default();
                    let is_over = next > line.chars().count();
                    assert!(
                        is_over || more.contains(&format!("from_character {next}")),
                        "{more}"
                    );
                    input = json!({"path": path, "last_line": 1, "from_character": next});
                }
                assert_eq!(text.trim_end_matches('\n'), line);
            }
        }
    }

    #[test]
    fn another_encoding_and_other_line_ends_are_named() {
        let bench = Bench::new();
        bench.put_bytes("a", b"gr\xf6\xdfe\r\n");
        let output = bench.output("read", json!({"path": "a"}));
        assert_eq!(
            [&output["encoding"], &output["line_ends"], &output["text"]],
            ["windows-1252", "CR LF", "größe\r\n"]
                .map(|text| json!(text))
                .each_ref()
        );
        bench.put_bytes("a", "\u{feff}a\r\nb\n".as_bytes());
        let output = bench.output("read", json!({"path": "a"}));
        assert_eq!(
            (&output["encoding"], &output["line_ends"]),
            (&json!("UTF-8 with BOM"), &json!("LF and CR LF"))
        );
        let listed = bench.output("list", json!({}));
        assert_eq!(listed["entries"][0]["encoding"], "UTF-8 with BOM");
    }

    #[test]
    fn a_line_is_read_from_a_character_on() {
        let bench = Bench::with(&[("a", "0123\néé\n")]);
        let output = bench.output("read", json!({"path": "a", "from_character": 3}));
        assert_eq!(
            (&output["text"], &output["from_character"]),
            (&json!("23\néé\n"), &json!(3))
        );
        let beyond = json!({"path": "a", "first_line": 2, "from_character": 3});
        assert!(
            bench
                .refused("read", beyond)
                .contains("ends before character 3")
        );
    }
}
