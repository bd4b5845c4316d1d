//! Runs the effects of the list.

use std::cell::RefCell;

use common::{
    attachments::PICTURE_BYTES,
    message::FilePart,
    naming::{AGENTS_PREFIX, CODER_AGENT, decode_segment, encode_segment},
    workspace::FILES,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Attachments,
    item::{Item, New, Origin},
    kept,
    list::{self, Input, List, Place},
    outlook::Outlook,
    shrink,
};
use crate::{
    browser::{
        arrivals, blobs,
        events::{PageEvent, listen},
        files::{Arrival, Chosen, File, FileAddress},
        http::Request,
        picture, storage,
        task::Task,
        timer::sleep,
    },
    update,
};

/// The attached files, for their views.
#[derive(Clone, Copy)]
pub(super) struct Driver {
    /// What is shown.
    pub(super) list: RwSignal<List>,
    pub(super) attachments: Attachments,
    /// Where the message is written.
    pub(super) place: Place,
    held: StoredValue<Vec<Held>, LocalStorage>,
    /// What is kept now.
    kept: StoredValue<String>,
    /// Whether the files of an earlier page are in the list.
    is_restored: RwSignal<bool>,
    /// How often files came that are not in the list yet.
    adding: StoredValue<u32>,
}

/// What the browser has of a file.
struct Held {
    id: String,
    /// Its bytes, while they may be needed.
    file: Option<File>,
    /// Where a picture is shown from.
    address: Option<FileAddress>,
    /// Dropping it ends the upload.
    upload: Option<Task>,
}

thread_local! {
    /// The files of a first message on their way from the start page to the page of its conversation.
    static MOVED: RefCell<Option<(Vec<Item>, Vec<Held>)>> = const { RefCell::new(None) };
}

