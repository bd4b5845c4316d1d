//! Pictures of other servers. Whoever wrote the text chose the address, and with it what a request for it tells.

use std::sync::Arc;

use common::naming::encode_segment;
use leptos::prelude::*;

use super::link::host_of;
use crate::{
    api::Backend,
    components::{
        ButtonKind, Erase, button,
        dynamic::dynamic,
        node::{Node, element},
    },
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

/// A picture, or a button that shows it; `None` where the address can be of none.
pub(super) fn picture(href: &str, alt: &str) -> Option<Node> {
    let is_of_the_web = href
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let host = host_of(href)
        .filter(|_| is_of_the_web)?
        .to_ascii_lowercase();
    let is_allowed =
        use_context::<ImageHosts>().is_some_and(|ImageHosts(hosts)| hosts.contains(&host));
    let is_shown = RwSignal::new(is_allowed);
    let label = format!("Show picture from {host}");
    let (address, alt) = (
        format!("/picture?from={}", encode_segment(href)),
        alt.to_owned(),
    );
    let view = dynamic(move || {
        if is_shown.get() {
            frame(address.clone(), alt.clone()).erase()
        } else {
            let show = Callback::new(move |()| is_shown.set(true));
            Node::from(button(ButtonKind::Quiet, label.clone(), show)).erase()
        }
    });
    Some(Node::View(view))
}

/// The picture is in a document of its own (`server/src/picture.rs`): this page may load none from elsewhere.
fn frame(address: String, alt: String) -> Node {
    element("iframe", Vec::new())
        .with("class", "outside-picture")
        .with("src", address)
        .with(
            "title",
            if alt.is_empty() {
                "Picture".to_owned()
            } else {
                alt
            },
        )
        .with("sandbox", "")
        .with("loading", "lazy")
        .into()
}
