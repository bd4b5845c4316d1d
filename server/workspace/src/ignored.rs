//! Files that git ignores: the rules of every `.gitignore`, for the files in its directory.

use std::{collections::HashMap, rc::Rc};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use sql::SqlValue;

use super::{FilePath, Workspace, WorkspaceError};

/// The name of rule files.
const NAME: &str = ".gitignore";

/// The maximum number of rule files, and of bytes and rules in one of them; the rest is not applied.
const FILES: usize = 200;
const FILE_BYTES: u64 = 50_000;
const RULES: usize = 1_000;

/// The maximum number of places in a result.
const PLACES: usize = 10;

/// Whether a search includes files that git ignores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ignored {
    /// Excluded.
    #[default]
    LeftOut,
    /// Included.
    Searched,
}

/// Files excluded from a search because git ignores them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Their number.
    pub files: u64,
    /// The first places: directories that are ignored as a whole, and files.
    pub places: Vec<String>,
    /// Rule files that are not applied: there are too many of them, or they are too large.
    pub not_followed: Vec<FilePath>,
}

/// The rules of a workspace, and the files they excluded.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Rule files by directory.
    files: HashMap<String, Rc<Gitignore>>,
    directories: HashMap<String, Rc<Directory>>,
    /// The directory of the previous path: paths come in order.
    last: Option<(String, Rc<Directory>)>,
    pub(super) left_out: LeftOut,
}

#[derive(Debug)]
struct Directory {
    /// The ignored directory that this one is or is in.
    ignored: Option<String>,
    /// The rules that apply in it, the nearest first, each with the length of the path before its scope.
    rules: Vec<(usize, Rc<Gitignore>)>,
}

impl Workspace<'_> {
    /// The rules for files below a path. None apply where the path itself is ignored: a caller that names it wants
    /// its files.
    pub(super) fn ignore_rules(
        &self,
        ignored: Ignored,
        under: &FilePath,
    ) -> Result<Rules, WorkspaceError> {
        let mut rules = Rules::default();
        if ignored == Ignored::Searched {
            return Ok(rules);
        }
        let rows = self.sql.run(
            "SELECT path FROM entries WHERE until IS NULL AND content IS NOT NULL
                 AND (path = '.gitignore' OR path LIKE '%/.gitignore') ORDER BY length(path), path",
            &[],
        )?;
        let paths = rows.into_iter().flatten().map(SqlValue::into_text);
        for path in paths
            .map(FilePath::stored)
            .filter(|path| path.name() == NAME)
        {
            match self.gitignore(&path, rules.files.len())? {
                Some(file) if file.is_empty() => {}
                Some(file) => {
                    let directory = path.parent().unwrap_or_default();
                    rules
                        .files
                        .insert(directory.as_str().to_owned(), Rc::new(file));
                }
                None if rules.left_out.not_followed.len() < PLACES => {
                    rules.left_out.not_followed.push(path);
                }
                None => {}
            }
        }
        if !under.is_root() && rules.is_ignored(under.as_str(), true) {
            return Ok(Rules::default());
        }
        rules.last = None;
        Ok(rules)
    }

    /// The rules of a file; `None` when they are not applied.
    fn gitignore(
        &self,
        path: &FilePath,
        followed: usize,
    ) -> Result<Option<Gitignore>, WorkspaceError> {
        let content = self.file(path)?;
        if content.size > FILE_BYTES || followed >= FILES {
            return Ok(None);
        }
        let Some(text) = self.text_of(&content)? else {
            return Ok(None);
        };
        if text.lines().count() > RULES {
            return Ok(None);
        }
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            // Git skips a rule that it cannot read.
            let _ = builder.add_line(None, line);
        }
        Ok(builder.build().ok())
    }
}

impl Rules {
    /// Counts an excluded file.
    pub(super) fn count(&mut self, path: &str) {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let place = match &self.directory(parent).ignored {
            Some(place) => format!("{place}/"),
            None => path.to_owned(),
        };
        self.left_out.files += 1;
        let places = &mut self.left_out.places;
        if places.len() < PLACES && !places.contains(&place) {
            places.push(place);
        }
    }

    /// Whether a path, or a directory above it, is ignored.
    pub(super) fn is_ignored(&mut self, path: &str, is_directory: bool) -> bool {
        if self.files.is_empty() {
            return false;
        }
        if is_directory {
            return self.directory(path).ignored.is_some();
        }
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let directory = self.directory(parent);
        directory.ignored.is_some() || directory.ignores(path, false)
    }

    fn directory(&mut self, path: &str) -> Rc<Directory> {
        if let Some((last, directory)) = &self.last
            && last == path
        {
            return Rc::clone(directory);
        }
        let directory = self.made(path);
        self.last = Some((path.to_owned(), Rc::clone(&directory)));
        directory
    }

    /// The rules in a directory; its parents come first. A path is at most 64 names deep.
    fn made(&mut self, path: &str) -> Rc<Directory> {
        if let Some(known) = self.directories.get(path) {
            return Rc::clone(known);
        }
        let (ignored, mut rules) = if path.is_empty() {
            (None, Vec::new())
        } else {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let above = self.made(parent);
            let itself = || above.ignores(path, true).then(|| path.to_owned());
            (above.ignored.clone().or_else(itself), above.rules.clone())
        };
        if let Some(file) = self.files.get(path) {
            let before = if path.is_empty() { 0 } else { path.len() + 1 };
            rules.insert(0, (before, Rc::clone(file)));
        }
        let made = Rc::new(Directory { ignored, rules });
        self.directories.insert(path.to_owned(), Rc::clone(&made));
        made
    }
}

impl Directory {
    /// Whether the rules ignore an entry of the directory: the nearest matching file decides.
    fn ignores(&self, path: &str, is_directory: bool) -> bool {
        for (before, file) in &self.rules {
            match file.matched(path.get(*before..).unwrap_or_default(), is_directory) {
                Match::None => {}
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        false
    }
}
