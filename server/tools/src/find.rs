//! `find`: finds files by name.

use limits::Work;
use serde_json::{Value, json};
use workspace::{FilePath, FindStep, Finding, Found, Ignored, LeftOut};

use super::{
    Slice, Slices, ToolContext, ToolDone, ToolFailure,
    schema::input,
    slices::SlicedTool,
    tool::{Room, path_or_root, say},
};

/// The maximum number of files in an output.
const FILES: usize = 500;

/// The tool.
#[derive(Debug)]
pub(super) struct Find;

input! {
    struct Input {
        /// A glob. Without a slash it matches file names, as in *.rs; with a slash it matches paths below `under`, as
        /// in src/**/*.rs. Put a backslash before a literal bracket, brace or star.
        glob: String,
        /// The directory to search. The default is the whole workspace.
        under: Option<String>,
        /// The `next` of the previous call, to continue.
        after: Option<String>,
        /// Include files that .gitignore excludes.
        include_ignored: Option<bool>,
    }
}

impl SlicedTool for Find {
    type Input = Input;

    const NAME: &'static str = "find";

    const DESCRIPTION: &'static str = "Finds files of the workspace by name. To search their content, use \
        `grep`. The glob * finds all files. Files that .gitignore excludes are omitted; `ignored` has their number.";

    fn begin(
        &self,
        input: Input,
        context: &ToolContext<'_>,
    ) -> Result<Box<dyn Slices>, ToolFailure> {
        let finding = context.workspace.begin_find(&workspace::Find {
            glob: input.glob,
            under: path_or_root(input.under.as_deref())?,
            limit: FILES,
            after: input.after.as_deref().map(FilePath::parse).transpose()?,
            ignored: ignored(input.include_ignored),
        })?;
        Ok(Box::new(finding))
    }
}

impl Slices for Finding {
    fn slice(
        self: Box<Self>,
        context: &ToolContext<'_>,
        work: &mut Work,
    ) -> Result<Slice, ToolFailure> {
        Ok(match Finding::slice(*self, &context.workspace, work)? {
            FindStep::More(more) => Slice::More(more),
            FindStep::Done(found) => Slice::Done(ToolDone::with(output(found))),
        })
    }
}

fn output(found: Found) -> Value {
    let mut room = Room::of_output();
    let mut files = Vec::new();
    let mut next = found.next.map(|path| path.to_string());
    for stat in found.files {
        let path = stat.path.to_string();
        if !room.takes(&path) {
            next = files.last().cloned();
            break;
        }
        files.push(path);
    }
    let mut output = json!({"files": files});
    say(&mut output, "ignored", left_out(&found.left_out));
    say(&mut output, "next", next);
    output
}

/// Whether to include files that git ignores.
pub(super) fn ignored(included: Option<bool>) -> Ignored {
    if included.unwrap_or(false) {
        Ignored::Searched
    } else {
        Ignored::LeftOut
    }
}

/// The note about excluded files.
pub(super) fn left_out(left_out: &LeftOut) -> Option<String> {
    let mut words = Vec::new();
    if left_out.files > 0 {
        let (files, places) = (left_out.files, left_out.places.join(", "));
        words.push(format!(
            "{files} files that .gitignore excludes are omitted, in {places}. Set include_ignored to include them."
        ));
    }
    if !left_out.not_followed.is_empty() {
        let names: Vec<&str> = left_out.not_followed.iter().map(FilePath::as_str).collect();
        words.push(format!(
            "Not applied, since they have too many rules: {}.",
            names.join(", ")
        ));
    }
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;

    #[test]
    fn files_are_found_by_name_and_by_path() {
        let bench = Bench::with(&[("a.rs", ""), ("src/b.rs", ""), ("src/c.txt", "")]);
        let found = |input| bench.output("find", input);
        assert_eq!(
            found(json!({"glob": "*.rs"})),
            json!({"files": ["a.rs", "src/b.rs"]})
        );
        assert_eq!(
            found(json!({"glob": "src/*"})),
            json!({"files": ["src/b.rs", "src/c.txt"]})
        );
        assert_eq!(
            found(json!({"glob": "*.rs", "under": "src"})),
            json!({"files": ["src/b.rs"]})
        );
        assert_eq!(found(json!({"glob": "*.md"})), json!({"files": []}));
        assert!(
            bench
                .refused("find", json!({"glob": "[a"}))
                .contains("cannot be read")
        );
        assert!(
            bench
                .refused("find", json!({"glob": "*", "under": "no"}))
                .contains("there is no no")
        );
    }

    #[test]
    fn many_are_gone_on_with() {
        let bench = Bench::new();
        for number in 0..700 {
            let long = if number < 300 {
                "x".repeat(200)
            } else {
                String::new()
            };
            bench.put(&format!("{number:03}{long}"), "");
        }
        let (mut seen, mut calls) = (0, 0);
        let mut input = json!({"glob": "*"});
        loop {
            let output = bench.output("find", input);
            seen += output["files"].as_array().unwrap().len();
            calls += 1;
            let Some(next) = output["next"].as_str() else {
                break;
            };
            input = json!({"glob": "*", "after": next});
        }
        assert_eq!(seen, 700);
        assert!(calls > 2);
    }
}
