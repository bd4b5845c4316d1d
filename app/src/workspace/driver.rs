//! Runs the effects of the drawer: the files of a conversation over HTTP (`docs/files.md`).

mod answers;
mod last_change;

use std::time::Duration;

use common::{
    naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment},
    workspace::{
        AFTER, ARCHIVE, CHANGES, Comparison, ConflictChoice, FILES, Refused, RestoreRequest, TEXT,
        Timeline, UndoRequest, Undone, Versions,
    },
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use self::answers::{answer, json, refusal, refused_words, text_of, unpacked};
pub(crate) use self::last_change::reverse_last;
use super::{
    edit::{self, Answer, Conflict},
    entry::Page,
    files::{Content, Effect, Files, Input},
    history::{self, Reversal, Reversed},
    tree::{List, Listed},
    uploads::{Send, Sent, Way},
    versions,
};

use crate::browser::{
    files::{Chosen, File},
    http::Request,
    storage,
};

/// A list, a look or a deletion has this long.
const WITHIN: Duration = Duration::from_secs(30);
/// A file or an archive that is sent has this long.
const UPLOAD_WITHIN: Duration = Duration::from_secs(600);
/// So much of a file is shown.
const SHOWN_BYTES: u64 = 200_000;

/// The files of a conversation, for its views.
#[derive(Clone, Copy)]
pub(crate) struct Workspace {
    /// What is shown.
    pub(crate) files: RwSignal<Files>,
    base: StoredValue<String>,
    /// What the user chose, by index.
    chosen: StoredValue<Vec<File>, LocalStorage>,
}

