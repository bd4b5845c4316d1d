//! What the composer knows of the attached files: whether the message can be sent. All else is in a piece of its own.

use common::message::FilePart;
use leptos::{ev::ClipboardEvent, prelude::*};

use super::outlook::Outlook;
use crate::{
    browser::{arrivals, storage},
    chat::UseChat,
};

/// How a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It waits for its turn.
    Send,
    /// The running turn hears it at its next step.
    Steer,
}

/// The files attached to the message that is being written.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the driver is the browser's")
)]
pub(crate) struct Attachments {
    /// The name of the conversation; `None`: it begins with the message.
    pub(super) conversation: StoredValue<Option<String>>,
    /// Under which name the browser keeps them.
    pub(super) draft: StoredValue<String>,
    is_open: RwSignal<bool>,
    /// How often files came that [`arrivals::take_arrived`] has.
    pub(super) arrivals: RwSignal<u32>,
    pub(super) outlook: RwSignal<Outlook>,
    /// The message is to be sent once the files are there.
    pub(super) due: RwSignal<Option<Way>>,
    /// Files of a message that was taken back.
    pub(super) given_back: RwSignal<Vec<FilePart>>,
    /// Takes the files out for the message, once the piece is there.
    pub(super) taking: StoredValue<Option<Callback<(), Vec<FilePart>>>>,
    /// Whether files were taken that follow to the page of the conversation.
    pub(super) follows: StoredValue<bool>,
    /// The conversation, once it is there.
    pub(super) chat: StoredValue<Option<UseChat>>,
    /// Puts a text into the message.
    pub(super) on_text: StoredValue<Option<Callback<String>>>,
}

impl Attachments {
    /// Those of the start page.
    pub(crate) fn of_start() -> Self {
        Self::new(None, "attached/home".to_owned(), None)
    }

    /// Those of a conversation. `due`: files come from the start page, and the message is sent once they are there.
    pub(crate) fn of_conversation(name: &str, due: Option<Way>) -> Self {
        Self::new(Some(name.to_owned()), format!("attached/chat/{name}"), due)
    }

    fn new(conversation: Option<String>, draft: String, due: Option<Way>) -> Self {
        let outlook = match due {
            Some(_) => Outlook::Busy,
            None => Outlook::Empty,
        };
        let attachments = Self {
            conversation: StoredValue::new(conversation),
            draft: StoredValue::new(draft),
            is_open: RwSignal::new(due.is_some()),
            arrivals: RwSignal::new(0),
            outlook: RwSignal::new(outlook),
            due: RwSignal::new(due),
            given_back: RwSignal::new(Vec::new()),
            taking: StoredValue::new(None),
            follows: StoredValue::new(false),
            chat: StoredValue::new(None),
            on_text: StoredValue::new(None),
        };
        let arrived = Callback::new(move |()| attachments.arrive());
        arrivals::on_drop_into_message(arrived);
        arrivals::on_paste_into_message(arrived);
        attachments
    }

    /// Shows what was attached when the page was left. `on_text` puts a text into the message.
    pub(crate) fn begin(self, chat: Option<UseChat>, on_text: Callback<String>) {
        self.chat.set_value(chat);
        self.on_text.set_value(Some(on_text));
        let kept = self.draft.with_value(|draft| storage::draft(draft));
        if kept.is_some_and(|kept| !kept.is_empty()) {
            self.open();
        }
    }

    /// Whether there are, or were, any.
    pub(super) fn is_open(self) -> bool {
        self.is_open.get()
    }

    /// Files came.
    pub(super) fn arrive(self) {
        self.open();
        self.arrivals
            .update(|arrivals| *arrivals = arrivals.wrapping_add(1));
    }

    /// Until the piece is there and says otherwise, there are files on their way.
    fn open(self) {
        self.outlook.set(Outlook::Busy);
        self.is_open.set(true);
    }

    /// Takes files, or a long text, out of what is pasted. The rest is the field's.
    pub(crate) fn paste(self, event: &ClipboardEvent) {
        if arrivals::paste(event) {
            self.arrive();
        }
    }

    /// The files of a message that was taken back.
    pub(crate) fn give_back(self, files: Vec<FilePart>) {
        if !files.is_empty() {
            self.open();
            self.given_back.set(files);
        }
    }

    /// Whether the message has to wait for its files. It is then sent by itself: [`Attachments::take_due`].
    pub(crate) fn hold(self, way: Way) -> bool {
        match self.outlook.get_untracked() {
            Outlook::Empty | Outlook::Ready => false,
            Outlook::Busy | Outlook::Blocked => {
                self.due.set(Some(way));
                true
            }
        }
    }

    /// How the message is to be sent that has waited for its files, once they are there.
    pub(crate) fn take_due(self) -> Option<Way> {
        let is_there = matches!(self.outlook.get(), Outlook::Empty | Outlook::Ready);
        let due = self.due.get().filter(|_| is_there);
        if due.is_some() {
            self.due.set(None);
        }
        due
    }

    /// Takes the files out for the message. On the start page that gives none: they follow to the conversation's page, as
    /// [`Attachments::follow`] says.
    pub(crate) fn take(self) -> Vec<FilePart> {
        let taking = self.taking.try_get_value().flatten();
        taking
            .and_then(|taking| taking.try_run(()))
            .unwrap_or_default()
    }

    /// Whether files that were taken follow to the page of the conversation, which is new.
    pub(crate) fn follow(self) -> bool {
        self.follows
            .try_update_value(std::mem::take)
            .unwrap_or_default()
    }
}
