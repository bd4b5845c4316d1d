//! The list beside the page.

use common::client::Connection;
#[cfg(feature = "hydrate")]
use futures::FutureExt;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos::{ev::KeyboardEvent, html::Input as Field, prelude::*};

use super::{
    Conversations,
    groups::groups,
    list::{Input, Shelf},
    pages::Loading,
    panel::Panel,
    results::Results,
    row::{Row, RowState},
    row_menu::RowMenu,
    toasts::Toasts,
};
use crate::{
    browser::dom,
    components::{Alert, Border, Button, ButtonKind, Icon, Separator},
};
#[cfg(feature = "hydrate")]
use crate::{
    browser::kept::{self, Kept},
    piece::after,
};

const BORDER: Border = Border {
    label: "Width of the conversations",
    part: ".sidebar",
    measure: "--sidebar-width",
    least: 200.0,
    is_at_end: false,
};

/// The whole of it; `style/sidebar.css` has the same.
#[cfg(feature = "hydrate")]
const PART: &str = ".sidebar-part";

/// The person's conversations, where there is a list.
///
/// The code is a piece of its own. Before it is there, what the server sent can be read and its links work; what the reader
/// writes is kept, and the button that was pressed last does its work afterwards.
#[component]
pub(crate) fn Sidebar() -> impl IntoView {
    let parts = Conversations::of_page().zip(Panel::of_page());
    parts.map(|(conversations, panel)| shown(conversations, panel))
}

#[cfg(not(feature = "hydrate"))]
fn shown(conversations: Conversations, panel: Panel) -> AnyView {
    view! { <List conversations panel /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(conversations: Conversations, panel: Panel) -> AnyView {
    let list = move || {
        piece(conversations, panel)
            .now_or_never()
            .and_then(Result::ok)
    };
    // Without content: what the server sent stays until there is something to replace it.
    let pressed = StoredValue::new(None::<u32>);
    let waiting = move || {
        let press = move |event| {
            pressed.try_update_value(|pressed| *pressed = kept::pressed(&event, PART));
        };
        View::new(view! { <div class="sidebar-part" on:click=press></div> }.into_any()).into_any()
    };
    let arrived = move |show: &dyn Fn()| {
        let kept = Kept::of(PART).with_pressed(pressed.try_get_value().flatten());
        show();
        request_animation_frame(move || kept.give_to(PART));
    };
    after(list, || Box::pin(load_sidebar()), waiting, arrived)
}

/// The code, which the browser fetches as a piece; `load_sidebar` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(sidebar, wasm_split_path = leptos::wasm_split, fallible, preload(load_sidebar))]
fn piece(conversations: Conversations, panel: Panel) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <List conversations panel /> }.into_any())
}

#[component]
fn List(conversations: Conversations, panel: Panel) -> impl IntoView {
    let current = Conversations::current();
    Effect::new(move || {
        conversations.give(Input::Current(current.get()));
        panel.uncover();
        request_animation_frame(|| dom::show_in_list(".sidebar-list [aria-current]"));
    });
    panel.can_cover();
    Effect::new(move || dom::set_root("data-over", panel.covers().then_some("")));
    let rows = RowState::new(current);
    let close_by_key = move |event: KeyboardEvent| {
        // No element of the list has handled the key.
        if event.key() == "Escape" && !event.default_prevented() && panel.covers() {
            panel.hide();
        }
    };
    let is_searching = Memo::new(move |_| conversations.list.with(|list| list.search.is_on()));
    let hide = move |_| panel.hide();
    view! {
        <div class="sidebar-part">
        <div class="sidebar-veil" aria-hidden="true" on:click=hide></div>
        <nav class="sidebar" id="sidebar" aria-label="Conversations" on:keydown=close_by_key>
            <div class="sidebar-head">
                <a class="header-home" href="/" aria-label="Coder, home">
                    <Icon class="mark" />
                    <span>"Coder"</span>
                </a>
                <button
                    type="button"
                    class="button button-quiet sidebar-close"
                    aria-label="Hide conversations"
                    on:click=hide
                >
                    <Icon class="icon icon-sidebar" />
                </button>
            </div>
            <a class="button sidebar-new" href="/">
                <Icon class="icon icon-plus" />
                "New conversation"
            </a>
            <Filter conversations rows />
            <Trouble conversations />
            <div class="sidebar-list">
                <Show
                    when=move || is_searching.get()
                    fallback=move || view! { <Listed conversations rows /> }
                >
                    <Results conversations rows />
                </Show>
            </div>
            <div class="sidebar-foot">
                <a class="button button-quiet" href="/settings">
                    "Settings"
                </a>
            </div>
            <RowMenu conversations rows />
            <Separator border=BORDER />
        </nav>
        <Toasts conversations rows />
        </div>
    }
}

/// The search field: searches titles at once, then all messages.
#[component]
fn Filter(conversations: Conversations, rows: RowState) -> impl IntoView {
    let field = NodeRef::<Field>::new();
    let clear = move |event: KeyboardEvent| {
        let is_searching = conversations
            .list
            .with_untracked(|list| list.search.is_on());
        if event.key() == "Escape" && is_searching {
            event.prevent_default();
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            conversations.give(Input::Query(String::new()));
        }
    };
    view! {
        <input
            node_ref=field
            type="search"
            class="field sidebar-filter"
            aria-label="Search conversations"
            placeholder="Search"
            autocomplete="off"
            maxlength="200"
            on:blur=move |_| rows.moved_on()
            on:keydown=clear
            on:input=move |event| conversations.give(Input::Query(event_target_value(&event)))
        />
    }
}

