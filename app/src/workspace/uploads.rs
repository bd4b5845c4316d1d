//! What the user puts into the workspace: what is sent when, what the user is asked first, and the result. No I/O.

use common::workspace::limits::FILE_BYTES;

/// How many files are on their way at once.
const AT_ONCE: usize = 4;

/// Directories that tools can make again; a folder that has them is uploaded without.
const MADE_BY_TOOLS: [&str; 3] = [".git", "node_modules", "target"];

/// The files that the user chose, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uploads {
    items: Vec<Item>,
}

/// A file that the user chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Where it goes.
    pub(crate) path: String,
    /// How far it is.
    pub(crate) state: State,
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is an archive: the user is asked what to do with it.
    AsksToUnpack,
    /// Another file is there: the user is asked whether to replace it.
    AsksToReplace {
        /// The tag of the file that is there.
        tag: String,
    },
    /// It will be sent.
    Waiting(Way),
    /// It is on its way.
    Sending(Way),
    /// It is in the workspace.
    Done,
    /// It was unpacked.
    Unpacked(Unpacked),
    /// It was left out, for this reason.
    LeftOut(String),
    /// It could not be sent, for this reason.
    Failed(String),
}

/// How a file is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Where nothing is.
    New,
    /// In place of the file with this tag.
    InPlaceOf(String),
    /// As an archive.
    Unpack,
}

/// What came out of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unpacked {
    /// How many files were written.
    pub(crate) files: u64,
    /// What was left out, and why.
    pub(crate) left_out: Vec<(String, String)>,
}

/// A file that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Send {
    /// Which.
    pub(crate) index: usize,
    /// Where to.
    pub(crate) path: String,
    /// How.
    pub(crate) way: Way,
}

/// What the agent said to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It has it.
    Done,
    /// It unpacked it.
    Unpacked(Unpacked),
    /// A file with this tag is there.
    Exists {
        /// Its tag.
        tag: String,
    },
    /// It does not, for this reason.
    Failed(String),
}

impl Uploads {
    /// All files.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// The user chose files: their paths and sizes. Their indexes go on from those that are there.
    pub(crate) fn add(&mut self, chosen: Vec<(String, u64)>) -> Vec<Send> {
        let is_one = chosen.len() == 1;
        for (path, size) in chosen {
            let state = match left_out(&path, size) {
                Some(reason) => State::LeftOut(reason),
                None if is_one && is_archive(&path) => State::AsksToUnpack,
                None => State::Waiting(Way::New),
            };
            self.items.push(Item { path, state });
        }
        self.next()
    }

    /// The user said whether to unpack the archive, or to keep it as it is.
    pub(crate) fn unpack(&mut self, is_to_unpack: bool) -> Vec<Send> {
        for item in &mut self.items {
            if item.state == State::AsksToUnpack {
                let way = if is_to_unpack { Way::Unpack } else { Way::New };
                item.state = State::Waiting(way);
            }
        }
        self.next()
    }

    /// The user said whether to replace what is there.
    pub(crate) fn replace(&mut self, is_to_replace: bool) -> Vec<Send> {
        for item in &mut self.items {
            if let State::AsksToReplace { tag } = &item.state {
                item.state = if is_to_replace {
                    State::Waiting(Way::InPlaceOf(tag.clone()))
                } else {
                    State::LeftOut("the one that is there was kept".to_owned())
                };
            }
        }
        self.next()
    }

    /// The agent answered.
    pub(crate) fn sent(&mut self, index: usize, sent: Sent) -> Vec<Send> {
        if let Some(item) = self.items.get_mut(index)
            && let State::Sending(way) = &item.state
        {
            item.state = match sent {
                Sent::Done => State::Done,
                Sent::Unpacked(unpacked) => State::Unpacked(unpacked),
                Sent::Exists { tag } if *way == Way::New => State::AsksToReplace { tag },
                Sent::Exists { .. } => State::Failed(
                    "it was changed while you were asked. Upload it again to replace it".to_owned(),
                ),
                Sent::Failed(words) => State::Failed(words),
            };
        }
        self.next()
    }

