//! The methods of a directory.

use serde_json::{Map, Value, json};
use thiserror::Error;

use super::{Settings, Summary, search::SearchWanted};
use crate::{
    fields::{Record, flag, listed},
    time::Timestamp,
};

/// A call to a directory. A client writes it with [`Self::method`] and [`Self::arguments`]; the directory reads it
/// with [`Self::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `page(wanted?)`: returns a part of the list, a [`Page`].
    Page(PageWanted),
    /// `search(wanted)`: searches titles and messages; returns [`super::search::Found`].
    Search(SearchWanted),
    /// `rename(name, title)`: sets the user's title. Answered after the conversation has stored it.
    Rename {
        /// The conversation's name.
        name: String,
        /// The new title.
        title: String,
    },
    /// `pin(name)`: lists a conversation above the others.
    Pin(String),
    /// `unpin(name)`: undoes a pin.
    Unpin(String),
    /// `archive(name)`: removes a conversation from the list without changing it.
    Archive(String),
    /// `unarchive(name)`: undoes an archive.
    Unarchive(String),
    /// `delete(name)`: hides a conversation at once, and deletes it permanently later. Returns [`Deleted`].
    Delete(String),
    /// `deleteForGood(name)`: deletes a conversation permanently at once.
    DeleteForGood(String),
    /// `deleteAll()`: deletes all conversations permanently at once. Returns [`DeletedAll`].
    DeleteAll,
    /// `getSettings()`: returns the person's [`Settings`].
    GetSettings,
    /// `setSettings(settings)`: replaces them.
    SetSettings(Settings),
    /// `undelete(name)`: undoes a deletion that is not permanent yet.
    Undelete(String),
    /// `read(name)`: marks a conversation as read by its owner.
    Read(String),
}

record! {
    /// The wanted part of the list: `{cursor?, limit?, archived?}`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct PageWanted {
        /// Where the part begins: the `next` of a state or page. `None`: at the top.
        pub cursor: Option<String> = "cursor",
        /// The maximum number of conversations, 1 to [`super::list::MAX_LISTED`]; `None` means that maximum.
        pub limit: Option<u64> = "limit",
        /// Whether to list archived conversations instead of the others.
        pub is_of_archived: bool = flag "archived",
    }
}

record! {
    /// A part of the list.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Page {
        /// The conversations, in the order of the list.
        pub conversations: Vec<Summary> = listed "conversations",
        /// The cursor of the next part; `None` on the last one.
        pub next: Option<String> = "next",
    }
}

record! {
    /// The result of a deletion.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Deleted {
        /// When the deletion becomes permanent: `undelete` fails from then on.
        pub until: Timestamp = "until",
    }
}

record! {
    /// The result of the deletion of all conversations.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct DeletedAll {
        /// How many conversations are being deleted.
        pub count: u64 = "count",
    }
}

/// Why a call is invalid. `Display` is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallProblem {
    /// The method does not exist.
    #[error("Method {0} does not exist")]
    NoSuchMethod(String),
    /// The number or kind of the arguments is wrong.
    #[error("`{method}` takes {takes}")]
    Arguments {
        /// The method's name.
        method: &'static str,
        /// The arguments it takes.
        takes: &'static str,
    },
}

const NAME: &str = "the name of a conversation";

impl Call {
    /// The method's name on the wire.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::Search(_) => "search",
            Self::Rename { .. } => "rename",
            Self::Pin(_) => "pin",
            Self::Unpin(_) => "unpin",
            Self::Archive(_) => "archive",
            Self::Unarchive(_) => "unarchive",
            Self::Delete(_) => "delete",
            Self::DeleteForGood(_) => "deleteForGood",
            Self::DeleteAll => "deleteAll",
            Self::GetSettings => "getSettings",
            Self::SetSettings(_) => "setSettings",
            Self::Undelete(_) => "undelete",
            Self::Read(_) => "read",
        }
    }

    /// The arguments on the wire.
    #[must_use]
    pub fn arguments(&self) -> Vec<Value> {
        match self {
            Self::Page(wanted) => vec![wanted.to_json()],
            Self::Search(wanted) => vec![wanted.to_json()],
            Self::Rename { name, title } => vec![json!(name), json!(title)],
            Self::DeleteAll | Self::GetSettings => Vec::new(),
            Self::SetSettings(settings) => vec![settings.to_json()],
            Self::Pin(name)
            | Self::Unpin(name)
            | Self::Archive(name)
            | Self::Unarchive(name)
            | Self::Delete(name)
            | Self::DeleteForGood(name)
            | Self::Undelete(name)
            | Self::Read(name) => vec![json!(name)],
        }
    }

    /// Reads a call.
    ///
    /// # Errors
    /// When the method does not exist or does not take these arguments.
    pub fn read(method: &str, arguments: Vec<Value>) -> Result<Self, CallProblem> {
        let of_name = |call: fn(String) -> Self, method: &'static str| {
            let name = one_text(arguments.clone());
            let takes = NAME;
            name.map(call)
                .ok_or(CallProblem::Arguments { method, takes })
        };
        match method {
            "page" => only(arguments)
                .map(Self::Page)
                .ok_or(CallProblem::Arguments {
                    method: "page",
                    takes: "`{cursor?, limit?, archived?}`",
                }),
            "search" => only(arguments)
                .map(Self::Search)
                .ok_or(CallProblem::Arguments {
                    method: "search",
                    takes: "`{query, limit?}`",
                }),
            "rename" => {
                let mut texts = texts(arguments).into_iter().flatten();
                match (texts.next(), texts.next(), texts.next()) {
                    (Some(name), Some(title), None) => Ok(Self::Rename { name, title }),
                    (_, _, _) => Err(CallProblem::Arguments {
                        method: "rename",
                        takes: "the name of a conversation and its title",
                    }),
                }
            }
            "pin" => of_name(Self::Pin, "pin"),
            "unpin" => of_name(Self::Unpin, "unpin"),
            "archive" => of_name(Self::Archive, "archive"),
            "unarchive" => of_name(Self::Unarchive, "unarchive"),
            "delete" => of_name(Self::Delete, "delete"),
            "deleteForGood" => of_name(Self::DeleteForGood, "deleteForGood"),
            "deleteAll" => none(&arguments, Self::DeleteAll, "deleteAll"),
            "getSettings" => none(&arguments, Self::GetSettings, "getSettings"),
            "setSettings" => only(arguments)
                .map(Self::SetSettings)
                .ok_or(CallProblem::Arguments {
                    method: "setSettings",
                    takes: "`{instructions?}`",
                }),
            "undelete" => of_name(Self::Undelete, "undelete"),
            "read" => of_name(Self::Read, "read"),
            unknown => Err(CallProblem::NoSuchMethod(unknown.to_owned())),
        }
    }
}

