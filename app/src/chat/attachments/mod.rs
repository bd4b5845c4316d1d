//! Files attached to the message that is being written.
//!
//! - [`Attachments`]: what the composer knows of them. [`AttachButton`], [`AttachmentList`]: the button, and the files once
//!   there are some: their code is a piece of its own.
//! - `list`: what is uploaded when, and when the message can be sent; `item`: one file of it; `name`: names in the workspace; `kept`: the files as
//!   texts; `outlook`: what they mean for the message; `sight`: whether the model sees pictures; `shrink`: which pictures are made smaller. No I/O.
//! - `driver`: runs the effects of `list`; `sending`: sends a file. `view`: the files as the person sees them.

#[cfg(feature = "hydrate")]
mod driver;
mod handle;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the driver and the views are the browser's")
)]
mod item;
#[cfg(any(feature = "hydrate", test))]
mod kept;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the driver and the views are the browser's")
)]
mod list;
#[cfg(any(feature = "hydrate", test))]
mod name;
mod outlook;
#[cfg(feature = "hydrate")]
mod sending;
#[cfg(any(feature = "hydrate", test))]
mod shrink;
#[cfg(any(feature = "hydrate", test))]
mod sight;
#[cfg(feature = "hydrate")]
mod view;

#[cfg(feature = "hydrate")]
use futures::FutureExt;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos::{html, prelude::*};

pub(crate) use handle::{Attachments, Way};

use crate::{browser::arrivals, components::Icon};

/// Opens the dialog in which files are chosen.
#[component]
pub(super) fn AttachButton(
    /// Where they go.
    attachments: Attachments,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let take = move || {
        if arrivals::choose(field) {
            attachments.arrive();
        }
    };
    // What was chosen before the page was hydrated.
    Effect::new(move || {
        if field.get().is_some() {
            untrack(take);
        }
    });
    // The field itself is pressed, so that it opens before there is any code. It lies over the icon and is not seen: fields of
    // this kind look different in every browser.
    view! {
        <span class="button button-quiet composer-attach">
            <Icon class="icon icon-attach" />
            <input
                node_ref=field
                type="file"
                multiple=true
                aria-label="Attach files"
                title="Attach files: by this button, by pasting or by dropping them"
                on:change=move |_| take()
            />
        </span>
    }
}

/// The attached files, while there are some.
#[component]
pub(super) fn AttachmentList(
    /// The files.
    attachments: Attachments,
) -> impl IntoView {
    view! { <Show when=move || attachments.is_open()>{shown(attachments)}</Show> }
}

/// On the server there are none.
#[cfg(not(feature = "hydrate"))]
fn shown(_attachments: Attachments) -> AnyView {
    ().into_any()
}

#[cfg(feature = "hydrate")]
fn shown(attachments: Attachments) -> AnyView {
    use crate::piece::{MissingPiece, late};
    let view = move || piece(attachments).now_or_never().and_then(Result::ok);
    let waiting = || view! { <p class="attachments-status">"Attaching…"</p> }.into_any();
    let failed = |retry| {
        view! { <MissingPiece what="The files could not be attached yet." on_retry=retry /> }
            .into_any()
    };
    late(view, || Box::pin(load_attachments()), waiting, failed)
}

/// The code, which the browser fetches as a piece; `load_attachments` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(attachments, wasm_split_path = leptos::wasm_split, fallible, preload(load_attachments))]
fn piece(attachments: Attachments) -> Result<AnyView, SplitLoaderError> {
    use self::view::Files;
    Ok(view! { <Files attachments /> }.into_any())
}
