//! An attached file: how far it is, and what is to be said of it. No I/O.

use common::{
    attachments::{PDF, PICTURE_BYTES, is_shown_to_model},
    workspace::limits::{ARCHIVE_BYTES, FILE_BYTES},
};

use super::{list::Place, name};
use crate::workspace::size_words;

/// An attached file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Which one; for ever.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Its media type, as the browser says.
    pub(super) media_type: String,
    /// Its size in bytes.
    pub(super) size: u64,
    /// The size of the picture that it was made of, which was too large.
    pub(super) made_of: Option<u64>,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// How far it is.
    pub(super) state: State,
}

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The person chose it.
    Chosen,
    /// It was pasted as a long text.
    Pasted,
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It will be uploaded.
    Waiting(Way),
    /// It is on its way.
    Sending {
        way: Way,
        /// How many bytes are there.
        sent: u64,
    },
    /// The server was not reached, and it will be sent again.
    Interrupted(Way),
    /// It is in the workspace.
    Done {
        /// Where.
        path: String,
        /// The tag of its content, if it was not there before: then it goes when it is removed.
        tag: Option<String>,
    },
    /// It was unpacked into the workspace.
    Unpacked {
        /// How many files were written.
        files: u64,
        /// How many entries were left out.
        left_out: usize,
    },
    /// It is an archive that is too large for one file, and may be unpacked.
    AsksToUnpack,
    /// It was not taken, for this reason.
    Failed {
        words: String,
        /// How it may be sent again; `None`: that would not help.
        way: Option<Way>,
    },
}

/// How a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As it is, under a name with this number: others have the name before it.
    Keep(u32),
    /// As an archive that is unpacked.
    Unpack,
}

/// A file that is to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct New {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) size: u64,
    pub(super) made_of: Option<u64>,
    pub(super) origin: Origin,
}

impl State {
    pub(super) fn lost() -> Self {
        Self::Failed {
            words: "This browser does not have it any more. Remove it, and attach it again."
                .to_owned(),
            way: None,
        }
    }
}

impl Item {
    /// Whether the workspace has it.
    pub(super) const fn is_there(&self) -> bool {
        matches!(self.state, State::Done { .. } | State::Unpacked { .. })
    }

    /// Where it is in the workspace.
    pub(super) fn path(&self) -> Option<&str> {
        match &self.state {
            State::Done { path, .. } => Some(path),
            State::Waiting(_)
            | State::Sending { .. }
            | State::Interrupted(_)
            | State::Unpacked { .. }
            | State::AsksToUnpack
            | State::Failed { .. } => None,
        }
    }

    /// Whether the message cannot be sent while the file is as it is.
    pub(super) fn is_in_the_way(&self) -> bool {
        matches!(self.state, State::AsksToUnpack | State::Failed { .. })
    }

    /// Whether its bytes may be needed once it is in the workspace.
    pub(super) fn has_further_use(&self) -> bool {
        name::is_archive(&self.name) || self.origin == Origin::Pasted
    }

    /// Whether the person may have it unpacked.
    pub(super) fn can_be_unpacked(&self) -> bool {
        let is_settled = match &self.state {
            State::AsksToUnpack | State::Done { .. } => true,
            State::Waiting(way) | State::Interrupted(way) => *way != Way::Unpack,
            State::Sending { .. } | State::Unpacked { .. } | State::Failed { .. } => false,
        };
        is_settled && name::is_archive(&self.name)
    }

    /// What to say of it beside its name; how far an upload is, a bar shows.
    pub(super) fn words(&self, place: Place) -> String {
        let size = size_words(self.size);
        match &self.state {
            State::Waiting(_) if place == Place::Start => match self.remark() {
                Some(remark) => format!("{size}. {remark}"),
                None => size,
            },
            State::Waiting(_) => format!("{size}, waiting"),
            State::Sending {
                way: Way::Keep(_),
                sent,
            } => {
                format!("{size}, uploading: {} %", self.percent(*sent))
            }
            State::Sending {
                way: Way::Unpack,
                sent,
            } if *sent >= self.size => {
                format!("{size}, being unpacked")
            }
            State::Sending {
                way: Way::Unpack,
                sent,
            } => {
                format!("{size}, uploading to unpack: {} %", self.percent(*sent))
            }
            State::Interrupted(_) => format!("{size}, interrupted"),
            // Its size is not known where the message was taken back.
            State::Done { .. } if self.size == 0 => "in the workspace".to_owned(),
            State::Unpacked { files: 0, .. } => "Unpacked into the workspace".to_owned(),
            State::Done { .. } => match self.remark() {
                Some(remark) => format!("{size}. {remark}"),
                None => size,
            },
            State::Unpacked { files, left_out: 0 } => {
                format!("Unpacked into the workspace: {files} files")
            }
            State::Unpacked { files, left_out } => {
                format!("Unpacked into the workspace: {files} files. Left out: {left_out}")
            }
            State::AsksToUnpack => format!(
                "{size}. A file has at most {}: have it unpacked into the workspace, or remove it.",
                size_words(FILE_BYTES)
            ),
            State::Failed { words, .. } => words.clone(),
        }
    }

    /// What the person should know before the message is sent.
    fn remark(&self) -> Option<String> {
        let most = size_words(PICTURE_BYTES);
        if let Some(before) = self.made_of {
            let before = size_words(before);
            return Some(format!(
                "Made smaller: it had {before}, and the model sees no picture of more than {most}"
            ));
        }
        let is_picture = is_shown_to_model(&self.media_type) && self.media_type != PDF;
        (is_picture && self.size > PICTURE_BYTES).then(|| {
            format!(
                "The model sees no picture of more than {most}, and this browser cannot make it smaller: the model gets the path alone"
            )
        })
    }

    /// How much of it is there, of a hundred.
    pub(super) fn percent(&self, sent: u64) -> u64 {
        (sent.saturating_mul(100))
            .checked_div(self.size)
            .unwrap_or(100)
            .min(100)
    }
}

pub(super) fn first_state(file: &New) -> State {
    let is_archive = name::is_archive(&file.name);
    let failed = |most: u64, what: &str| State::Failed {
        words: format!(
            "It has {}, and {what} has at most {}. Remove it.",
            size_words(file.size),
            size_words(most)
        ),
        way: None,
    };
    match file.size {
        size if size <= FILE_BYTES => State::Waiting(Way::Keep(1)),
        size if is_archive && size <= ARCHIVE_BYTES => State::AsksToUnpack,
        _ if is_archive => failed(ARCHIVE_BYTES, "an archive"),
        _ => failed(FILE_BYTES, "a file"),
    }
}
