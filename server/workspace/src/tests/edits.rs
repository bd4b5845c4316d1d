//! Edits and diffs.

use super::{Files, path};
use crate::{Edit, EditError, Expect, Hash, Occurrences, Side, WorkspaceError};

fn edit(old: &str, new: &str) -> Edit {
    Edit {
        old: old.to_owned(),
        new: new.to_owned(),
        occurrences: Occurrences::One,
    }
}

#[test]
fn an_edit_is_a_new_version_and_tells_what_changed() {
    let files = Files::new();
    let read = files.put("a.rs", "one\ntwo\nthree\n");
    let edits = [edit("one", "1"), edit("three", "3")];
    let edited = files
        .workspace()
        .edit(&path("a.rs"), &read.hash, &edits)
        .unwrap();
    assert_eq!(files.text("a.rs").unwrap(), "1\ntwo\n3\n");
    assert_eq!(edited.hash, Hash::of(b"1\ntwo\n3\n"));
    assert_eq!((edited.replaced, edited.version), (2, read.version + 1));
    assert_eq!(
        edited.diff.text,
        "@@ -1,3 +1,3 @@\n-one\n+1\n two\n-three\n+3\n"
    );
    let old = Side::Version {
        path: path("a.rs"),
        hash: read.hash,
    };
    let diff = files
        .workspace()
        .diff(&old, &Side::File(path("a.rs")))
        .unwrap();
    assert_eq!(diff, edited.diff);
}

#[test]
fn an_edit_of_another_file_than_was_read_is_refused_with_what_changed() {
    let files = Files::new();
    let read = files.put("a", "one\ntwo\n");
    files.put("a", "one\nTWO\n");
    let error = files
        .workspace()
        .edit(&path("a"), &read.hash, &[edit("one", "1")])
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("-two\n+TWO\n") && text.contains("Read it again"),
        "{text}"
    );
    assert_eq!(files.text("a").unwrap(), "one\nTWO\n");
    let never = files
        .workspace()
        .edit(&path("a"), &Hash::stated("made up"), &[edit("one", "1")]);
    let Err(WorkspaceError::Changed(changed)) = never else {
        panic!("{never:?}")
    };
    assert_eq!(changed.diff, None);
}

#[test]
fn one_edit_that_does_not_fit_refuses_all() {
    let files = Files::new();
    let read = files.put("a", "one two");
    let edits = [edit("one", "1"), edit("three", "3")];
    let error = files
        .workspace()
        .edit(&path("a"), &read.hash, &edits)
        .unwrap_err();
    assert!(
        matches!(
            error,
            WorkspaceError::Edit(EditError::Missing { edit: 2, .. })
        ),
        "{error}"
    );
    assert_eq!(files.text("a").unwrap(), "one two");
}

#[test]
fn files_that_cannot_be_edited() {
    let files = Files::new();
    let binary = files
        .workspace()
        .write(&path("b"), &[0, 1], &Expect::Anything)
        .unwrap();
    let refused = |at: &str, hash: &Hash| {
        files
            .workspace()
            .edit(&path(at), hash, &[edit("a", "b")])
            .unwrap_err()
    };
    assert!(matches!(
        refused("b", &binary.hash),
        WorkspaceError::Binary { size: 2, .. }
    ));
    assert!(matches!(
        refused("c", &binary.hash),
        WorkspaceError::NotFound { .. }
    ));
    files.workspace().make_directory(&path("d")).unwrap();
    assert!(matches!(
        refused("d", &binary.hash),
        WorkspaceError::IsDirectory { .. }
    ));
    let diff = |side| files.workspace().diff(&Side::Nothing, &side).unwrap_err();
    assert!(matches!(
        diff(Side::File(path("b"))),
        WorkspaceError::Binary { .. }
    ));
    let elsewhere = Side::Version {
        path: path("d/x"),
        hash: binary.hash,
    };
    assert!(matches!(diff(elsewhere), WorkspaceError::NoVersion { .. }));
}

#[test]
fn an_edit_cannot_make_a_file_too_large() {
    let mut files = Files::new();
    files.limits.file_bytes = 10;
    let read = files.put("a", "0123456789");
    let error = files
        .workspace()
        .edit(&path("a"), &read.hash, &[edit("0", "00")])
        .unwrap_err();
    assert!(
        matches!(error, WorkspaceError::TooLarge { size: 11, .. }),
        "{error}"
    );
    assert_eq!(files.text("a").unwrap(), "0123456789");
}
