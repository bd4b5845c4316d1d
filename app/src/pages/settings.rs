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
    let are_on = RwSignal::new(false);
    let is_refused = RwSignal::new(false);
    Effect::new(move || are_on.set(notice::are_on()));
    let press = Callback::new(move |()| {
        if are_on.get_untracked() {
            notice::end();
            are_on.set(false);
        } else {
            notice::ask(Callback::new(move |is_granted: bool| {
                are_on.set(is_granted);
                is_refused.set(!is_granted);
            }));
        }
    });
    let words = move || match (are_on.get(), is_refused.get()) {
        (true, _) => "They are on.",
        (false, true) => {
            "This browser does not allow them for this address. Its site settings can change that."
        }
        (false, false) => "They are off.",
    };
    let label = move || if are_on.get() { "Turn off" } else { "Turn on" };
    view! {
        <section>
            <h2>"Notices"</h2>
            <p>
                "The system can notify you when an answer is ready, or something waits for you, in a tab that you are not looking at."
            </p>
            <p role="status">{words}</p>
            <Button kind=ButtonKind::Plain on_press=press>
                {label}
            </Button>
        </section>
    }
}
