//! The list on the page.

use std::time::Duration;

use common::{naming::encode_segment, time::Timestamp};
use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
    task::spawn_local,
};

use super::{
    FieldEvent, Suggest,
    entries::{Choice, Entry, Shelf, entries, why_empty},
    list::{Key, List},
    mention::mention,
    wanted::{Wanted, byte_at},
};
use crate::{
    browser::{clock, dom, field},
    chat::ask_models,
    commands::{Argument, Command, Line, OnPage, Runner, read, runner},
    components::Untrusted,
    workspace::paths_of,
};

/// The list of files is read again after this long.
const FRESH: Duration = Duration::from_secs(5);

/// The list, and all that it does.
#[component]
pub(super) fn Suggestions(suggest: Suggest) -> impl IntoView {
    let on_page = OnPage::of_page();
    on_page.map(|on_page| view! { <OnThisPage suggest on_page /> })
}

#[component]
fn OnThisPage(suggest: Suggest, on_page: OnPage) -> impl IntoView {
    let shelf = RwSignal::new(Shelf {
        offered: untrack(|| on_page.offered()),
        files: None,
        models: None,
    });
    Effect::new(move || {
        let offered = on_page.offered();
        shelf.update(|shelf| shelf.offered = offered);
    });
    let list = RwSignal::new(List::default());
    let entries = Memo::new(move |_| {
        list.with(|list| {
            if list.is_shown() {
                shelf.with(|shelf| entries(&list.wanted, shelf))
            } else {
                Vec::new()
            }
        })
    });
    let acts = Acts {
        suggest,
        on_page,
        runner: runner(on_page),
        list,
        entries,
        shelf,
        refused: StoredValue::new(None),
        looked: StoredValue::new(None),
    };
    acts.listen();
    view! { <ListView acts /> }
}

/// What the list does.
#[derive(Clone, Copy)]
struct Acts {
    suggest: Suggest,
    on_page: OnPage,
    runner: Runner,
    list: RwSignal<List>,
    entries: Memo<Vec<Entry>>,
    shelf: RwSignal<Shelf>,
    /// A text that was refused as a command: once more, and it is a message.
    refused: StoredValue<Option<String>>,
    /// When the files were looked for.
    looked: StoredValue<Option<Timestamp>>,
}

impl Acts {
    /// Handles the events of the composer's field, and those from before the code was there.
    fn listen(self) {
        let suggest = self.suggest;
        let listener = Callback::new(move |reported: FieldEvent| match reported {
            FieldEvent::Written => {
                self.on_page.said.set(None);
                self.look();
                false
            }
            FieldEvent::Key(event) => self.press(&event),
            FieldEvent::Sent => self.submit(),
        });
        suggest.listener.set_value(Some(listener));
        let left = window_event_listener(ev::focusout, move |event| {
            if field::is_from(&event, suggest.field) {
                self.list.update(List::hide);
            }
        });
        on_cleanup(move || {
            left.remove();
            suggest.listener.try_set_value(None);
            suggest.chosen.try_set(None);
        });
        Effect::new(move || {
            let chosen = self.chosen().map(element_id);
            suggest.chosen.set(chosen);
        });
        self.look();
        if let Some(take) = suggest.waiting.try_update_value(Option::take).flatten()
            && !self.enter()
        {
            take.run(());
        }
    }

    /// The entry that a key would take.
    fn chosen(self) -> Option<usize> {
        let count = self.entries.with(Vec::len);
        let at = self.list.with(|list| list.chosen);
        (count > 0).then(|| at.min(count - 1))
    }

    /// Looks at the text.
    fn look(self) {
        let wanted = self.wanted();
        self.fetch_for(&wanted);
        self.list.update(|list| list.written(wanted));
    }

    fn wanted(self) -> Wanted {
        let text = field::short_text_of(self.suggest.field);
        let cursor = field::cursor(self.suggest.field);
        match (text, cursor) {
            (Some(text), Some(cursor)) => Wanted::of(&text, byte_at(&text, cursor)),
            _ => Wanted::Nothing,
        }
    }