/// A picture that is too large for a model is made smaller, where the browser can do that; with its size before.
async fn smaller(arrival: Arrival) -> (Arrival, Option<u64>) {
    let size = arrival.file.bytes();
    if !shrink::is_wanted(&arrival.file.media_type(), size) {
        return (arrival, None);
    }
    let path = shrink::name(&arrival.path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let shrunk = picture::shrunk(&arrival.file, name, PICTURE_BYTES, shrink::sizes).await;
    match shrunk {
        Some(file) => {
            let arrival = Arrival {
                path,
                file,
                ..arrival
            };
            (arrival, Some(size))
        }
        None => (arrival, None),
    }
}

impl Driver {
    /// Takes what has arrived; lives as long as the current owner.
    pub(super) fn start(attachments: Attachments) -> Self {
        let is_start = attachments.conversation.with_value(Option::is_none);
        let place = if is_start {
            Place::Start
        } else {
            Place::Conversation
        };
        let driver = Self {
            list: RwSignal::new(List::new(place)),
            attachments,
            place,
            held: StoredValue::new_local(Vec::new()),
            kept: StoredValue::new(String::new()),
            is_restored: RwSignal::new(false),
            adding: StoredValue::new(0),
        };
        spawn_local(async move {
            driver.restore().await;
            driver.is_restored.try_set(true);
        });
        driver.follow();
        let taking = Callback::new(move |()| driver.take());
        attachments.taking.set_value(Some(taking));
        on_cleanup(move || {
            attachments.taking.try_set_value(None);
        });
        listen(move |event| match event {
            PageEvent::Online | PageEvent::Shown => driver.give(Input::TriedAgain),
            PageEvent::Offline => {}
        });
        driver.hold_updates();
        driver
    }

    /// Takes the files of an earlier page.
    async fn restore(self) {
        let moved = match self.place {
            Place::Start => None,
            Place::Conversation if self.attachments.due.get_untracked().is_some() => MOVED.take(),
            Place::Conversation => None,
        };
        if let Some((items, held)) = moved {
            self.held.try_update_value(|all| all.extend(held));
            return self.give(Input::Restored(items));
        }
        let draft = self.attachments.draft.try_get_value().unwrap_or_default();
        let items = storage::draft(&draft).map_or_else(Vec::new, |text| kept::decode(&text));
        let mut missing = Vec::new();
        for item in &items {
            match blobs::kept(&item.id).await {
                Some(file) => self.hold(&item.id, file),
                None => missing.push(item.id.clone()),
            }
        }
        self.give(Input::Restored(items));
        for id in missing {
            self.give(Input::Missed(id));
        }
    }

    /// Takes what comes, once what was there before is there again.
    fn follow(self) {
        let Attachments {
            arrivals,
            given_back,
            ..
        } = self.attachments;
        Effect::new(move || {
            arrivals.get();
            let files = given_back.get();
            if !self.is_restored.get() {
                return;
            }
            if !files.is_empty() {
                given_back.set(Vec::new());
                let items = kept::given_back(files, |url| self.path(url), blobs::fresh_key);
                self.give(Input::Restored(items));
            }
            match arrivals::take_arrived() {
                Some(chosen) => {
                    self.adding.update_value(|adding| *adding += 1);
                    spawn_local(self.add(chosen));
                }
                None => self.look(),
            }
        });
    }

    async fn add(self, chosen: Chosen) {
        let mut new = Vec::new();
        for arrival in chosen.all().await {
            let (arrival, made_of) = smaller(arrival).await;
            let id = blobs::fresh_key();
            self.hold(&id, arrival.file.clone());
            new.push(New {
                id: id.clone(),
                name: arrival.path,
                media_type: arrival.file.media_type(),
                size: arrival.file.bytes(),
                made_of,
                origin: if arrival.is_pasted {
                    Origin::Pasted
                } else {
                    Origin::Chosen
                },
            });
            // It may not be kept; then it lives as long as the page.
            spawn_local(async move {
                blobs::keep(&id, &arrival.file).await;
            });
        }
        self.adding
            .try_update_value(|adding| *adding = adding.saturating_sub(1));
        self.give(Input::Added(new));
    }

    fn hold(self, id: &str, file: File) {
        self.held.try_update_value(|all| {
            all.push(Held {
                id: id.to_owned(),
                address: file.address(),
                file: Some(file),
                upload: None,
            });
        });
    }

    /// A page with files on their way is not reloaded by itself.
    fn hold_updates(self) {
        if let Some(update) = update::Update::of_page() {
            let is_uploading = Memo::new(move |_| self.list.with(List::is_uploading));
            Effect::new(move || update.note(|busy| busy.attachments = is_uploading.get()));
            on_cleanup(move || update.note(|busy| busy.attachments = false));
        }
    }

    /// Takes an input. After the end of the views inputs go nowhere.
    pub(super) fn give(self, input: Input) {
        let is_progress = matches!(input, Input::Progressed(..));
        let Some(effects) = self.list.try_update(|list| list.handle(input)) else {
            return;
        };
        for effect in effects {
            self.perform(effect);
        }
        if !is_progress {
            self.keep();
            self.look();
        }
    }

    /// Keeps the files with the draft.
    fn keep(self) {
        let items = self.list.with_untracked(|list| kept::encode(list.items()));
        if self.kept.with_value(|kept| *kept != items) {
            self.attachments
                .draft
                .with_value(|draft| storage::keep_draft(draft, &items));
            self.kept.set_value(items);
        }
    }

    /// Tells the composer what the files mean for the message. While some are not in the list it holds the message back.
    fn look(self) {
        if !self.is_restored.get_untracked() || self.adding.get_value() > 0 {
            return;
        }
        let outlook = self.list.with_untracked(List::outlook);
        if self.attachments.outlook.get_untracked() != outlook {
            self.attachments.outlook.set(outlook);
        }
    }

    /// The files for the message. From the start page they follow to the page of the conversation.
    fn take(self) -> Vec<FilePart> {
        let items = self.list.with_untracked(|list| list.items().to_vec());
        if self.place == Place::Conversation {
            let parts = kept::parts(&items, |path| self.address(path));
            self.give(Input::Taken);
            return parts;
        }
        let held = self.held.try_update_value(std::mem::take);
        self.list.set(List::new(Place::Start));
        self.keep();
        self.attachments.follows.set_value(!items.is_empty());
        MOVED.set(Some((items, held.unwrap_or_default())));
        self.attachments.outlook.set(Outlook::Empty);
        Vec::new()
    }

    fn perform(self, effect: list::Effect) {
        match effect {
            list::Effect::Send { id, path, way } => {
                let of = id.clone();
                let upload = Task::spawn(async move {
                    let answer = self.send(&id, &path, way).await;
                    self.give(Input::Answered(id, answer));
                });
                self.with_held(&of, |held| held.upload = Some(upload));
            }
            list::Effect::Drop(id) => {
                let is_shown = self.list.with_untracked(|list| list.get(&id).is_some());
                self.held.try_update_value(|all| {
                    all.retain_mut(|held| {
                        if held.id == id {
                            held.file = None;
                        }
                        held.id != id || is_shown
                    });
                });
                spawn_local(async move { blobs::forget(&id).await });
            }
            list::Effect::Delete { path, tag } => {
                let deletion = Request::delete(&self.address(&path)).header("If-Match", &tag);
                // What stays is in sight among the files.
                spawn_local(async move { drop(deletion.send().await) });
            }
            list::Effect::TryAfter(wait) => spawn_local(async move {
                sleep(wait).await;
                self.give(Input::TriedAgain);
            }),
        }
    }

    fn with_held(self, id: &str, change: impl FnOnce(&mut Held)) {
        self.held.try_update_value(|all| {
            if let Some(held) = all.iter_mut().find(|held| held.id == id) {
                change(held);
            }
        });
    }

    pub(super) fn file(self, id: &str) -> Option<File> {
        let find = |all: &Vec<Held>| {
            let held = all.iter().find(|held| held.id == id)?;
            held.file.clone()
        };
        self.held.try_with_value(find).flatten()
    }

    /// Where a picture can be shown from.
    pub(super) fn picture(self, item: &Item) -> Option<String> {
        let find = |all: &Vec<Held>| {
            let held = all.iter().find(|held| held.id == item.id)?;
            held.address.as_ref().map(FileAddress::url)
        };
        let own = self.held.try_with_value(find).flatten();
        own.or_else(|| item.path().map(|path| self.address(path)))
    }

    /// Puts a pasted text into the message instead.
    pub(super) fn paste_as_text(self, id: String) {
        let file = self.file(&id);
        spawn_local(async move {
            let text = match file {
                Some(file) => file.read().await,
                None => None,
            };
            match (text, self.attachments.on_text.try_get_value().flatten()) {
                (Some(text), Some(on_text)) => {
                    self.give(Input::Removed(id));
                    on_text.try_run(text);
                }
                _ => self.give(Input::Missed(id)),
            }
        });
    }

    pub(super) fn base(self) -> String {
        let name = self.attachments.conversation.try_get_value().flatten();
        let name = encode_segment(&name.unwrap_or_default());
        format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{name}")
    }

    /// Where a file of the workspace is.
    pub(super) fn address(self, path: &str) -> String {
        let path: Vec<String> = path.split('/').map(encode_segment).collect();
        format!("{}/{FILES}/{}", self.base(), path.join("/"))
    }

    /// Which file of the workspace is there.
    fn path(self, address: &str) -> Option<String> {
        let path = address.strip_prefix(&format!("{}/{FILES}/", self.base()))?;
        let path: Vec<String> = path.split('/').map(decode_segment).collect();
        Some(path.join("/"))
    }
}
