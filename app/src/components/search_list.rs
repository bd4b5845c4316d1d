//! A field, and below it a list of what it finds.

use leptos::{ev::KeyboardEvent, prelude::*};

use crate::browser::dom;

/// The field and the list. The arrow keys go through the list while the field keeps the focus; Enter and a press take an entry.
#[component]
pub(crate) fn SearchList<T>(
    /// What the ids of its elements begin with.
    id: &'static str,
    /// What can be found, for the field.
    label: &'static str,
    /// What is looked for.
    query: RwSignal<String>,
    /// What is found.
    #[prop(into)]
    found: Signal<Vec<T>>,
    /// An entry as it is shown.
    entry: fn(T) -> AnyView,
    /// Takes an entry.
    on_choose: Callback<T>,
    /// Why nothing is found.
    #[prop(into, default = Signal::stored("Nothing was found.".to_owned()))]
    nothing: Signal<String>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let chosen = RwSignal::new(0_usize);
    let active = move || found.with(|found| chosen.get().min(found.len().saturating_sub(1)));
    let element = move |at: usize| format!("{id}-{at}");
    Effect::new(move || {
        let selector = format!("#{}", element(active()));
        request_animation_frame(move || dom::show_in_list(&selector));
    });
    let choose = move |at: usize| {
        if let Some(entry) = found.with_untracked(|found| found.get(at).cloned()) {
            on_choose.run(entry);
        }
    };
    let press = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let at = untrack(active);
        let next = match event.key().as_str() {
            "ArrowDown" if count > 0 => (at + 1) % count,
            "ArrowUp" if count > 0 => (at + count - 1) % count,
            "Enter" if !event.is_composing() && event.key_code() != 229 => {
                event.prevent_default();
                return choose(at);
            }
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
    };
    let option = move |(at, content): (usize, T)| {
        view! {
            <li
                id=element(at)
                role="option"
                aria-selected=move || (active() == at).to_string()
                on:click=move |_| choose(at)
            >
                {entry(content)}
            </li>
        }
    };
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(option)
            .collect_view()
    };
    let count = move || match found.with(Vec::len) {
        0 => nothing.get(),
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let list = format!("{id}-list");
    view! {
        <input
            class="search-field"
            role="combobox"
            aria-label=label
            aria-expanded="true"
            aria-controls=list.clone()
            aria-autocomplete="list"
            aria-activedescendant=move || found.with(|found| !found.is_empty()).then(|| element(active()))
            placeholder=label
            autocomplete="off"
            spellcheck="false"
            autofocus
            on:keydown=press
            on:input=move |event| {
                query.set(event_target_value(&event));
                chosen.set(0);
            }
        />
        <ul id=list class="search-found" role="listbox" aria-label="Found">
            {options}
        </ul>
        <p class="search-count" role="status">
            {count}
        </p>
    }
}
