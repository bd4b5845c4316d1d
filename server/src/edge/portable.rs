//! Exports and imports a conversation as an archive.

use std::rc::Rc;

use common::http::ErrorBody;
use futures::stream;
use limits::Work;
use portable::{Export, ImportError, With};
use serde_json::json;
use worker::{Request, Response, ResponseBuilder, Result};
use workspace::{ArchiveLimits, ArchiveStep, WorkspaceError, http};

use super::{
    failures,
    files::{self, Ending},
    instance::Instance,
    random::now,
    reads::HasFiles as _,
    turns::others_first,
};
use crate::routing::RequestKind;

/// Sends the archive of a conversation.
pub(super) fn export(instance: &Rc<Instance>, with: With) -> Result<Response> {
    let name = instance.name();
    let export: Export = match instance.with_store(|store| Export::begin(store, &name, now(), with))
    {
        Ok(export) => export,
        Err(error) => return failures::answer(RequestKind::Plain, error.fault, &error.words()),
    };
    let pieces = stream::try_unfold(
        (Rc::clone(instance), export),
        |(instance, mut export)| async move {
            loop {
                // The client notices that the archive has no end.
                let step = instance
                    .with_store(|store| export.slice(store, &mut Work::slice()))
                    .map_err(|error| worker::Error::RustError(error.to_string()))?;
                others_first().await;
                match step {
                    ArchiveStep::Piece(piece) => {
                        return Ok::<_, worker::Error>(Some((piece, (instance, export))));
                    }
                    ArchiveStep::More => {}
                    ArchiveStep::End => return Ok(None),
                }
            }
        },
    );
    ResponseBuilder::new()
        .with_header("Content-Type", "application/zip")?
        .with_header(
            "Content-Disposition",
            "attachment; filename=\"conversation.zip\"",
        )?
        .with_header("Cache-Control", "no-store")?
        .from_stream(pieces)
}

/// Imports an archive into a new conversation.
pub(super) async fn import(instance: &Rc<Instance>, mut request: Request) -> Result<Response> {
    match instance.with_store(|store| store.is_empty()) {
        Ok(true) => {}
        Ok(false) => {
            files::read(&mut request, |_| Ok::<(), ()>(())).await?;
            return refused(&ImportError::NotEmpty);
        }
        Err(error) => return refused(&error.into()),
    }
    let upload =
        instance.with_workspace(|workspace| workspace.begin_upload(ArchiveLimits::DEFAULT));
    let mut upload = match upload {
        Ok(upload) => upload,
        Err(error) => return refused(&error.into()),
    };
    let id = upload.id();
    let ending = files::read(&mut request, |bytes| {
        instance.with_workspace(|workspace| upload.push(workspace, bytes))
    })
    .await?;
    // Removes the data of a failed import.
    let mut is_spoiled = false;
    let problem = match ending {
        Ending::Whole => match instance.import(upload).await {
            Ok(imported) => {
                // Waking up, it pushes to its owner's directory.
                instance.wake();
                let files = http::unpacked(&imported.files).to_json();
                let done = json!({ "messages": imported.messages, "files": files });
                return ResponseBuilder::new().with_status(201).from_json(&done);
            }
            Err(error) => {
                is_spoiled = matches!(error, ImportError::Halfway(_));
                refused(&error)
            }
        },
        Ending::CutOff => files::send(http::cut_off()),
        Ending::Refused(error) => refused(&error.into()),
    };
    // A failed import under a new name leaves nothing behind.
    let dropped = instance.with_workspace(|workspace| Ok(workspace.drop_upload(id)?));
    let is_empty = || instance.with_store(|store| store.is_empty()) == Ok(true);
    if is_spoiled || (dropped.is_ok() && is_empty()) {
        instance.delete("The import failed.").await?;
    }
    problem
}

fn refused(error: &ImportError) -> Result<Response> {
    let status = match error {
        ImportError::NotEmpty => 409,
        ImportError::NotAConversation(_) | ImportError::Unreadable { .. } => 400,
        ImportError::Archive(WorkspaceError::Store(error))
        | ImportError::Halfway(WorkspaceError::Store(error)) => {
            return failures::answer(RequestKind::Plain, error.fault, &error.words());
        }
        ImportError::Archive(error) | ImportError::Halfway(error) => {
            return files::send(http::refused(error));
        }
    };
    ResponseBuilder::new()
        .with_status(status)
        .from_json(&ErrorBody::new(format!("{error}.")).to_json())
}
