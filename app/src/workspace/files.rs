//! What the drawer shows and does: the tree, the file that is looked at, and what is uploaded. No I/O.

use super::{
    edit::{self, Draft, Edit},
    history::{self, History, Reversed},
    tree::{List, Listed, Tree},
    uploads::{Send, Sent, Uploads},
    versions::{self, Versions},
};

/// The drawer's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// The tree.
    pub(crate) tree: Tree,
    /// What is uploaded.
    pub(crate) uploads: Uploads,
    /// The file that is looked at.
    pub(crate) viewed: Option<Viewed>,
    /// The history, while it is looked at.
    pub(crate) history: Option<History>,
    /// What could not be deleted, and why.
    pub(crate) problem: Option<String>,
}

/// A file that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Viewed {
    /// Which.
    pub(crate) path: String,
    /// What is in it, or why it is not known.
    pub(crate) content: Content,
    /// Its earlier versions.
    pub(crate) versions: Versions,
    /// Its change, while the person writes it.
    pub(crate) edit: Option<Edit>,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// It is being read.
    Reading,
    /// Text.
    Text {
        /// It, or its beginning.
        text: String,
        /// Whether there is more.
        is_cut: bool,
        /// The tag of the content.
        tag: Option<String>,
    },
    /// A picture, which the browser shows by its address; another number is another content.
    Picture(u32),
    /// Neither.
    Binary,
    /// It could not be read, for this reason.
    Failed(String),
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The drawer was opened, or something changed in the workspace.
    Changed,
    /// The user opens or closes a directory.
    Toggled(String),
    /// A list came, or did not.
    Listed(List, Listed),
    /// The user looks at a file.
    Viewed(String),
    /// The user looks at the history.
    HistoryOpened,
    /// Something happens in the history.
    History(history::Input),
    /// Something happens in the list of versions of the file that is looked at.
    Versions(versions::Input),
    /// The user changes the file that is looked at, perhaps from where they left off.
    EditBegun(Option<Draft>),
    /// Something happens in that change.
    Edit(edit::Input),
    /// The user leaves the change.
    EditLeft,
    /// The user goes back to the tree.
    Left,
    /// A file was read, or was not.
    Read(String, Content),
    /// The user chose files: paths and sizes.
    Chosen(Vec<(String, u64)>),
    /// The user said whether to unpack the archive.
    Unpack(bool),
    /// The user said whether to replace what is there.
    Replace(bool),
    /// A file was sent, or was not.
    Sent(usize, Sent),
    /// The user has seen the result of the uploads, or of a deletion.
    Dismissed,
    /// The user deletes a file, or a directory with all that is in it.
    Delete(String),
    /// It was deleted, or was not for this reason.
    Deleted(String, Result<(), String>),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// List a directory.
    List(List),
    /// Read a file.
    Read(String),
    /// Something for the history.
    History(history::Effect),
    /// Something for the versions of a file.
    Versions(String, versions::Effect),
    /// Write a text, if the file still has this tag; `None`: if there is none. Its encoding and line ends stay.
    Put {
        path: String,
        text: String,
        tag: Option<String>,
    },
    /// Send a file.
    Send(Send),
    /// Delete what is at a path; a file only when it is the one with this hash.
    Delete {
        /// The path.
        path: String,
        /// The hash.
        hash: Option<String>,
    },
}

