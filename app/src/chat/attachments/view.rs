//! The attached files as the person sees them.

use common::{attachments::PICTURES, callable::Callable};
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use super::{
    Attachments,
    driver::Driver,
    item::{Item, Origin, State},
    list::{Input, List},
    outlook::Outlook,
    sight,
};
use crate::{
    browser::dom,
    chat::MethodCall,
    components::{Button, ButtonKind, Icon, Untrusted},
};

/// Where the focus goes when its place is gone.
const FIELD: &str = ".composer-field";

/// The files, and what is to be said of all of them.
#[component]
pub(super) fn Files(
    /// What the composer knows.
    attachments: Attachments,
) -> impl IntoView {
    let driver = Driver::start(attachments);
    let ids = move || {
        let ids = |list: &List| list.items().iter().map(|item| item.id.clone()).collect();
        driver.list.with(ids)
    };
    let ids = Memo::new(move |_| -> Vec<String> { ids() });
    let is_empty = move || ids.with(Vec::is_empty);
    view! {
        <Show when=move || !is_empty()>
            <ul class="attachments" aria-label="Attached files">
                <For each=move || ids.get() key=Clone::clone let:id>
                    <Card driver id />
                </For>
            </ul>
        </Show>
        <LeftOut driver />
        <Status driver />
    }
}

/// A file.
#[component]
fn Card(driver: Driver, id: String) -> impl IntoView {
    let first = driver.list.with_untracked(|list| list.get(&id).cloned());
    let item = {
        let id = id.clone();
        Memo::new(move |_| driver.list.with(|list| list.get(&id).cloned()))
    };
    first.map(
        |Item {
             name, media_type, ..
         }| {
            let is_picture = PICTURES.contains(&media_type.as_str());
            let picture = item.with_untracked(|item| {
                let item = item.as_ref().filter(|_| is_picture)?;
                driver.picture(item)
            });
            let picture = match picture {
                Some(url) => {
                    view! { <img class="attachment-thumbnail" src=url alt="" decoding="async" /> }
                        .into_any()
                }
                None => view! { <Icon class="icon icon-file" /> }.into_any(),
            };
            let words = move || item.with(|item| Some(item.as_ref()?.words(driver.place)));
            let is_bad = move || item.with(|item| item.as_ref().is_some_and(Item::is_in_the_way));
            view! {
                <li class="attachment-card" class:attachment-bad=is_bad>
                    {picture}
                    <div class="attachment-about">
                        <span class="attachment-name">
                            <Untrusted text=name.clone() />
                        </span>
                        <span class="attachment-words">{words}</span>
                        <Progress item name=name.clone() />
                    </div>
                    <CardButtons driver item name />
                </li>
            }
        },
    )
}

/// How far an upload is.
#[component]
fn Progress(item: Memo<Option<Item>>, name: String) -> impl IntoView {
    let percent = Memo::new(move |_| {
        item.with(|item| {
            let item = item.as_ref()?;
            match item.state {
                State::Sending { sent, .. } => Some(item.percent(sent)),
                State::Waiting(_)
                | State::Interrupted(_)
                | State::Done { .. }
                | State::Unpacked { .. }
                | State::AsksToUnpack
                | State::Failed { .. } => None,
            }
        })
    });
    let label = format!("Upload of {name}");
    view! {
        <Show when=move || percent.with(Option::is_some)>
            <progress
                max="100"
                value=move || percent.get().unwrap_or_default()
                aria-label=label.clone()
            ></progress>
        </Show>
    }
}