    /// Has the files or the models looked for, where they are asked for.
    fn fetch_for(self, wanted: &Wanted) {
        let Some(current) = self.on_page.conversation.get_untracked() else {
            return;
        };
        let shelf = self.shelf;
        match wanted {
            Wanted::Files { .. } => {
                let now = clock::now();
                let is_fresh = |at: Timestamp| now.since(at) < FRESH;
                if self.looked.get_value().is_some_and(is_fresh) {
                    return;
                }
                self.looked.set_value(Some(now));
                let name = encode_segment(&current.name.get_value());
                spawn_local(async move {
                    let paths = paths_of(&name).await;
                    shelf.try_update(|shelf| shelf.files = Some(paths));
                });
            }
            Wanted::Values(command, _) if command.argument == Argument::Model => {
                // A list that could not be had is asked for again with the next letter.
                if shelf.with_untracked(|shelf| matches!(shelf.models, Some(Ok(_)))) {
                    return;
                }
                let models = ask_models(current.chat);
                spawn_local(async move {
                    let models = models.await;
                    shelf.try_update(|shelf| shelf.models = Some(models));
                });
            }
            Wanted::Nothing | Wanted::Commands(_) | Wanted::Values(..) => {}
        }
    }

    fn press(self, event: &KeyboardEvent) -> bool {
        // An input method takes its keys first; Safari tells by the key code alone.
        let is_composing = event.is_composing() || event.key_code() == 229;
        let has_other = event.ctrl_key() || event.alt_key() || event.meta_key();
        let is_shown = self.list.with_untracked(List::is_shown);
        let key = Key::of(&event.key(), event.shift_key());
        let Some(key) = key.filter(|_| is_shown && !is_composing && !has_other) else {
            return false;
        };
        let is_empty = self.entries.with_untracked(Vec::is_empty);
        let says_why = untrack(|| self.why_empty()).is_some();
        match key {
            Key::Leave => {
                self.list.update(List::hide);
                return false;
            }
            Key::Dismiss if !is_empty || says_why => self.list.update(List::dismiss),
            _ if is_empty => return false,
            Key::Next | Key::Previous => {
                let count = self.entries.with_untracked(Vec::len);
                self.list.update(|list| list.step(key, count));
            }
            Key::Take | Key::Complete => {
                if let Some(at) = untrack(|| self.chosen()) {
                    self.choose(at, key);
                }
            }
            Key::Dismiss => return false,
        }
        event.prevent_default();
        true
    }

    /// Takes an entry.
    fn choose(self, at: usize, key: Key) {
        let entry = self
            .entries
            .with_untracked(|entries| entries.get(at).cloned());
        let Some(Entry { choice, .. }) = entry else {
            return;
        };
        match (choice, key) {
            (Choice::Command(command), Key::Take) if !command.argument.is_word() => {
                self.run(command, "");
            }
            (Choice::Command(command), _) => {
                let after = if command.argument == Argument::None {
                    ""
                } else {
                    " "
                };
                self.write_line(command, after);
            }
            (Choice::Value(command, value), Key::Complete) => {
                self.write_line(command, &format!(" {value}"));
            }
            (Choice::Value(command, value), _) => self.run(command, &value),
            (Choice::File(path), _) => {
                // The cursor may have moved since the list was made.
                if let Wanted::Files { place, .. } = self.wanted() {
                    let text = format!("{} ", mention(&path));
                    field::write_at(self.suggest.field, place, &text);
                }
            }
        }
    }

    fn run(self, command: &'static Command, argument: &str) {
        field::take_text(self.suggest.field);
        field::tell_written(self.suggest.field);
        self.runner.run(command.action, argument);
    }

    fn write_line(self, command: &'static Command, after: &str) {
        let name = command.slash.unwrap_or_default();
        let field = self.suggest.field;
        let end = field::text_of(field).map_or(0, |text| text.len());
        field::write_at(field, 0..end, &format!("/{name}{after}"));
    }

