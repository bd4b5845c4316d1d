//! `write`: writes a whole file.

use serde_json::json;
use workspace::{
    Encoding, Expect, FilePath, Hash, LineEnds, Made, Manner, TextWritten, What, WorkspaceError,
};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{Tool, note_of, say},
};

/// The tool.
#[derive(Debug)]
pub(super) struct Write;

input! {
    struct Input {
        /// The path, such as src/main.rs. Missing directories are created.
        path: String,
        /// The whole new text.
        text: String,
        /// The hash returned when the file was read, to replace it. Omit it for a new file.
        hash: Option<String>,
        /// The encoding, such as utf-8 or windows-1252. The default is that of the replaced file, or UTF-8.
        encoding: Option<String>,
        /// LF or CRLF. The default is that of the replaced file.
        line_ends: Option<String>,
    }
}

impl Tool for Write {
    type Input = Input;

    const NAME: &'static str = "write";

    const DESCRIPTION: &'static str = "Writes a new text file to the workspace, or replaces one that you have read, keeping its \
        encoding and line ends unless you specify others. To change parts of a file, use `edit`.";

    const APPROVAL: ApprovalRule = ApprovalRule::ForEdits;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = FilePath::parse(&input.path)?;
        let expect = match input.hash {
            None => Expect::Nothing,
            Some(hash) => Expect::Content(vec![Hash::stated(hash)]),
        };
        let manner = Manner {
            encoding: input.encoding.as_deref().map(encoding_of).transpose()?,
            line_ends: input.line_ends.as_deref().map(line_ends_of).transpose()?,
        };
        let written = match context
            .workspace
            .write_text(&path, &input.text, manner, &expect)
        {
            Err(WorkspaceError::Exists { path }) => {
                return Err(match context.workspace.stat(&path)?.what {
                    What::Directory => WorkspaceError::IsDirectory { path }.into(),
                    What::File(_) => ToolFailure::Explained(format!(
                        "{path} exists: read it and give its hash to replace it, or choose another path."
                    )),
                });
            }
            written => written?,
        };
        let TextWritten {
            written,
            before,
            now,
        } = written;
        let did = match written.made {
            Made::NewFile => "made",
            Made::NewVersion => "replaced",
            Made::NoChange => "nothing: the file already has this text",
        };
        let mut output = json!({
            "path": written.path.as_str(),
            "did": did,
            "hash": written.hash.as_str(),
            "size": written.size,
        });
        let (encoding, line_ends) = now;
        let is_odd_encoding =
            !encoding.is_plain() || before.is_some_and(|before| before.0 != encoding);
        say(
            &mut output,
            "encoding",
            is_odd_encoding.then(|| encoding.name()),
        );
        let changed = before.filter(|before| before.1 != line_ends && before.1 != LineEnds::None);
        let is_odd = changed.is_some() || matches!(line_ends, LineEnds::CrLf | LineEnds::Mixed);
        say(
            &mut output,
            "line_ends",
            is_odd.then(|| line_ends.name().to_owned()),
        );
        say(&mut output, "note", note_of(&written.twins));
        Ok(ToolDone::with(output))
    }
}

fn encoding_of(name: &str) -> Result<Encoding, ToolFailure> {
    Encoding::named(name).ok_or_else(|| {
        ToolFailure::Explained(format!(
            "{name:?} is not a known encoding: use a name from the web standards, such as utf-8, utf-8 with BOM, utf-16le or windows-1252."
        ))
    })
}