impl Workspace {
    /// Of the conversation of this name. It lives as long as the current owner.
    pub(crate) fn of(name: &str) -> Self {
        let name = encode_segment(name);
        Self {
            files: RwSignal::new(Files::default()),
            base: StoredValue::new(format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{name}")),
            chosen: StoredValue::new_local(Vec::new()),
        }
    }

    /// Where a file is, or with a `/` at the end a directory.
    pub(crate) fn address(&self, path: &str) -> String {
        let path: Vec<String> = path.split('/').map(encode_segment).collect();
        let base = self.base.try_get_value().unwrap_or_default();
        format!("{base}/{FILES}/{}", path.join("/"))
    }

    /// Where all files are, as an archive.
    pub(crate) fn archive(&self) -> String {
        let base = self.base.try_get_value().unwrap_or_default();
        format!("{base}/{ARCHIVE}")
    }

    /// Takes what the user chose or dropped.
    pub(crate) fn take(self, chosen: Chosen) {
        spawn_local(async move {
            let files = chosen.files().await;
            let reported = files
                .iter()
                .map(|(path, file)| (path.clone(), file.bytes()));
            let reported = reported.collect();
            let kept = self.chosen.try_update_value(|kept| {
                kept.extend(files.into_iter().map(|(_, file)| file));
            });
            if kept.is_some() {
                self.give(Input::Chosen(reported));
            }
        });
    }

    /// Takes an input. After the end of the views inputs go nowhere.
    pub(crate) fn give(self, input: Input) {
        let effects = self.files.try_update(|files| files.handle(input));
        for effect in effects.unwrap_or_default() {
            spawn_local(async move {
                let input = self.perform(effect).await;
                self.give(input);
            });
        }
        let is_over = |files: &Files| files.uploads.items().is_empty();
        if self.files.try_with_untracked(is_over) == Some(true) {
            self.chosen.try_update_value(Vec::clear);
        }
    }

    async fn perform(self, effect: Effect) -> Input {
        match effect {
            Effect::List(list) => {
                let listed = self.list(&list).await.unwrap_or_else(Listed::Failed);
                Input::Listed(list, listed)
            }
            Effect::Read(path) => {
                let content = self.read(&path).await.unwrap_or_else(Content::Failed);
                Input::Read(path, content)
            }
            Effect::History(effect) => Input::History(self.perform_in_history(effect).await),
            Effect::Versions(path, effect) => {
                Input::Versions(self.perform_for_versions(&path, effect).await)
            }
            Effect::Put { path, text, tag } => {
                let answer = self.put(&path, text, tag).await;
                let answer = answer.unwrap_or_else(Answer::Failed);
                Input::Edit(edit::Input::Answered(answer))
            }
            Effect::Send(send) => {
                let index = send.index;
                let sent = self.send(send).await.unwrap_or_else(Sent::Failed);
                Input::Sent(index, sent)
            }
            Effect::Delete { path, hash } => {
                let deleted = self.delete(&path, hash).await;
                Input::Deleted(path, deleted)
            }
        }
    }

    async fn perform_in_history(self, effect: history::Effect) -> history::Input {
        match effect {
            history::Effect::List(before) => {
                let query = before.map_or_else(String::new, |before| format!("?before={before}"));
                let listed = self.get_changes(&query, Timeline::from_json).await;
                history::Input::Listed(before, listed)
            }
            history::Effect::Compare(from, to) => {
                let query = format!("/compare?from={from}&to={to}");
                let compared = self.get_changes(&query, Comparison::from_json).await;
                history::Input::Compared(to, compared)
            }
            history::Effect::Reverse(reversal, on_conflict) => {
                let reversed = self.reverse(reversal, on_conflict).await;
                history::Input::Reversed(reversed.unwrap_or_else(Reversed::Failed))
            }
        }
    }

    async fn perform_for_versions(self, path: &str, effect: versions::Effect) -> versions::Input {
        match effect {
            versions::Effect::List => {
                let query = format!("/versions?path={}", encode_segment(path));
                versions::Input::Listed(self.get_changes(&query, Versions::from_json).await)
            }
            versions::Effect::Restore(behind) => {
                versions::Input::Restored(self.restore(path.to_owned(), behind).await)
            }
        }
    }

    async fn restore(self, path: String, behind: u64) -> Result<(), String> {
        let base = self.base.try_get_value().unwrap_or_default();
        let post = Request::post(&format!("{base}/{CHANGES}/restore"))
            .json(&RestoreRequest { path, behind }.to_json())
            .within(WITHIN);
        let response = answer(post).await?;
        if response.is_success() {
            Ok(())
        } else {
            Err(refusal(&response).await)
        }
    }

    async fn get_changes<T>(
        self,
        query: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, String> {
        let base = self.base.try_get_value().unwrap_or_default();
        get_changes(&base, query, read).await
    }

    async fn reverse(
        self,
        reversal: Reversal,
        on_conflict: Option<ConflictChoice>,
    ) -> Result<Reversed, String> {
        let base = self.base.try_get_value().unwrap_or_default();
        reverse(&base, reversal, on_conflict).await
    }

    async fn list(self, list: &List) -> Result<Listed, String> {
        let mut address = self.address(&format!("{}/", list.path));
        if list.path.is_empty() {
            address = self.address("");
        }
        if let Some(after) = &list.after {
            address = format!("{address}?{AFTER}={}", encode_segment(after));
        }
        let response = answer(Request::get(&address).within(WITHIN)).await?;
        match (response.is_success(), Refused::of(response.status())) {
            (true, _) => {
                let page = Page::from_json(json(&response).await);
                let page = page.ok_or("The server's list could not be read.")?;
                Ok(Listed::Page(page))
            }
            (false, Some(Refused::NotFound)) => Ok(Listed::Gone),
            (false, _) => Err(refusal(&response).await),
        }
    }

    async fn read(self, path: &str) -> Result<Content, String> {
        let is_small = |files: &Files| {
            let file = files.tree.file(path);
            file.is_some_and(|file| file.size <= SHOWN_BYTES)
        };
        let mut part = Request::get(&self.address(path)).within(WITHIN);
        // An empty file has no range.
        if self.files.try_with_untracked(is_small) != Some(true) {
            part = part.header("Range", &format!("bytes=0-{}", SHOWN_BYTES - 1));
        }
        let response = answer(part).await?;
        let header = |name: &str| response.header(name).unwrap_or_default();
        match (response.is_success(), Refused::of(response.status())) {
            (true, _) => {}
            (false, Some(Refused::NoSuchRange)) => {
                return Ok(Content::Text {
                    text: String::new(),
                    is_cut: false,
                    tag: response.header("ETag"),
                });
            }
            (false, _) => return Err(refusal(&response).await),
        }
        let kind = header("Content-Type");
        if kind.starts_with("image/") {
            return Ok(Content::Picture(0));
        }
        if !kind.starts_with("text/") {
            return Ok(Content::Binary);
        }
        let whole = header("Content-Range");
        let whole = whole
            .rsplit_once('/')
            .and_then(|(_, size)| size.parse().ok());
        let text = text_of(&response, &kind).await?;
        Ok(Content::Text {
            text,
            is_cut: whole.is_some_and(|size: u64| size > SHOWN_BYTES),
            tag: response.header("ETag"),
        })
    }

    async fn send(self, send: Send) -> Result<Sent, String> {
        let file = self
            .chosen
            .try_with_value(|files| files.get(send.index).cloned());
        let file = file.flatten().ok_or("it is no longer at hand")?;
        let put = |address: &str| Request::put(address).within(UPLOAD_WITHIN);
        let address = self.address(&send.path);
        let upload = match &send.way {
            Way::New => put(&address).header("If-None-Match", "*"),
            Way::InPlaceOf(tag) => put(&address).header("If-Match", tag),
            Way::Unpack => put(&self.archive()),
        };
        let response = answer(upload.body(file)).await?;
        match (response.is_success(), Refused::of(response.status())) {
            (true, _) if send.way == Way::Unpack => {
                Ok(Sent::Unpacked(unpacked(json(&response).await)))
            }
            (true, _) => Ok(Sent::Done),
            (false, Some(Refused::Unexpected)) => {
                let there = answer(Request::head(&address).within(WITHIN)).await?;
                match there.header("ETag") {
                    Some(tag) => Ok(Sent::Exists { tag }),
                    None => Err(refusal(&response).await),
                }
            }
            (false, _) => Err(refusal(&response).await),
        }
    }

    async fn put(self, path: &str, text: String, tag: Option<String>) -> Result<Answer, String> {
        let put = Request::put(&format!("{}?{TEXT}", self.address(path))).within(UPLOAD_WITHIN);
        let put = match &tag {
            Some(tag) => put.header("If-Match", tag),
            None => put.header("If-None-Match", "*"),
        };
        let response = answer(put.text(text)).await?;
        match (response.is_success(), Refused::of(response.status())) {
            (true, _) => {
                storage::keep_draft(&self.draft_of(path), "");
                Ok(Answer::Done)
            }
            (false, Some(Refused::Unexpected)) => {
                let body = json(&response).await;
                let diff = body.get("diff").and_then(Value::as_str);
                Ok(Answer::Changed(Conflict {
                    tag: response.header("ETag"),
                    difference: diff.map(str::to_owned),
                }))
            }
            (false, _) => Err(refusal(&response).await),
        }
    }

    /// The name under which the browser keeps what was changed of a file.
    /// Identifies the conversation in the browser's storage.
    pub(super) fn place(&self) -> String {
        self.base.try_get_value().unwrap_or_default()
    }

    pub(super) fn draft_of(&self, path: &str) -> String {
        let base = self.base.try_get_value().unwrap_or_default();
        format!("edit{base}/{path}")
    }

    async fn delete(self, path: &str, hash: Option<String>) -> Result<(), String> {
        let mut deletion = Request::delete(&self.address(path)).within(WITHIN);
        if let Some(hash) = hash {
            deletion = deletion.header("If-Match", &format!("\"{hash}\""));
        }
        let response = answer(deletion).await?;
        match (response.is_success(), Refused::of(response.status())) {
            // Somebody else was quicker.
            (true, _) | (false, Some(Refused::NotFound)) => Ok(()),
            (false, _) => Err(refusal(&response).await),
        }
    }
}

async fn get_changes<T>(
    base: &str,
    query: &str,
    read: impl FnOnce(Value) -> Option<T>,
) -> Result<T, String> {
    let address = format!("{base}/{CHANGES}{query}");
    let response = answer(Request::get(&address).within(WITHIN)).await?;
    if !response.is_success() {
        return Err(refusal(&response).await);
    }
    read(json(&response).await).ok_or_else(|| "The server's answer could not be read.".to_owned())
}

async fn reverse(
    base: &str,
    reversal: Reversal,
    on_conflict: Option<ConflictChoice>,
) -> Result<Reversed, String> {
    let way = match reversal.way {
        history::Way::Undo => "undo",
        history::Way::Redo => "redo",
    };
    let request = UndoRequest {
        answers: reversal.answers,
        on_conflict,
        is_check: false,
        is_leaving: false,
    };
    let post = Request::post(&format!("{base}/{CHANGES}/{way}"))
        .json(&request.to_json())
        .within(WITHIN);
    let response = answer(post).await?;
    let body = json(&response).await;
    let undone = Undone::from_json(body.clone());
    match (response.is_success(), undone) {
        (true, undone) => Ok(Reversed::Done(undone.unwrap_or_default().kept)),
        (false, Some(undone)) if !undone.kept.is_empty() => Ok(Reversed::Conflict(undone.kept)),
        (false, _) => Err(refused_words(&response, body)),
    }
}