/// What can be done with a file. They are made anew when another of them is offered, not with every percent.
#[component]
fn CardButtons(driver: Driver, item: Memo<Option<Item>>, name: String) -> impl IntoView {
    let can = move |can: fn(&Item) -> bool| {
        Memo::new(move |_| item.with(|item| item.as_ref().is_some_and(can)))
    };
    let can_retry = can(|item| matches!(item.state, State::Failed { way: Some(_), .. }));
    let can_unpack = can(Item::can_be_unpacked);
    let can_be_text = can(|item| item.origin == Origin::Pasted);
    let press = move |then: fn(Driver, String)| {
        Callback::new(move |()| {
            let id = item.with_untracked(|item| item.as_ref().map(|item| item.id.clone()));
            if let Some(id) = id {
                // Before the button goes, and the focus with it.
                dom::focus_first(FIELD);
                then(driver, id);
            }
        })
    };
    let retry = press(|driver, id| driver.give(Input::Retried(id)));
    let unpack = press(|driver, id| driver.give(Input::UnpackChosen(id)));
    let text = press(Driver::paste_as_text);
    let remove = press(|driver, id| driver.give(Input::Removed(id)));
    let named = move |label: &str| format!("{label}: {name}");
    let names = ["Try again", "Unpack", "Paste as text", "Remove"].map(named);
    let [retry_name, unpack_name, text_name, remove_name] = names;
    view! {
        <div class="attachment-buttons">
            <Show when=move || can_retry.get()>
                <Button kind=ButtonKind::Quiet name=retry_name.clone() on_press=retry>
                    "Try again"
                </Button>
            </Show>
            <Show when=move || can_unpack.get()>
                <Button kind=ButtonKind::Quiet name=unpack_name.clone() on_press=unpack>
                    "Unpack"
                </Button>
            </Show>
            <Show when=move || can_be_text.get()>
                <Button kind=ButtonKind::Quiet name=text_name.clone() on_press=text>
                    "Paste as text"
                </Button>
            </Show>
            <Button kind=ButtonKind::Quiet name=remove_name on_press=remove>
                "Remove"
            </Button>
        </div>
    }
}

/// What was not attached.
#[component]
fn LeftOut(driver: Driver) -> impl IntoView {
    let words = Memo::new(move |_| driver.list.with(|list| list.left_out.clone()));
    let dismiss = Callback::new(move |()| {
        dom::focus_first(FIELD);
        driver.give(Input::Dismissed);
    });
    view! {
        {move || {
            let text = words.get()?;
            Some(view! {
                <div class="notice attachments-left-out" role="alert">
                    <p>
                        <Untrusted text />
                    </p>
                    <Button kind=ButtonKind::Quiet on_press=dismiss>
                        "Dismiss"
                    </Button>
                </div>
            }
            .into_any())
        }}
    }
}

/// What the files mean for the message.
#[component]
fn Status(driver: Driver) -> impl IntoView {
    let Attachments { outlook, due, .. } = driver.attachments;
    let is_due = Memo::new(move |_| due.get().is_some());
    let blind = blind(driver);
    let words = Memo::new(move |_| {
        let mut summary = driver.list.with(List::summary);
        if summary.is_empty() {
            summary = blind.get().unwrap_or_default();
        }
        match (is_due.get(), outlook.get()) {
            (true, Outlook::Busy) if summary.is_empty() => {
                "The message is sent as soon as its files are there.".to_owned()
            }
            (true, Outlook::Busy | Outlook::Blocked) => {
                format!("{summary} Then the message is sent.")
            }
            (_, _) => summary,
        }
    });
    Effect::new(move || {
        if is_due.get() && outlook.get() == Outlook::Blocked {
            dom::show_in_list(".attachment-bad");
        }
    });
    let wait = Callback::new(move |()| {
        dom::focus_first(FIELD);
        due.set(None);
    });
    view! {
        <div class="attachments-status">
            <p role="status" aria-label="Attachments">
                {move || words.get()}
            </p>
            <Show when=move || is_due.get()>
                <Button kind=ButtonKind::Quiet on_press=wait>
                    "Do not send yet"
                </Button>
            </Show>
        </div>
    }
}

/// What to say where there are pictures and the model takes none. The server is asked once, when there are some.
fn blind(driver: Driver) -> Memo<Option<String>> {
    let chat = driver.attachments.chat.get_value();
    let listed = RwSignal::new(None::<Value>);
    let has_pictures = Memo::new(move |_| {
        let is_picture = |item: &Item| PICTURES.contains(&item.media_type.as_str());
        driver.list.with(|list| list.items().iter().any(is_picture))
    });
    Effect::new(move |was_asked: Option<bool>| {
        let is_asked = was_asked.unwrap_or_default();
        let Some(chat) = chat.filter(|_| has_pictures.get() && !is_asked) else {
            return is_asked;
        };
        let call = MethodCall::new(Callable::ListModels.as_str(), Vec::new());
        let models = chat.call(call);
        spawn_local(async move {
            // Where the models are not known, nothing is said of them.
            if let Ok(models) = models.await {
                listed.try_set(Some(models));
            }
        });
        true
    });
    Memo::new(move |_| {
        let chosen = chat.and_then(|chat| {
            chat.facts.with(|facts| {
                let model = facts.state.as_ref()?.get("model")?.as_str()?;
                Some(model.to_owned())
            })
        });
        let warning = |listed: &Option<Value>| sight::warning(listed.as_ref()?, chosen.as_deref());
        listed.with(warning).filter(|_| has_pictures.get())
    })
}