    /// Handles an Enter that came before this code: it takes what the list would have shown. Whether nobody else is to take it.
    fn enter(self) -> bool {
        let is_shown = self.list.with_untracked(List::is_shown);
        match untrack(|| self.chosen()).filter(|_| is_shown) {
            Some(at) => {
                self.choose(at, Key::Take);
                true
            }
            None => self.submit(),
        }
    }

    /// Runs what is a command. Whether nobody else is to take it: what looks like a command and is none is refused once.
    fn submit(self) -> bool {
        let Some(text) = field::short_text_of(self.suggest.field) else {
            return false;
        };
        let is_refused = self
            .refused
            .with_value(|refused| refused.as_ref() == Some(&text));
        let offered = self.shelf.with_untracked(|shelf| shelf.offered);
        match read(&text, offered) {
            Line::Message => return false,
            Line::Run(command, argument) => self.run(command, &argument),
            Line::Refused(_) if is_refused => {
                self.refused.set_value(None);
                self.on_page.said.set(None);
                return false;
            }
            Line::Refused(why) => {
                self.list.update(List::dismiss);
                self.on_page
                    .say(format!("{why} Send it once more to send it as a message."));
                self.refused.set_value(Some(text));
            }
        }
        true
    }

    fn why_empty(self) -> Option<String> {
        self.list.with(|list| {
            let is_empty = list.is_shown() && self.entries.with(Vec::is_empty);
            is_empty.then(|| self.shelf.with(|shelf| why_empty(&list.wanted, shelf)))?
        })
    }
}

fn element_id(at: usize) -> String {
    format!("suggestion-{at}")
}

#[component]
fn ListView(acts: Acts) -> impl IntoView {
    let Acts { list, entries, .. } = acts;
    Effect::new(move || {
        if let Some(at) = acts.chosen() {
            request_animation_frame(move || dom::show_in_list(&format!("#{}", element_id(at))));
        }
    });
    let label = move || {
        list.with(|list| match list.wanted {
            Wanted::Nothing | Wanted::Commands(_) => "Commands",
            Wanted::Values(..) => "Values",
            Wanted::Files { .. } => "Files",
        })
    };
    let option = move |(at, entry): (usize, Entry)| {
        view! {
            <li
                id=element_id(at)
                role="option"
                aria-selected=move || (acts.chosen() == Some(at)).to_string()
                on:click=move |_| acts.choose(at, Key::Take)
            >
                <EntryWords entry />
            </li>
        }
    };
    let options = move || {
        entries
            .get()
            .into_iter()
            .enumerate()
            .map(option)
            .collect_view()
    };
    let why = move || acts.why_empty().unwrap_or_default();
    let reported = move || match entries.with(Vec::len) {
        0 => why(),
        1 => "1 suggestion".to_owned(),
        count => format!("{count} suggestions"),
    };
    view! {
        <div
            class="offers"
            hidden=move || entries.with(Vec::is_empty) && acts.why_empty().is_none()
            // The field keeps the focus, and the keyboard on glass.
            on:mousedown=move |event| event.prevent_default()
        >
            <Show when=move || entries.with(|entries| !entries.is_empty())>
                <ul id="suggestions" role="listbox" aria-label=label tabindex="0">
                    {options}
                </ul>
            </Show>
            <p class="offers-why" aria-hidden="true">
                {why}
            </p>
        </div>
        <p class="visually-hidden" role="status">
            {reported}
        </p>
    }
}

#[component]
fn EntryWords(entry: Entry) -> impl IntoView {
    let Entry {
        name,
        argument,
        words,
        choice,
    } = entry;
    let name = match choice {
        Choice::File(path) => view! { <Untrusted text=path /> }.into_any(),
        Choice::Command(_) | Choice::Value(..) => view! { <bdi>{name}</bdi> }.into_any(),
    };
    view! {
        <span class="offer-name">
            {name} {(!argument.is_empty()).then(|| view! { <span class="offer-argument">" " {argument}</span> })}
        </span>
        {(!words.is_empty()).then(|| view! { <bdi class="offer-words">{words}</bdi> })}
    }
}