    /// Forgets all files, once nothing is on its way.
    pub(crate) fn dismiss(&mut self) {
        if !self.is_running() {
            self.items.clear();
        }
    }

    /// Whether files are, or will be, on their way.
    pub(crate) fn is_running(&self) -> bool {
        let is_running = |item: &Item| matches!(item.state, State::Waiting(_) | State::Sending(_));
        self.items.iter().any(is_running)
    }

    /// Whether the user is asked something.
    pub(crate) fn asks(&self) -> bool {
        self.asks_to_unpack().is_some() || !self.asks_to_replace().is_empty()
    }

    /// The archive that the user is asked about.
    pub(crate) fn asks_to_unpack(&self) -> Option<&str> {
        let mut items = self.items.iter();
        let asks = items.find(|item| item.state == State::AsksToUnpack);
        asks.map(|item| item.path.as_str())
    }

    /// The files that the user is asked about, once all others are sent.
    pub(crate) fn asks_to_replace(&self) -> Vec<&str> {
        if self.is_running() {
            return Vec::new();
        }
        let items = self.items.iter();
        items
            .filter(|item| matches!(item.state, State::AsksToReplace { .. }))
            .map(|item| item.path.as_str())
            .collect()
    }

    /// The result in a sentence; `None` when there is none.
    pub(crate) fn summary(&self) -> Option<String> {
        let count = |is: fn(&State) -> bool| {
            let items = self.items.iter();
            items.filter(|item| is(&item.state)).count()
        };
        if self.items.is_empty() {
            return None;
        }
        if self.is_running() {
            let done = count(|state| !matches!(state, State::Waiting(_) | State::Sending(_)));
            return Some(format!("Uploading, {done} of {} done…", self.items.len()));
        }
        let mut uploaded = count(|state| *state == State::Done);
        for item in &self.items {
            if let State::Unpacked(unpacked) = &item.state {
                uploaded += usize::try_from(unpacked.files).unwrap_or(usize::MAX);
            }
        }
        let mut words = match uploaded {
            1 => "1 file is in the workspace.".to_owned(),
            uploaded => format!("{uploaded} files are in the workspace."),
        };
        let left_out = self.left_out().len();
        if left_out > 0 {
            words.push_str(&format!(" Left out: {left_out}."));
        }
        Some(words)
    }

    /// What is not in the workspace, and why.
    pub(crate) fn left_out(&self) -> Vec<(String, String)> {
        let mut left_out = Vec::new();
        for Item { path, state } in &self.items {
            match state {
                State::LeftOut(reason) | State::Failed(reason) => {
                    left_out.push((path.clone(), reason.clone()));
                }
                State::Unpacked(unpacked) => left_out.extend(unpacked.left_out.iter().cloned()),
                State::AsksToUnpack
                | State::AsksToReplace { .. }
                | State::Waiting(_)
                | State::Sending(_)
                | State::Done => {}
            }
        }
        left_out
    }

    /// The files to send now.
    fn next(&mut self) -> Vec<Send> {
        let is_sending = |item: &&Item| matches!(item.state, State::Sending(_));
        let mut free = AT_ONCE.saturating_sub(self.items.iter().filter(is_sending).count());
        let mut sends = Vec::new();
        for (index, item) in self.items.iter_mut().enumerate() {
            if let State::Waiting(way) = &item.state
                && free > 0
            {
                free -= 1;
                let way = way.clone();
                item.state = State::Sending(way.clone());
                sends.push(Send {
                    index,
                    path: item.path.clone(),
                    way,
                });
            }
        }
        sends
    }
}

/// Why a file is not sent at all.
fn left_out(path: &str, size: u64) -> Option<String> {
    let mut directories = path.split('/').rev().skip(1);
    if let Some(directory) = directories.find(|name| MADE_BY_TOOLS.contains(name)) {
        return Some(format!(
            "what is in {directory} is left out of a folder; a zip file may have it"
        ));
    }
    let is_too_large = size > FILE_BYTES && !is_archive(path);
    is_too_large.then(|| format!("a file has at most {} MB", FILE_BYTES / 1_000_000))
}

fn is_archive(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.eq_ignore_ascii_case("zip")
}

#[cfg(test)]
mod tests;
