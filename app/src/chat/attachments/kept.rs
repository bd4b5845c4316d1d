//! The attached files as texts: as the browser keeps them with the draft, and as parts of the message.

use common::message::FilePart;
use serde_json::{Map, Value};

use super::item::{Item, Origin, State, Way};

/// The files as a text; empty when there are none. Their bytes are kept elsewhere.
pub(super) fn encode(items: &[Item]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items = items.iter().map(|item| {
        let mut kept = Map::new();
        let mut put = |name: &str, value: Value| {
            kept.insert(name.to_owned(), value);
        };
        put("id", item.id.as_str().into());
        put("name", item.name.as_str().into());
        put("type", item.media_type.as_str().into());
        put("size", item.size.into());
        if let Some(before) = item.made_of {
            put("madeOf", before.into());
        }
        put("pasted", (item.origin == Origin::Pasted).into());
        match &item.state {
            // Without its tag: another tab may have sent it, and then it stays.
            State::Done { path, .. } => put("path", path.as_str().into()),
            State::Unpacked { files, left_out } => {
                put("files", (*files).into());
                put("leftOut", (*left_out).into());
            }
            State::Waiting(Way::Unpack)
            | State::Interrupted(Way::Unpack)
            | State::Sending {
                way: Way::Unpack, ..
            } => put("unpack", true.into()),
            State::AsksToUnpack => put("asks", true.into()),
            State::Waiting(_)
            | State::Sending { .. }
            | State::Interrupted(_)
            | State::Failed { .. } => {}
        }
        Value::Object(kept)
    });
    items.collect::<Value>().to_string()
}

/// Reads such a text; what another version wrote and cannot be read is left out.
pub(super) fn decode(text: &str) -> Vec<Item> {
    let items: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    items.iter().filter_map(item).collect()
}

fn item(kept: &Value) -> Option<Item> {
    let text = |name: &str| Some(kept.get(name)?.as_str()?.to_owned());
    let flag = |name: &str| kept.get(name).and_then(Value::as_bool) == Some(true);
    let number = |name: &str| kept.get(name)?.as_u64();
    let state = if let Some(path) = text("path") {
        State::Done { path, tag: None }
    } else if let Some(files) = number("files") {
        let left_out = number("leftOut").unwrap_or_default();
        let left_out = usize::try_from(left_out).unwrap_or(usize::MAX);
        State::Unpacked { files, left_out }
    } else if flag("asks") {
        State::AsksToUnpack
    } else if flag("unpack") {
        State::Waiting(Way::Unpack)
    } else {
        State::Waiting(Way::Keep(1))
    };
    Some(Item {
        id: text("id")?,
        name: text("name")?,
        media_type: text("type")?,
        size: number("size")?,
        made_of: number("madeOf"),
        origin: if flag("pasted") {
            Origin::Pasted
        } else {
            Origin::Chosen
        },
        state,
    })
}

/// The files that are in the workspace, as parts of the message. `address` says where a path is.
pub(super) fn parts(items: &[Item], address: impl Fn(&str) -> String) -> Vec<FilePart> {
    let part = |item: &Item| {
        let (media_type, path) = match &item.state {
            State::Done { path, .. } => (item.media_type.as_str(), path.as_str()),
            State::Unpacked { .. } => ("application/zip", ""),
            State::Waiting(_)
            | State::Sending { .. }
            | State::Interrupted(_)
            | State::AsksToUnpack
            | State::Failed { .. } => return None,
        };
        let media_type = match media_type {
            "" => "application/octet-stream",
            known => known,
        };
        Some(FilePart {
            media_type: media_type.to_owned(),
            url: address(path),
            filename: Some(item.name.clone()),
            provider_metadata: None,
        })
    };
    items.iter().filter_map(part).collect()
}

/// The files of a message that was taken back. `path` says which path of the workspace an address is of; `id` makes an id.
pub(super) fn given_back(
    files: Vec<FilePart>,
    path: impl Fn(&str) -> Option<String>,
    mut id: impl FnMut() -> String,
) -> Vec<Item> {
    let item = |file: FilePart| {
        let path = path(&file.url)?;
        let name = match file.filename {
            Some(name) => name,
            None => path.rsplit('/').next().unwrap_or_default().to_owned(),
        };
        let state = if path.is_empty() {
            State::Unpacked {
                files: 0,
                left_out: 0,
            }
        } else {
            State::Done { path, tag: None }
        };
        Some(Item {
            id: id(),
            name,
            media_type: file.media_type,
            size: 0,
            made_of: None,
            origin: Origin::Chosen,
            state,
        })
    };
    files.into_iter().filter_map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, state: State) -> Item {
        Item {
            id: id.to_owned(),
            name: format!("{id}.zip"),
            media_type: String::new(),
            size: 7,
            made_of: None,
            origin: Origin::Pasted,
            state,
        }
    }

    fn items() -> Vec<Item> {
        let done = State::Done {
            path: "attachments/a b.zip".to_owned(),
            tag: None,
        };
        vec![
            item("a", done),
            item(
                "b",
                State::Unpacked {
                    files: 3,
                    left_out: 1,
                },
            ),
            item("c", State::AsksToUnpack),
            item("d", State::Waiting(Way::Unpack)),
            item("e", State::Waiting(Way::Keep(1))),
        ]
    }

    #[test]
    fn what_is_kept_is_read_back() {
        assert_eq!(decode(&encode(&items())), items());
        assert_eq!(encode(&[]), "");
        let on_its_way = |state| decode(&encode(&[item("a", state)]))[0].state.clone();
        let sending = |way| State::Sending { way, sent: 3 };
        assert_eq!(
            on_its_way(sending(Way::Unpack)),
            State::Waiting(Way::Unpack)
        );
        assert_eq!(
            on_its_way(sending(Way::Keep(4))),
            State::Waiting(Way::Keep(1))
        );
        for other in ["", "x", "{}", "[1, {}]", r#"[{"id": "a"}]"#] {
            assert_eq!(decode(other), [], "{other}");
        }
    }

    #[test]
    fn what_is_in_the_workspace_is_part_of_the_message_and_comes_back_from_it() {
        let parts = parts(&items(), |path| format!("/files/{path}"));
        let reported: Vec<(&str, &str)> = parts
            .iter()
            .map(|part| (part.media_type.as_str(), part.url.as_str()))
            .collect();
        assert_eq!(
            reported,
            [
                ("application/octet-stream", "/files/attachments/a b.zip"),
                ("application/zip", "/files/"),
            ]
        );
        let path = |url: &str| url.strip_prefix("/files/").map(str::to_owned);
        let back = given_back(parts, path, || "x".to_owned());
        assert_eq!(back[0].name, "a.zip");
        assert_eq!(
            back[0].state,
            State::Done {
                path: "attachments/a b.zip".to_owned(),
                tag: None
            }
        );
        assert!(back[1].is_there());
    }
}
