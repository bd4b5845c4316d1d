//! Pictures of other servers. Whoever wrote the text chose the address, and with it what a request for it tells.

use std::sync::Arc;

use common::naming::encode_segment;
use leptos::{html, prelude::*};

use super::link::host_of;
use crate::{
    api::Backend,
    components::{Button, ButtonKind},
};

/// The hosts whose pictures are shown unasked. The server knows; the page carries them to the browser.
#[derive(Clone)]
struct ImageHosts(Vec<String>);

/// Finds out whose pictures are shown unasked, once for all pages.
pub(crate) fn provide_image_hosts() {
    let hosts = SharedValue::new(|| {
        use_context::<Arc<dyn Backend>>()
            .map(|backend| backend.image_hosts())
            .unwrap_or_default()
    });
    provide_context(ImageHosts(hosts.into_inner()));
}

/// The host of a picture; `None` where the address can be of none.
pub(super) fn picture_host(href: &str) -> Option<String> {
    let is_of_the_web = href
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let host = host_of(href).filter(|_| is_of_the_web)?;
    Some(host.to_ascii_lowercase())
}

/// A picture, or a button that shows it.
#[component]
pub(super) fn Picture(
    /// Its address.
    href: String,
    /// Its host.
    host: String,
    /// What is on it; it may be empty.
    alt: String,
) -> impl IntoView {
    let is_allowed =
        use_context::<ImageHosts>().is_some_and(|ImageHosts(hosts)| hosts.contains(&host));
    let is_shown = RwSignal::new(is_allowed);
    let label = format!("Show picture from {host}");
    let address = format!("/picture?from={}", encode_segment(&href));
    let title = if alt.is_empty() {
        "Picture".to_owned()
    } else {
        alt
    };
    let button = move || {
        let label = label.clone();
        let show = Callback::new(move |()| is_shown.set(true));
        view! {
            <Button kind=ButtonKind::Quiet on_press=show>
                {label}
            </Button>
        }
    };
    // A document of its own (`server/src/picture.rs`): this page may load no pictures from elsewhere.
    let picture = move || {
        html::iframe()
            .class("outside-picture")
            .src(address.clone())
            .title(title.clone())
            .sandbox("")
            .attr("loading", "lazy")
    };
    view! {
        <Show when=move || is_shown.get() fallback=button>
            {picture()}
        </Show>
    }
}
