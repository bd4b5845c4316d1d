//! `/doctor?name=…`: the connection check.

use common::naming;
#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

#[cfg(feature = "hydrate")]
use super::on_demand::on_demand;
use crate::{browser::address::Address, chat::Header, doctor::Doctor};

/// The instance that is checked when the address names none: a check must not begin a conversation.
const DOCTORS_OWN: &str = "doctor";

/// The page's path.
pub(crate) const DOCTOR: &str = "/doctor";

const TITLE: &str = "Connection check · Coder";

/// The checks; they run in the browser.
pub(super) fn doctor(query: &ParamsMap) -> AnyView {
    let asked = |key, otherwise: &str| query.get(key).unwrap_or_else(|| otherwise.to_owned());
    let address = Address {
        host: None,
        query: Vec::new(),
        base_path: None,
        agent: naming::encode_segment(&asked("agent", naming::CODER_AGENT)),
        instance: naming::encode_segment(&asked("name", DOCTORS_OWN)),
    };
    shown(address)
}

/// The server has the page's code.
#[cfg(not(feature = "hydrate"))]
fn shown(address: Address) -> AnyView {
    view! { <DoctorPage address /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(address: Address) -> AnyView {
    let page = move || {
        let page = piece(address.clone()).now_or_never();
        page.and_then(Result::ok)
    };
    on_demand(TITLE, page, || Box::pin(load_doctor()))
}

/// The page's code, in a piece of its own; `load_doctor` only loads it.
#[cfg(feature = "hydrate")]
#[wasm_split(doctor, wasm_split_path = leptos::wasm_split, fallible, preload(load_doctor))]
pub(crate) fn piece(address: Address) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <DoctorPage address /> }.into_any())
}

#[component]
fn DoctorPage(address: Address) -> impl IntoView {
    view! {
        <Title text=TITLE />
        <div class="page">
            <Header />
            <main class="conversation doctor">
                <Doctor address />
            </main>
        </div>
    }
}