fn line_ends_of(name: &str) -> Result<LineEnds, ToolFailure> {
    match name.to_ascii_lowercase().replace(' ', "").as_str() {
        "lf" | "\n" => Ok(LineEnds::Lf),
        "crlf" | "\r\n" => Ok(LineEnds::CrLf),
        _ => Err(ToolFailure::Explained(
            "`line_ends` must be LF or CRLF.".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Bench, hash};

    #[test]
    fn a_new_file_is_made_with_its_directories() {
        let bench = Bench::new();
        let output = bench.output("write", json!({"path": "src/a.js", "text": "1\n"}));
        assert_eq!(
            output,
            json!({"path": "src/a.js", "did": "made", "hash": hash("1\n"), "size": 2})
        );
        assert_eq!(bench.text("src/a.js").as_deref(), Some("1\n"));
    }

    #[test]
    fn a_file_is_replaced_only_by_who_has_read_it() {
        let bench = Bench::with(&[("a", "one\n")]);
        let refused = bench.refused("write", json!({"path": "a", "text": "two\n"}));
        assert!(refused.contains("read it and give its hash"), "{refused}");
        let with = |read: &str, text: &str| json!({"path": "a", "text": text, "hash": hash(read)});
        assert_eq!(
            bench.output("write", with("one\n", "two\n"))["did"],
            "replaced"
        );
        let refused = bench.refused("write", with("one\n", "three\n"));
        assert!(refused.contains("-one\n+two\n"), "{refused}");
        let same = bench.output("write", with("two\n", "two\n"));
        assert!(same["did"].as_str().unwrap().starts_with("nothing"));
        let gone = json!({"path": "b", "text": "", "hash": hash("one\n")});
        assert!(bench.refused("write", gone).contains("it was deleted"));
    }

    #[test]
    fn failed_writes_are_explained() {
        let bench = Bench::with(&[("a", "one\n"), ("Readme", "")]);
        let refused = |path: &str| bench.refused("write", json!({"path": path, "text": ""}));
        assert!(refused("a/b").contains("a is a file"));
        assert!(refused("../b").contains("from the root"));
        assert!(refused("/").contains("is a directory"));
        let note = bench.output("write", json!({"path": "README", "text": ""}))["note"].clone();
        assert!(note.as_str().unwrap().contains("Readme"), "{note}");
    }

    #[test]
    fn a_preview_shows_the_new_text() {
        let bench = Bench::with(&[("a", "one\n")]);
        let made = bench.preview("write", &json!({"path": "src/a.js", "text": "1\n2"}));
        let [change] = &made.changes[..] else {
            panic!("{made:?}")
        };
        assert_eq!((change.added, change.removed), (2, 0));
        assert!(change.diff.as_ref().unwrap().contains("+1\n+2\n"));
        let paths: Vec<&str> = made.paths.iter().map(FilePath::as_str).collect();
        assert_eq!(paths, ["src/a.js"], "the directory is made for it");
        let same = json!({"path": "a", "text": "one\n", "hash": hash("one\n")});
        assert_eq!(bench.preview("write", &same).changes, []);
        let exists = bench.no_preview("write", &json!({"path": "a", "text": ""}));
        assert!(exists.contains("read it and give its hash"), "{exists}");
        let out = bench.no_preview("write", &json!({"path": "../a", "text": ""}));
        assert!(!out.is_empty());
    }

    #[test]
    fn the_encoding_and_the_line_ends_stay_unless_others_are_said() {
        let bench = Bench::new();
        let mut read = bench.put_bytes("a", b"gr\xf6\xdfe\r\n");
        let mut write = |text: &str, more: serde_json::Value| {
            let mut input = json!({"path": "a", "text": text, "hash": read});
            input
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            let output = bench.output("write", input);
            read = output["hash"].as_str().unwrap().to_owned();
            let path = FilePath::parse("a").unwrap();
            let bytes = bench
                .context()
                .workspace
                .read_bytes(&path, 0..u64::MAX)
                .unwrap();
            (
                bytes,
                output["encoding"].clone(),
                output["line_ends"].clone(),
            )
        };
        let (bytes, encoding, ends) = write("größer\n", json!({}));
        assert_eq!(bytes, b"gr\xf6\xdfer\r\n");
        assert_eq!((encoding, ends), (json!("windows-1252"), json!("CR LF")));
        let (bytes, encoding, ends) =
            write("日本\n", json!({"encoding": "utf-8", "line_ends": "LF"}));
        assert_eq!(bytes, "日本\n".as_bytes());
        assert_eq!((encoding, ends), (json!("UTF-8"), json!("LF")));
        let (_, encoding, ends) = write("日\n", json!({"encoding": "", "line_ends": ""}));
        assert_eq!((encoding, ends), (json!(null), json!(null)));
        let input = |more: &str| json!({"path": "b", "text": "é", "encoding": more});
        assert!(
            bench
                .refused("write", input("nonsense"))
                .contains("is not a known encoding")
        );
        let lacks = bench.refused(
            "write",
            json!({"path": "b", "text": "日", "encoding": "latin1"}),
        );
        assert!(lacks.contains("does not have '日'"), "{lacks}");
    }
}
