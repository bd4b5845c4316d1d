//! The workspace over HTTP: moves the bytes of requests and responses; [`workspace::http`] decides their content.

use std::rc::Rc;

use common::http::Header;
use futures::{StreamExt as _, stream};
use limits::Work;
use worker::{Request, Response, ResponseBuilder, Result};
use workspace::{
    Archive, ArchiveKind, ArchiveLimits, ArchiveStep, ImportStep, Imported, Importing, Upload,
    WorkspaceError,
    http::{self, Answer, Plan},
};

use super::{reads::HasFiles, turns::others_first};

/// Responds to a request for the workspace; `rest` is the part of the path after the instance.
pub(super) async fn respond<H: HasFiles>(
    instance: &Rc<H>,
    mut request: Request,
    rest: &str,
) -> Result<Response> {
    let plan = plan(instance, &request, rest)?;
    match plan {
        Plan::Answer(answer) => {
            discard_body(&mut request).await?;
            send(answer)
        }
        Plan::Respond(task) => {
            send(of(instance.with_workspace(|workspace| {
                Ok(http::respond(workspace, &task))
            })))
        }
        Plan::ReadBody {
            task,
            limit,
            too_large,
        } => {
            let mut body = Vec::new();
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let ending = read(&mut request, |bytes| {
                body.extend_from_slice(bytes);
                (body.len() <= limit).then_some(()).ok_or(())
            })
            .await?;
            match ending {
                Ending::Whole => {
                    let mut answer = of(instance.with_workspace(|workspace| {
                        Ok(http::respond_to_body(workspace, &task, &body))
                    }));
                    instance.turned(std::mem::take(&mut answer.turned));
                    send(answer)
                }
                Ending::CutOff => send(http::cut_off()),
                Ending::Refused(()) => send(too_large),
            }
        }
        Plan::SendArchive(kind) => send_archive(instance, kind),
        // The length of an archive is unknown until it is complete.
        Plan::SendArchiveHeaders(kind) => {
            let nothing = stream::empty::<Result<Vec<u8>>>();
            with_headers(ResponseBuilder::new(), http::archive_headers(kind))?.from_stream(nothing)
        }
        Plan::TakeArchive => take_archive(instance, request).await,
    }
}

fn plan<H: HasFiles>(instance: &Rc<H>, request: &Request, rest: &str) -> Result<Plan> {
    // The method as sent: the SDK turns an unknown one into GET.
    let method = request.inner().method();
    let url = request.url()?;
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let header = |name| request.headers().get(name);
    let [if_match, if_none_match, if_range, range] = [
        header("If-Match")?,
        header("If-None-Match")?,
        header("If-Range")?,
        header("Range")?,
    ];
    let [if_unmodified_since, content_range, content_encoding] = [
        header("If-Unmodified-Since")?,
        header("Content-Range")?,
        header("Content-Encoding")?,
    ];
    let request = http::Request {
        method: &method,
        rest,
        query: &query,
        if_match: if_match.as_deref(),
        if_none_match: if_none_match.as_deref(),
        if_range: if_range.as_deref(),
        range: range.as_deref(),
        if_unmodified_since: if_unmodified_since.as_deref(),
        content_range: content_range.as_deref(),
        content_encoding: content_encoding.as_deref(),
        length: content_length(request)?,
    };
    let plan = instance.with_workspace(|workspace| Ok(http::plan(&request, workspace)));
    Ok(plan.unwrap_or_else(|error| Plan::Answer(http::refused(&error))))
}

/// Reads a body and drops it: a response before the end of the request may reset the connection.
pub(super) async fn discard_body(request: &mut Request) -> Result<()> {
    read(request, |_| Ok::<(), ()>(())).await.map(drop)
}

/// Why the reading of a body stopped.
pub(super) enum Ending<E> {
    /// The body is complete.
    Whole,
    /// The client disconnected.
    CutOff,
    /// The consumer needs no more bytes.
    Refused(E),
}

