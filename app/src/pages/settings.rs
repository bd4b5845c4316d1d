//! `/settings`: the person's preferences, which only the browser stores, their instructions, what new conversations begin with, and the deletion of everything.

#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_meta::Title;

#[cfg(feature = "hydrate")]
use super::on_demand::on_demand;
use super::{defaults::Defaults, delete_all::DeleteAll, instructions::Instructions};
use crate::{
    api::Reader,
    appearance::ThemeChoice,
    browser::notice,
    chat::Header,
    components::{Button, ButtonKind},
};

/// The page's path.
pub(crate) const SETTINGS: &str = "/settings";

const TITLE: &str = "Settings · Coder";

/// The page. The server has its code.
#[cfg(not(feature = "hydrate"))]
pub(super) fn settings() -> AnyView {
    view! { <SettingsPage /> }.into_any()
}

/// The page, once its code is loaded.
#[cfg(feature = "hydrate")]
pub(super) fn settings() -> AnyView {
    let page = || piece().now_or_never().and_then(Result::ok);
    on_demand(TITLE, page, || Box::pin(load_settings()))
}

/// The page's code, in a piece of its own; `load_settings` only loads it.
#[cfg(feature = "hydrate")]
#[wasm_split(settings, wasm_split_path = leptos::wasm_split, fallible, preload(load_settings))]
pub(crate) fn piece() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <SettingsPage /> }.into_any())
}

#[component]
fn SettingsPage() -> impl IntoView {
    let reader = use_context::<Reader>().filter(|reader| reader.is_signed_in);
    view! {
        <Title text=TITLE />
        <div class="page">
            <Header />
            <main class="conversation settings">
                <h1>"Settings"</h1>
                <Instructions />
                <Defaults />
                <section>
                    <h2>"Appearance"</h2>
                    <ThemeChoice />
                </section>
                <Notices />
                <p>"Appearance and notices are kept in this browser."</p>
                {reader
                    .map(|_| {
                        view! {
                            <section>
                                <h2>"Account"</h2>
                                <p>"Where you are signed in, access tokens, and whom you invited."</p>
                                <a class="button" href="/account" rel="external">
                                    "Open the account"
                                </a>
                            </section>
                        }
                    })}
                <DeleteAll />
            </main>
        </div>
    }
}

/// The switch for notifications of the system.
#[component]
fn Notices() -> impl IntoView {
    let switch = RwSignal::new(Switch::Off);
    Effect::new(move || {
        switch.set(if notice::need_https() {
            Switch::NeedsHttps
        } else if notice::are_on() {
            Switch::On
        } else {
            Switch::Off
        });
    });
    let press = Callback::new(move |()| match switch.get_untracked() {
        Switch::On => {
            notice::end();
            switch.set(Switch::Off);
        }
        Switch::Off | Switch::Refused => notice::ask(Callback::new(move |is_granted: bool| {
            switch.set(if is_granted {
                Switch::On
            } else {
                Switch::Refused
            });
        })),
        Switch::NeedsHttps => {}
    });
    let words = move || match switch.get() {
        Switch::On => "They are on.",
        Switch::Off => "They are off.",
        Switch::Refused => {
            "This browser does not allow them for this address. Its site settings can change that."
        }
        Switch::NeedsHttps => {
            "Browsers show them only for addresses that begin with https://. Until then the title of the tab has a mark."
        }
    };
    let label = move || match switch.get() {
        Switch::On => "Turn off",
        Switch::Off | Switch::Refused | Switch::NeedsHttps => "Turn on",
    };
    let is_possible = move || switch.get() != Switch::NeedsHttps;
    view! {
        <section>
            <h2>"Notices"</h2>
            <p>
                "The system can notify you when an answer is ready, or something waits for you, in a tab that you are not looking at."
            </p>
            <p role="status">{words}</p>
            <Show when=is_possible>
                <Button kind=ButtonKind::Plain on_press=press>
                    {label}
                </Button>
            </Show>
        </section>
    }
}

/// Whether the system notifies the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Switch {
    /// It does.
    On,
    /// It does not.
    Off,
    /// It would, and the browser does not allow it.
    Refused,
    /// It cannot: the page came over `http`.
    NeedsHttps,
}