/// A call without arguments.
fn none(arguments: &[Value], call: Call, method: &'static str) -> Result<Call, CallProblem> {
    match arguments {
        [] => Ok(call),
        _ => Err(CallProblem::Arguments {
            method,
            takes: "nothing",
        }),
    }
}

/// Reads an array that holds strings only.
fn texts(arguments: Vec<Value>) -> Option<Vec<String>> {
    let text = |value| match value {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    };
    arguments.into_iter().map(text).collect()
}

fn one_text(arguments: Vec<Value>) -> Option<String> {
    let mut texts = texts(arguments)?.into_iter();
    let text = texts.next()?;
    texts.next().is_none().then_some(text)
}

/// Reads the only argument, which may be missing; `None` when it has another form.
fn only<T: Record>(arguments: Vec<Value>) -> Option<T> {
    let mut arguments = arguments.into_iter();
    let fields = match arguments.next() {
        None | Some(Value::Null) => Value::Object(Map::new()),
        Some(argument) => argument,
    };
    let argument = T::from_json(fields)?;
    arguments.next().is_none().then_some(argument)
}

impl Page {
    /// The JSON form: `{conversations, next?}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(page: Value) -> Option<Self> {
        Record::from_json(page)
    }
}

impl Deleted {
    /// The JSON form: `{until}`, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn to_json(self) -> Value {
        Record::to_json(&self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(deleted: &Value) -> Option<Self> {
        Record::from_json(deleted.clone())
    }
}

impl DeletedAll {
    /// The JSON form: `{count}`.
    #[must_use]
    pub fn to_json(self) -> Value {
        Record::to_json(&self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(deleted: Value) -> Option<Self> {
        Record::from_json(deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::summary::tests::summary;

    #[test]
    fn every_call_is_written_and_read() {
        let name = || "a%20b".to_owned();
        let page = PageWanted {
            cursor: Some("0.1.a".to_owned()),
            limit: Some(3),
            is_of_archived: true,
        };
        for call in [
            Call::Page(PageWanted::default()),
            Call::Page(page),
            Call::Search(SearchWanted {
                query: "green door".to_owned(),
                limit: Some(3),
            }),
            Call::Rename {
                name: name(),
                title: "Lists".to_owned(),
            },
            Call::Pin(name()),
            Call::Unpin(name()),
            Call::Archive(name()),
            Call::Unarchive(name()),
            Call::Delete(name()),
            Call::DeleteForGood(name()),
            Call::DeleteAll,
            Call::GetSettings,
            Call::SetSettings(Settings {
                instructions: Some("Use tabs.".to_owned()),
                defaults: None,
            }),
            Call::Undelete(name()),
            Call::Read(name()),
        ] {
            assert_eq!(Call::read(call.method(), call.arguments()), Ok(call));
        }
        assert_eq!(
            Call::read("page", vec![]),
            Ok(Call::Page(PageWanted::default()))
        );
    }

    #[test]
    fn wrong_arguments_are_refused_with_the_expected_ones() {
        let refused = |method: &str, arguments: Value| {
            let arguments = arguments.as_array().unwrap().clone();
            Call::read(method, arguments).unwrap_err().to_string()
        };
        assert_eq!(refused("fly", json!([])), "Method fly does not exist");
        for arguments in [json!([]), json!([7]), json!(["a", "b"]), json!([["a"]])] {
            assert_eq!(
                refused("pin", arguments),
                "`pin` takes the name of a conversation"
            );
        }
        assert_eq!(
            refused("deleteAll", json!([1])),
            "`deleteAll` takes nothing"
        );
        assert!(refused("rename", json!(["a"])).starts_with("`rename` takes"));
        assert_eq!(
            refused("search", json!([{}])),
            "`search` takes `{query, limit?}`"
        );
        for arguments in [json!([7]), json!([{"limit": -1}]), json!([{}, {}])] {
            assert!(refused("page", arguments).starts_with("`page` takes `{cursor?"));
        }
    }

    #[test]
    fn answers_are_written_and_read() {
        let page = Page {
            conversations: vec![summary("a")],
            next: Some("0.2.a".to_owned()),
        };
        assert_eq!(Page::from_json(page.to_json()), Some(page));
        let deleted = Deleted {
            until: Timestamp::from_millis(9),
        };
        assert_eq!(Deleted::from_json(&deleted.to_json()), Some(deleted));
        let all = DeletedAll { count: 3 };
        assert_eq!(DeletedAll::from_json(all.to_json()), Some(all));
        assert_eq!(Deleted::from_json(&Value::Null), None);
    }
}