/// Reads a body, piece by piece; a missing body is empty. Pieces that the consumer does not need are read and dropped,
/// since a response before the end of the request fails.
pub(super) async fn read<E>(
    request: &mut Request,
    mut take: impl FnMut(&[u8]) -> std::result::Result<(), E>,
) -> Result<Ending<E>> {
    if request.inner().body().is_none() {
        return Ok(Ending::Whole);
    }
    let length = content_length(request)?;
    let mut came = 0;
    let mut refused = None;
    let mut body = request.stream()?;
    while let Some(bytes) = body.next().await {
        let Ok(bytes) = bytes else {
            return Ok(Ending::CutOff);
        };
        came += bytes.len() as u64;
        if refused.is_none() {
            refused = take(&bytes).err();
        }
    }
    if let Some(error) = refused {
        return Ok(Ending::Refused(error));
    }
    // The stream ends in the same way when the client has disconnected.
    Ok(if length.is_some_and(|length| length != came) {
        Ending::CutOff
    } else {
        Ending::Whole
    })
}

fn content_length(request: &Request) -> Result<Option<u64>> {
    let length = request.headers().get("Content-Length")?;
    Ok(length.and_then(|length| length.parse().ok()))
}

async fn take_archive<H: HasFiles>(instance: &Rc<H>, mut request: Request) -> Result<Response> {
    let upload: std::result::Result<Upload, WorkspaceError> =
        instance.with_workspace(|workspace| workspace.begin_upload(ArchiveLimits::DEFAULT));
    let mut upload = match upload {
        Ok(upload) => upload,
        Err(error) => return send(http::refused(&error)),
    };
    let id = upload.id();
    let ending = read(&mut request, |bytes| {
        instance.with_workspace(|workspace| upload.push(workspace, bytes))
    })
    .await?;
    let answer = match ending {
        Ending::Whole => {
            let imported = import(instance, upload).await;
            return send(of(imported.map(|imported| http::imported(&imported))));
        }
        Ending::CutOff => http::cut_off(),
        Ending::Refused(error) => http::refused(&error),
    };
    instance
        .with_workspace(|workspace| Ok(workspace.drop_upload(id)?))
        .or_else(|error| send(http::refused(&error)).map(drop))?;
    send(answer)
}

async fn import<H: HasFiles>(
    instance: &Rc<H>,
    upload: Upload,
) -> std::result::Result<Imported, WorkspaceError> {
    let mut importing: Importing =
        instance.with_workspace(|workspace| Ok(workspace.begin_import(upload)))?;
    loop {
        let step =
            instance.with_workspace(|workspace| importing.slice(workspace, &mut Work::slice()))?;
        match step {
            ImportStep::Done(imported) => return Ok(imported),
            ImportStep::More(more) => importing = *more,
        }
        others_first().await;
    }
}

fn send_archive<H: HasFiles>(instance: &Rc<H>, kind: ArchiveKind) -> Result<Response> {
    let archive: Archive = match instance.with_workspace(|workspace| Ok(workspace.archive(kind)?)) {
        Ok(archive) => archive,
        Err(error) => return send(http::refused(&error)),
    };
    let pieces = stream::try_unfold(
        (Rc::clone(instance), archive),
        |(instance, mut archive)| async move {
            loop {
                // The client notices that the archive has no end.
                let step = instance
                    .with_workspace(|workspace| {
                        Ok(workspace.archive_slice(&mut archive, &mut Work::slice())?)
                    })
                    .map_err(|error| worker::Error::RustError(error.to_string()))?;
                others_first().await;
                match step {
                    ArchiveStep::Piece(piece) => {
                        return Ok::<_, worker::Error>(Some((piece, (instance, archive))));
                    }
                    ArchiveStep::More => {}
                    ArchiveStep::End => return Ok(None),
                }
            }
        },
    );
    with_headers(ResponseBuilder::new(), http::archive_headers(kind))?.from_stream(pieces)
}

fn of(outcome: std::result::Result<Answer, WorkspaceError>) -> Answer {
    outcome.unwrap_or_else(|error| http::refused(&error))
}

pub(super) fn send(answer: Answer) -> Result<Response> {
    if let Some(line) = &answer.log {
        worker::console_error!("{line}");
    }
    let builder = ResponseBuilder::new().with_status(answer.status);
    let builder = with_headers(builder, answer.headers)?;
    // These two statuses have no body, not even an empty one.
    Ok(match answer.status {
        204 | 304 => builder.empty(),
        _ => builder.fixed(answer.body),
    })
}

fn with_headers(mut builder: ResponseBuilder, headers: Vec<Header>) -> Result<ResponseBuilder> {
    for Header { name, value } in headers {
        builder = builder.with_header(&name, &value)?;
    }
    Ok(builder)
}