impl Files {
    /// Takes an input and says what is to be done.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Changed => self.changed(),
            Input::Toggled(path) => self
                .tree
                .toggle(&path)
                .map(Effect::List)
                .into_iter()
                .collect(),
            Input::Listed(list, listed) => {
                let more = self.tree.listed(&list, listed);
                more.map(Effect::List).into_iter().collect()
            }
            Input::Viewed(path) => {
                self.history = None;
                self.viewed = Some(Viewed {
                    path: path.clone(),
                    content: Content::Reading,
                    versions: Versions::default(),
                    edit: None,
                });
                vec![Effect::Read(path)]
            }
            Input::HistoryOpened => {
                self.viewed = None;
                self.history = Some(History::default());
                self.in_history(history::Input::Changed)
            }
            Input::History(input) => self.in_history(input),
            Input::Versions(input) => self.in_versions(input),
            Input::EditBegun(kept) => {
                if let Some(viewed) = &mut self.viewed
                    && let Content::Text {
                        text,
                        is_cut: false,
                        tag: Some(tag),
                    } = &viewed.content
                {
                    viewed.edit = Some(Edit::new(Some(tag.clone()), text.clone(), kept));
                }
                Vec::new()
            }
            Input::Edit(input) => self.in_edit(input),
            Input::EditLeft => {
                if let Some(viewed) = &mut self.viewed {
                    viewed.edit = None;
                }
                Vec::new()
            }
            Input::Left => {
                self.viewed = None;
                self.history = None;
                Vec::new()
            }
            Input::Read(path, content) => {
                self.read(&path, content);
                Vec::new()
            }
            Input::Chosen(chosen) => sends(self.uploads.add(chosen)),
            Input::Unpack(is_to_unpack) => sends(self.uploads.unpack(is_to_unpack)),
            Input::Replace(is_to_replace) => sends(self.uploads.replace(is_to_replace)),
            Input::Sent(index, sent) => {
                let mut effects = sends(self.uploads.sent(index, sent));
                if !self.uploads.is_running() {
                    effects.extend(self.changed());
                }
                effects
            }
            Input::Dismissed => {
                self.uploads.dismiss();
                self.problem = None;
                Vec::new()
            }
            Input::Delete(path) => {
                let hash = self.tree.file(&path).map(|file| file.hash.clone());
                vec![Effect::Delete { path, hash }]
            }
            Input::Deleted(path, deleted) => {
                self.problem = deleted.err();
                let is_viewed = self.viewed.as_ref().is_some_and(|file| file.path == path);
                if self.problem.is_none() && is_viewed {
                    self.viewed = None;
                }
                self.changed()
            }
        }
    }

    fn in_history(&mut self, input: history::Input) -> Vec<Effect> {
        let Some(history) = &mut self.history else {
            return Vec::new();
        };
        let has_changed_files = matches!(input, history::Input::Reversed(Reversed::Done(_)));
        let effects = history.handle(input).into_iter();
        let mut effects: Vec<Effect> = effects.map(Effect::History).collect();
        if has_changed_files {
            effects.extend(self.shown_changed());
        }
        effects
    }

    fn in_edit(&mut self, input: edit::Input) -> Vec<Effect> {
        let Some(viewed) = &mut self.viewed else {
            return Vec::new();
        };
        let path = viewed.path.clone();
        match viewed.edit.as_mut().map(|edit| edit.handle(input)) {
            Some(edit::Next::Put { text, tag }) => vec![Effect::Put { path, text, tag }],
            Some(edit::Next::Over) => {
                viewed.edit = None;
                self.changed()
            }
            Some(edit::Next::Wait) | None => Vec::new(),
        }
    }

    fn in_versions(&mut self, input: versions::Input) -> Vec<Effect> {
        let Some(viewed) = &mut self.viewed else {
            return Vec::new();
        };
        let has_changed_files = matches!(input, versions::Input::Restored(Ok(())));
        let effect = viewed.versions.handle(input);
        if has_changed_files {
            return self.changed();
        }
        let path = viewed.path.clone();
        effect
            .map(|effect| Effect::Versions(path, effect))
            .into_iter()
            .collect()
    }

    fn changed(&mut self) -> Vec<Effect> {
        let mut effects = self.shown_changed();
        effects.extend(self.in_history(history::Input::Changed));
        effects
    }

    /// What is shown of the files is read anew.
    fn shown_changed(&mut self) -> Vec<Effect> {
        let lists = self.tree.changed().into_iter().map(Effect::List);
        let viewed = self.viewed.iter().flat_map(|file| {
            let versions = file.versions.changed();
            let versions = versions.map(|effect| Effect::Versions(file.path.clone(), effect));
            std::iter::once(Effect::Read(file.path.clone())).chain(versions)
        });
        lists.chain(viewed).collect()
    }

    /// What is read of another file than the one that is looked at now comes too late.
    fn read(&mut self, path: &str, content: Content) {
        if let Some(viewed) = &mut self.viewed
            && viewed.path == path
        {
            viewed.content = match (&viewed.content, content) {
                (Content::Picture(count), Content::Picture(_)) => {
                    Content::Picture(count.wrapping_add(1))
                }
                (_, content) => content,
            };
        }
    }
}

