use common::{
    time::Timestamp,
    workspace::{Limited, NearLimit},
};

use super::{
    super::entry::{Entry, File, Kind, Page},
    List, Listed, Listing, Tree,
};

fn list(path: &str) -> List {
    List {
        path: path.to_owned(),
        after: None,
    }
}

/// A whole list: what ends in `/` is a directory.
fn page(names: &[&str]) -> Listed {
    let entry = |written: &&str| {
        let (name, kind) = match written.strip_suffix('/') {
            Some(name) => (name, Kind::Directory),
            None => {
                let (size, hash, lines) = (1, "h".to_owned(), Some(1));
                (
                    *written,
                    Kind::File(File {
                        size,
                        hash,
                        lines,
                        encoding: None,
                    }),
                )
            }
        };
        Entry {
            name: name.to_owned(),
            version: 1,
            modified: Timestamp::default(),
            mode: None,
            kind,
        }
    };
    Listed::Page(Page {
        path: String::new(),
        entries: names.iter().map(entry).collect(),
        next: None,
        near: Vec::new(),
    })
}

fn names(tree: &Tree, path: &str) -> Option<Vec<String>> {
    let entries = tree.directory(path)?.entries.as_ref()?;
    Some(entries.iter().map(|entry| entry.name.clone()).collect())
}

/// A tree whose root and `src` are open and known.
fn known() -> Tree {
    let mut tree = Tree::default();
    assert_eq!(tree.changed(), [list("")]);
    assert_eq!(tree.listed(&list(""), page(&["src/", "a"])), None);
    assert_eq!(tree.toggle("src"), Some(list("src")));
    assert_eq!(tree.listed(&list("src"), page(&["deep/", "b"])), None);
    tree
}

#[test]
fn a_directory_is_asked_for_when_it_is_opened() {
    let mut tree = known();
    assert_eq!(names(&tree, "").unwrap(), ["src", "a"]);
    assert_eq!(names(&tree, "src").unwrap(), ["deep", "b"]);
    assert!(tree.file("src/b").is_some() && tree.file("a").is_some());
    assert!(tree.file("src").is_none() && tree.file("src/c").is_none());
    assert_eq!(tree.toggle("src/deep"), Some(list("src/deep")));
    assert_eq!(tree.toggle("src"), None);
    assert!(tree.directory("src").is_none() && tree.directory("src/deep").is_none());
    // Its list comes too late now.
    assert_eq!(tree.listed(&list("src/deep"), page(&["x"])), None);
    assert!(tree.directory("src/deep").is_none());
}

#[test]
fn a_change_asks_for_what_is_open_and_keeps_what_is_shown() {
    let mut tree = known();
    assert_eq!(tree.changed(), [list(""), list("src")]);
    assert_eq!(names(&tree, "src").unwrap(), ["deep", "b"]);
    assert_eq!(tree.listed(&list("src"), page(&["c"])), None);
    assert_eq!(names(&tree, "src").unwrap(), ["c"]);
}

#[test]
fn a_change_in_the_middle_of_a_list_asks_once_more() {
    let mut tree = known();
    assert_eq!(tree.changed().len(), 2);
    assert_eq!(tree.changed(), [], "both are being listed");
    assert_eq!(tree.changed(), []);
    let old = page(&["old"]);
    assert_eq!(tree.listed(&list(""), old), Some(list("")));
    assert_eq!(names(&tree, "").unwrap(), ["old"]);
    assert_eq!(tree.listed(&list(""), page(&["new"])), None);
    assert_eq!(names(&tree, "").unwrap(), ["new"]);
}

#[test]
fn what_is_gone_is_closed() {
    let mut tree = known();
    assert_eq!(tree.toggle("src/deep"), Some(list("src/deep")));
    tree.changed();
    assert_eq!(tree.listed(&list(""), page(&["src", "a"])), None);
    assert!(tree.directory("src").is_none(), "it is a file now");
    assert!(tree.directory("src/deep").is_none());

    let mut tree = known();
    tree.changed();
    assert_eq!(tree.listed(&list("src"), Listed::Gone), None);
    assert!(tree.directory("src").is_none());
}

#[test]
fn a_list_that_fails_says_so_and_is_asked_for_again() {
    let mut tree = known();
    tree.changed();
    let failed = Listed::Failed("No network.".to_owned());
    assert_eq!(tree.listed(&list("src"), failed), None);
    let src = tree.directory("src").unwrap();
    assert_eq!(src.listing, Listing::Failed("No network.".to_owned()));
    assert_eq!(names(&tree, "src").unwrap(), ["deep", "b"]);
    assert_eq!(tree.changed(), [list("src")], "the root is on its way");
}

#[test]
fn long_lists_come_in_parts() {
    let mut tree = Tree::default();
    tree.changed();
    let Listed::Page(mut first) = page(&["a"]) else {
        unreachable!()
    };
    first.next = Some("a".to_owned());
    let more = List {
        path: String::new(),
        after: Some("a".to_owned()),
    };
    assert_eq!(
        tree.listed(&list(""), Listed::Page(first)),
        Some(more.clone())
    );
    assert!(!tree.is_empty() && names(&tree, "").is_none());
    assert_eq!(tree.listed(&more, page(&["b"])), None);
    assert_eq!(names(&tree, "").unwrap(), ["a", "b"]);
}

#[test]
fn an_empty_workspace_is_known_to_be_empty_once_it_is_listed() {
    let mut tree = Tree::default();
    tree.changed();
    assert!(!tree.is_empty());
    tree.listed(&list(""), page(&[]));
    assert!(tree.is_empty());
}

#[test]
fn limits_come_with_the_beginning_of_the_root() {
    let mut tree = known();
    let near = NearLimit::of(Limited::Files, 19_000, 20_000).unwrap();
    tree.changed();
    let Listed::Page(beginning) = page(&["a"]) else {
        panic!("it is a page")
    };
    let beginning = Page {
        near: vec![near],
        next: Some("a".to_owned()),
        ..beginning
    };
    let rest = tree.listed(&list(""), Listed::Page(beginning)).unwrap();
    assert_eq!(tree.near, [near]);
    tree.listed(&rest, page(&["b"]));
    tree.listed(&list("src"), page(&["c"]));
    assert_eq!(tree.near, [near], "other parts say nothing of them");
    tree.changed();
    tree.listed(&list(""), page(&["a"]));
    assert_eq!(tree.near, []);
}