/// Reports that the list may be outdated, and failed changes. The conversation itself is not affected.
#[component]
fn Trouble(conversations: Conversations) -> impl IntoView {
    let connection = conversations.connection();
    let is_down = Memo::new(move |_| match connection.get() {
        Connection::Reconnecting { .. } | Connection::Offline | Connection::Refused(_) => true,
        Connection::Connecting => conversations.has_failed,
        Connection::Connected => false,
    });
    let retry = Callback::new(move |()| conversations.reconnect());
    let problem = Memo::new(move |_| conversations.list.with(|list| list.problem.clone()));
    let dismiss = Callback::new(move |()| {
        dom::focus_first(".sidebar-filter");
        conversations.give(Input::Dismissed);
    });
    view! {
        <Show when=move || is_down.get()>
            <div class="sidebar-note" aria-live="polite">
                <span>"The list is not up to date."</span>
                <Button kind=ButtonKind::Plain on_press=retry>
                    "Reconnect"
                </Button>
            </div>
        </Show>
        {move || {
            problem
                .get()
                .map(|text| {
                    view! {
                        <Alert text>
                            <Button kind=ButtonKind::Quiet on_press=dismiss>
                                "Dismiss"
                            </Button>
                        </Alert>
                    }
                })
        }}
    }
}

/// The list by date, followed by the archived conversations.
#[component]
fn Listed(conversations: Conversations, rows: RowState) -> impl IntoView {
    let groups = Memo::new(move |_| {
        let time = conversations.time.get();
        conversations.rows.with(|rows| groups(rows, time))
    });
    let is_empty = Memo::new(move |_| conversations.rows.with(Vec::is_empty));
    let group = move |label: String| {
        let heading = label.clone();
        let names = Memo::new(move |_| {
            groups.with(|groups| {
                let group = groups.iter().find(|group| group.label == label);
                group.map(|group| group.names.clone()).unwrap_or_default()
            })
        });
        view! {
            <section class="sidebar-group">
                <h2>{heading.clone()}</h2>
                <ul aria-label=heading>
                    <For each=move || names.get() key=String::clone let:name>
                        <Row conversations rows name shelf=Shelf::Listed />
                    </For>
                </ul>
            </section>
        }
    };
    let labels = move || {
        groups.with(|groups| {
            let labels = groups.iter().map(|group| group.label.clone());
            labels.collect::<Vec<_>>()
        })
    };
    view! {
        <For each=labels key=String::clone children=group />
        <Show when=move || is_empty.get() && !conversations.has_failed>
            <p class="sidebar-empty">"Your conversations will be listed here."</p>
        </Show>
        <More conversations rows shelf=Shelf::Listed />
        <Archived conversations rows />
    }
}

/// The archived conversations, once they are opened.
#[component]
fn Archived(conversations: Conversations, rows: RowState) -> impl IntoView {
    let list = conversations.list;
    let count = Memo::new(move |_| list.with(|list| list.archived_count()));
    let archived = Memo::new(move |_| list.with(|list| list.archived_rows()));
    let is_open = move || archived.with(Option::is_some);
    let names = move || {
        let rows = archived.get().unwrap_or_default().into_iter();
        rows.map(|row| row.name).collect::<Vec<_>>()
    };
    view! {
        <Show when=move || count.get() != 0 || is_open()>
            <section class="sidebar-group">
                <button
                    type="button"
                    class="button button-quiet sidebar-archived"
                    aria-expanded=move || is_open().to_string()
                    on:click=move |_| conversations.give(Input::Archived(!is_open()))
                >
                    {move || format!("Archived ({})", count.get())}
                </button>
                <Show when=is_open>
                    <ul aria-label="Archived">
                        <For each=names key=String::clone let:name>
                            <Row conversations rows name shelf=Shelf::Archived />
                        </For>
                    </ul>
                    <More conversations rows shelf=Shelf::Archived />
                </Show>
            </section>
        </Show>
    }
}

/// The button that loads more of a list.
#[component]
fn More(conversations: Conversations, rows: RowState, shelf: Shelf) -> impl IntoView {
    let state = Memo::new(move |_| {
        conversations.list.with(|list| {
            let pages = list.pages(shelf)?;
            Some((pages.has_more(), pages.loading.clone()))
        })
    });
    let class = match shelf {
        Shelf::Listed => "sidebar-more",
        Shelf::Archived => "sidebar-more sidebar-more-archived",
    };
    let names = move || {
        let list = match shelf {
            Shelf::Listed => conversations.rows.get(),
            Shelf::Archived => conversations
                .list
                .with(|list| list.archived_rows())
                .unwrap_or_default(),
        };
        list.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    // The button may go: the focus moves to the first new conversation.
    let shown = StoredValue::new(None::<usize>);
    let press = Callback::new(move |()| {
        shown.set_value(Some(untrack(names).len()));
        conversations.give(Input::More(shelf));
    });
    Effect::new(move || {
        let names = names();
        if let Some(first) = shown.get_value().and_then(|shown| names.get(shown)) {
            shown.set_value(None);
            rows.focus(first);
        }
    });
    view! {
        {move || match state.get() {
            Some((_, Loading::Failed(words))) => {
                let text = format!("The rest of the list could not be loaded. {words}");
                Some(view! {
                    <Alert text>
                        <Button kind=ButtonKind::Plain on_press=press>
                            "Try again"
                        </Button>
                    </Alert>
                }
                .into_any())
            }
            Some((true, loading)) => {
                let is_busy = loading == Loading::Underway;
                Some(view! {
                    <button
                        type="button"
                        class=format!("button button-quiet {class}")
                        aria-busy=is_busy.then_some("true")
                        on:click=move |_| press.run(())
                    >
                        {if is_busy { "Loading…" } else { "Show more" }}
                    </button>
                }
                .into_any())
            }
            Some((false, _)) | None => None,
        }}
    }
}