fn sends(sends: Vec<Send>) -> Vec<Effect> {
    sends.into_iter().map(Effect::Send).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> List {
        List {
            path: String::new(),
            after: None,
        }
    }

    #[test]
    fn a_change_lists_and_reads_anew() {
        let mut files = Files::default();
        assert_eq!(files.handle(Input::Changed), [Effect::List(root())]);
        let read = Effect::Read("a".to_owned());
        let view = Input::Viewed("a".to_owned());
        assert_eq!(files.handle(view), std::slice::from_ref(&read));
        assert_eq!(
            files.handle(Input::Changed),
            [read],
            "the list is on its way"
        );
        let late = Input::Read("b".to_owned(), Content::Binary);
        files.handle(late);
        assert_eq!(files.viewed.clone().unwrap().content, Content::Reading);
        for expected in 0..2 {
            files.handle(Input::Read("a".to_owned(), Content::Picture(0)));
            let content = files.viewed.clone().unwrap().content;
            assert_eq!(content, Content::Picture(expected));
        }
        files.handle(Input::Left);
        assert_eq!(files.viewed, None);
    }

    #[test]
    fn a_file_is_changed_in_place_and_read_anew() {
        let mut files = Files::default();
        files.handle(Input::Viewed("a".to_owned()));
        files.handle(Input::EditBegun(None));
        assert_eq!(files.viewed.clone().unwrap().edit, None, "it is being read");
        let (text, tag) = ("old".to_owned(), Some("one".to_owned()));
        let is_cut = false;
        let content = Content::Text { text, is_cut, tag };
        files.handle(Input::Read("a".to_owned(), content));
        files.handle(Input::EditBegun(None));
        let save = Input::Edit(edit::Input::Saved("new".to_owned()));
        let put = Effect::Put {
            path: "a".to_owned(),
            text: "new".to_owned(),
            tag: Some("one".to_owned()),
        };
        assert_eq!(files.handle(save), [put]);
        let done = Input::Edit(edit::Input::Answered(edit::Answer::Done));
        let read = Effect::Read("a".to_owned());
        assert!(files.handle(done).contains(&read));
        assert_eq!(files.viewed.unwrap().edit, None);
    }

    #[test]
    fn the_tree_follows_what_was_uploaded_and_deleted() {
        let mut files = Files::default();
        files.handle(Input::Chosen(vec![("a".to_owned(), 1)]));
        let sent = files.handle(Input::Sent(0, Sent::Done));
        assert_eq!(sent, [Effect::List(root())]);

        let mut files = Files::default();
        files.handle(Input::Viewed("a".to_owned()));
        let delete = files.handle(Input::Delete("a".to_owned()));
        let (path, hash) = ("a".to_owned(), None);
        assert_eq!(delete, [Effect::Delete { path, hash }]);
        let failed = Err("It changed.".to_owned());
        files.handle(Input::Deleted("a".to_owned(), failed));
        assert!(files.viewed.is_some());
        assert_eq!(files.problem.as_deref(), Some("It changed."));
        files.handle(Input::Deleted("a".to_owned(), Ok(())));
        assert_eq!((files.viewed, files.problem), (None, None));
    }
}
