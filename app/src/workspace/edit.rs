//! A text file that is changed in place. No I/O.

use serde_json::{Value, json};

/// A change of a file that is not saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The tag of the content that was changed; `None`: the file was deleted meanwhile, and is written anew.
    pub(crate) tag: Option<String>,
    /// The text that the field begins with.
    pub(crate) start: String,
    /// How far it is.
    pub(crate) stage: Stage,
}

/// How far a change is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The person writes.
    Writing,
    /// It is on its way.
    Saving,
    /// It was not saved, for this reason.
    Failed(String),
    /// The file is another one by now: the person chooses.
    Conflict(Conflict),
}

/// A file that somebody else has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The tag of its content; `None`: it was deleted.
    pub(crate) tag: Option<String>,
    /// What was changed in it since it was read, as a unified diff; `None`: that is not known any more.
    pub(crate) difference: Option<String>,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The person saves this text.
    Saved(String),
    /// The person saves this text in place of what somebody else wrote.
    Overwritten(String),
    /// The person keeps writing.
    Continued,
    /// The server answered.
    Answered(Answer),
}

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is saved.
    Done,
    /// The file is another one.
    Changed(Conflict),
    /// It is not saved, for this reason.
    Failed(String),
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing.
    Wait,
    /// Write this text, if the file still has this tag; `None`: if there is none.
    Put { text: String, tag: Option<String> },
    /// The change is saved, and over.
    Over,
}

/// A change as the browser keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The tag of the content that was changed.
    pub(crate) tag: Option<String>,
    /// The text so far.
    pub(crate) text: String,
}

impl Edit {
    /// Begins with the content of the file, or with what was kept of an earlier change.
    pub(crate) fn new(tag: Option<String>, content: String, kept: Option<Draft>) -> Self {
        let (tag, start) = kept.map_or((tag, content), |kept| (kept.tag, kept.text));
        Self {
            tag,
            start,
            stage: Stage::Writing,
        }
    }

    /// Takes an input.
    pub(crate) fn handle(&mut self, input: Input) -> Next {
        match (input, &self.stage) {
            (Input::Saved(_) | Input::Overwritten(_) | Input::Continued, Stage::Saving) => {
                Next::Wait
            }
            (Input::Saved(text), _) => self.put(text),
            (Input::Overwritten(text), Stage::Conflict(conflict)) => {
                self.tag.clone_from(&conflict.tag);
                self.put(text)
            }
            (Input::Overwritten(_), Stage::Writing | Stage::Failed(_)) => Next::Wait,
            (Input::Continued, _) => {
                self.stage = Stage::Writing;
                Next::Wait
            }
            (Input::Answered(answer), Stage::Saving) => match answer {
                Answer::Done => Next::Over,
                Answer::Changed(conflict) => {
                    self.stage = Stage::Conflict(conflict);
                    Next::Wait
                }
                Answer::Failed(why) => {
                    self.stage = Stage::Failed(why);
                    Next::Wait
                }
            },
            (Input::Answered(_), _) => Next::Wait,
        }
    }

    fn put(&mut self, text: String) -> Next {
        self.stage = Stage::Saving;
        Next::Put {
            text,
            tag: self.tag.clone(),
        }
    }
}

impl Draft {
    pub(crate) fn encode(&self) -> String {
        json!({"tag": self.tag, "text": self.text}).to_string()
    }

    /// Reads a draft; `None`: there is none, or another version wrote it.
    pub(crate) fn decode(kept: &str) -> Option<Self> {
        let kept: Value = serde_json::from_str(kept).ok()?;
        Some(Self {
            tag: kept.get("tag")?.as_str().map(str::to_owned),
            text: kept.get("text")?.as_str()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Edit {
        Edit::new(Some("one".to_owned()), "text".to_owned(), None)
    }

    fn put(text: &str, tag: Option<&str>) -> Next {
        Next::Put {
            text: text.to_owned(),
            tag: tag.map(str::to_owned),
        }
    }

    fn saved(text: &str) -> Input {
        Input::Saved(text.to_owned())
    }

    #[test]
    fn a_change_is_saved_if_the_file_is_the_same() {
        let mut edit = begun();
        assert_eq!(edit.handle(saved("new")), put("new", Some("one")));
        assert_eq!(edit.handle(saved("new")), Next::Wait, "it is on its way");
        let failed = Input::Answered(Answer::Failed("Full.".to_owned()));
        assert_eq!(edit.handle(failed), Next::Wait);
        assert_eq!(edit.stage, Stage::Failed("Full.".to_owned()));
        assert_eq!(edit.handle(saved("new")), put("new", Some("one")));
        assert_eq!(edit.handle(Input::Answered(Answer::Done)), Next::Over);
    }

    #[test]
    fn a_file_that_somebody_else_changed_is_overwritten_only_when_the_person_says_so() {
        for tag in [Some("two"), None] {
            let mut edit = begun();
            edit.handle(saved("new"));
            let conflict = Conflict {
                tag: tag.map(str::to_owned),
                difference: Some("-a\n+b".to_owned()),
            };
            edit.handle(Input::Answered(Answer::Changed(conflict.clone())));
            assert_eq!(edit.stage, Stage::Conflict(conflict.clone()));
            edit.handle(Input::Continued);
            assert_eq!(edit.stage, Stage::Writing);
            let overwrite = Input::Overwritten("newer".to_owned());
            assert_eq!(
                edit.handle(overwrite.clone()),
                Next::Wait,
                "it was not asked"
            );
            assert_eq!(edit.handle(saved("newer")), put("newer", Some("one")));
            edit.handle(Input::Answered(Answer::Changed(conflict)));
            assert_eq!(edit.handle(overwrite), put("newer", tag));
        }
    }

    #[test]
    fn a_draft_keeps_what_it_began_with() {
        let draft = Draft {
            tag: Some("one".to_owned()),
            text: "half".to_owned(),
        };
        assert_eq!(Draft::decode(&draft.encode()), Some(draft.clone()));
        assert_eq!(Draft::decode(""), None);
        let edit = Edit::new(Some("two".to_owned()), "theirs".to_owned(), Some(draft));
        assert_eq!(
            (edit.tag.as_deref(), edit.start.as_str()),
            (Some("one"), "half")
        );
    }
}
