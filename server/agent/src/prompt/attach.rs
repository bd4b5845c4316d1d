//! Files of the workspace are read into the messages that name them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use providers::{
    Attachment, Content, ModelMessage, Source,
    legal::{MOST_FILES_BYTES, MOST_PICTURE_BYTES, megabytes},
};
use workspace::{FilePath, Hash, What, Workspace, WorkspaceError};

/// Reads the files of the workspace that messages name. Those of the newest messages come first: when there is no room
/// for all of them, the oldest are left out. What cannot be read says why.
pub fn attach(messages: &mut [ModelMessage], workspace: &Workspace<'_>) {
    let mut room = MOST_FILES_BYTES;
    for file in messages.iter_mut().rev().flat_map(files) {
        match &file.source {
            Source::Base64(base64) => room = room.saturating_sub(base64.len() as u64 / 4 * 3),
            Source::Workspace { path, hash } => {
                let is_picture = file.media_type.starts_with("image/");
                file.source = match read(workspace, path, hash.as_deref(), is_picture, room) {
                    Ok(bytes) => {
                        room = room.saturating_sub(bytes.len() as u64);
                        Source::Base64(STANDARD.encode(bytes))
                    }
                    Err(why) => Source::Missing(why),
                };
            }
            Source::Url(_) | Source::Missing(_) => {}
        }
    }
}

/// The files of a message, the last first.
fn files(message: &mut ModelMessage) -> Vec<&mut Attachment> {
    match message {
        ModelMessage::User(user) => {
            let files = user.content.iter_mut().rev();
            files
                .filter_map(|content| match content {
                    Content::File(file) => Some(file),
                    Content::Text(_) => None,
                })
                .collect()
        }
        ModelMessage::Tool(tool) => tool.files.iter_mut().rev().collect(),
        ModelMessage::System(_) | ModelMessage::Assistant(_) => Vec::new(),
    }
}

fn read(
    workspace: &Workspace<'_>,
    path: &str,
    hash: Option<&str>,
    is_picture: bool,
    room: u64,
) -> Result<Vec<u8>, String> {
    let why = |error: WorkspaceError| error.to_string();
    let path = FilePath::parse(path).map_err(|error| error.to_string())?;
    let fits = |size: u64| {
        if is_picture && size > MOST_PICTURE_BYTES {
            let (size, most) = (megabytes(size), megabytes(MOST_PICTURE_BYTES));
            return Err(format!("it has {size}, and a picture may have {most}"));
        }
        if size > room {
            let (size, most) = (megabytes(size), megabytes(MOST_FILES_BYTES));
            return Err(format!(
                "it has {size}, and the files of a request may have {most} together"
            ));
        }
        Ok(())
    };
    // What a tool has read stays what it was, also when the file has changed: so does the beginning of the request. It is
    // small enough, or the tool would have refused it.
    if let Some(hash) = hash {
        let bytes = workspace
            .read_version(&path, &Hash::stated(hash))
            .map_err(why)?;
        fits(bytes.len() as u64)?;
        return Ok(bytes);
    }
    let What::File(file) = workspace.stat(&path).map_err(why)?.what else {
        return Err(format!("{path} is a directory"));
    };
    fits(file.size)?;
    workspace.read_bytes(&path, 0..file.size).map_err(why)
}

#[cfg(test)]
mod tests {
    use common::time::Timestamp;
    use providers::{ToolMessage, UserMessage};
    use store::Store;
    use test_support::MemorySql;
    use workspace::Expect;

    use super::*;

    fn message(media_type: &str, path: &str, hash: Option<&Hash>) -> ModelMessage {
        let file = Attachment {
            media_type: media_type.to_owned(),
            name: None,
            source: Source::Workspace {
                path: path.to_owned(),
                hash: hash.map(|hash| hash.as_str().to_owned()),
            },
        };
        match hash {
            Some(_) => ModelMessage::Tool(ToolMessage {
                files: vec![file],
                ..ToolMessage::default()
            }),
            None => ModelMessage::User(UserMessage {
                content: vec![Content::File(file)],
                origin: None,
            }),
        }
    }

    #[test]
    fn the_newest_files_are_read_and_the_others_say_why_not() {
        let store = Store::open(MemorySql::new()).unwrap();
        let workspace = store.workspace(Timestamp::from_millis(1));
        let write = |path: &str, bytes: &[u8]| {
            let path = FilePath::parse(path).unwrap();
            workspace.write(&path, bytes, &Expect::Anything).unwrap();
        };
        write("a.png", b"png");
        write("a.png", b"newer");
        write("large.png", &vec![7; 6_000_000]);
        write("half.pdf", &vec![8; 9_000_000]);
        let mut messages = vec![
            message("application/pdf", "half.pdf", None),
            message("application/pdf", "half.pdf", None),
            message("image/png", "a.png", Some(&Hash::of(b"png"))),
            message("image/png", "a.png", Some(&Hash::of(b"never"))),
            message("image/png", "large.png", None),
            message("image/png", "none.png", None),
            message("image/png", "../a.png", None),
            message("application/pdf", "half.pdf", None),
        ];
        attach(&mut messages, &workspace);
        let sources: Vec<String> = messages
            .iter_mut()
            .flat_map(files)
            .map(|file| match &file.source {
                Source::Base64(base64) => {
                    format!("{} bytes", STANDARD.decode(base64).unwrap().len())
                }
                Source::Missing(why) => why.clone(),
                other @ (Source::Url(_) | Source::Workspace { .. }) => panic!("{other:?}"),
            })
            .collect();
        let [old, _, read, changed, large, none, outside, new] = &sources[..] else {
            panic!("{sources:?}")
        };
        assert_eq!(
            old,
            "it has 9.0 MB, and the files of a request may have 20.0 MB together"
        );
        assert_eq!(read, "3 bytes");
        assert!(changed.contains("a.png"), "{changed}");
        assert_eq!(large, "it has 6.0 MB, and a picture may have 5.0 MB");
        assert!(none.starts_with("there is no none.png"));
        assert!(outside.contains("`..`"));
        assert_eq!(new, "9000000 bytes");
    }
}
