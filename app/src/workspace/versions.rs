//! The earlier versions of the file that is looked at. No I/O.

use common::workspace::{FileVersion, Versions as Listed};

/// The earlier versions of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    state: State,
    /// Why a version could not be put back.
    pub(crate) problem: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nobody has asked for them.
    #[default]
    Closed,
    /// They are on their way.
    Loading,
    /// These, the latest first, without the current one.
    Listed(Vec<FileVersion>),
    /// They could not be listed, for this reason.
    Failed(String),
}

/// What there is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing.
    Nothing,
    /// They are on their way.
    Loading,
    /// There is none.
    None,
    /// These, the latest first.
    These(Vec<FileVersion>),
    /// They could not be listed, for this reason.
    Failed(String),
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The user opens or closes the list.
    Opened(bool),
    /// The list came, or did not.
    Listed(Result<Listed, String>),
    /// The user puts back the version that stood behind this change.
    Restore(u64),
    /// It was put back, or was not for this reason.
    Restored(Result<(), String>),
}

/// What is to be done for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// List its versions.
    List,
    /// Put back the one that stood behind this change.
    Restore(u64),
}

impl Versions {
    /// Takes an input and says what is to be done.
    pub(crate) fn handle(&mut self, input: Input) -> Option<Effect> {
        match input {
            Input::Opened(false) => {
                *self = Self::default();
                None
            }
            Input::Opened(true) => {
                self.state = State::Loading;
                Some(Effect::List)
            }
            Input::Listed(listed) => {
                if self.state != State::Closed {
                    self.state = match listed {
                        Ok(listed) => State::Listed(earlier(listed)),
                        Err(why) => State::Failed(why),
                    };
                }
                None
            }
            Input::Restore(behind) => {
                self.problem = None;
                Some(Effect::Restore(behind))
            }
            Input::Restored(restored) => {
                self.problem = restored.err();
                self.changed()
            }
        }
    }

    /// The file may have changed.
    pub(crate) fn changed(&self) -> Option<Effect> {
        (self.state != State::Closed).then_some(Effect::List)
    }

    /// What there is to show.
    pub(crate) fn shown(&self) -> Shown {
        match &self.state {
            State::Closed => Shown::Nothing,
            State::Loading => Shown::Loading,
            State::Listed(versions) if versions.is_empty() => Shown::None,
            State::Listed(versions) => Shown::These(versions.clone()),
            State::Failed(why) => Shown::Failed(why.clone()),
        }
    }
}

/// Those that no longer stand there.
fn earlier(listed: Listed) -> Vec<FileVersion> {
    let versions = listed.versions.into_iter();
    versions.filter(|version| version.until.is_some()).collect()
}

#[cfg(test)]
mod tests {
    use common::time::Timestamp;

    use super::*;

    fn version(since: u64, until: Option<u64>) -> FileVersion {
        FileVersion {
            since,
            until,
            hash: "h".to_owned(),
            size: 1,
            at: Timestamp::from_millis(since),
        }
    }

    #[test]
    fn versions_are_listed_and_put_back() {
        let mut versions = Versions::default();
        assert_eq!(versions.changed(), None);
        assert_eq!(versions.handle(Input::Opened(true)), Some(Effect::List));
        let listed = Listed {
            versions: vec![version(5, None), version(2, Some(5))],
        };
        versions.handle(Input::Listed(Ok(listed)));
        assert_eq!(versions.shown(), Shown::These(vec![version(2, Some(5))]));
        assert_eq!(versions.handle(Input::Restore(2)), Some(Effect::Restore(2)));
        let refused = Err("it is too old".to_owned());
        assert_eq!(
            versions.handle(Input::Restored(refused)),
            Some(Effect::List)
        );
        assert_eq!(versions.problem.as_deref(), Some("it is too old"));
        versions.handle(Input::Restored(Ok(())));
        assert_eq!(versions.problem, None);
        versions.handle(Input::Listed(Ok(Listed::default())));
        assert_eq!(versions.shown(), Shown::None);
        versions.handle(Input::Opened(false));
        versions.handle(Input::Listed(Ok(Listed::default())));
        assert_eq!(versions.shown(), Shown::Nothing, "it came too late");
    }
}
