//! Links out of the page.

use leptos::prelude::*;

use super::{Untrusted, markdown::safe_href};

/// A link to another site, which gains no power over this page and does not learn where it was followed.
#[component]
pub(crate) fn OutsideLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href target="_blank" rel="noopener noreferrer nofollow">
            {children()}
        </a>
    }
}

/// A line that names something which may be on another site.
#[component]
pub(crate) fn NamedLine(
    /// Its class.
    class: &'static str,
    /// What kind of thing it is.
    kind: &'static str,
    /// Its name, which is a link where `address` may be followed.
    name: String,
    /// Where it is; `None`: nowhere that a link could lead to.
    address: Option<String>,
) -> impl IntoView {
    let href = address.as_deref().and_then(safe_href);
    let name = match href {
        Some(href) => view! { <OutsideLink href><Untrusted text=name /></OutsideLink> }.into_any(),
        None => view! { <Untrusted text=name /> }.into_any(),
    };
    view! {
        <p class=class>
            <span>{kind}</span>
            {name}
        </p>
    }
}
