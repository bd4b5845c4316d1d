//! A file.

use common::{attachments::PICTURES, message::Part};
use leptos::prelude::*;

use super::PartHandle;
use crate::components::{NamedLine, Untrusted};

/// Whether a file is a picture that the page shows: one that came with the message, or one of this server's. Nothing is
/// fetched from other servers.
fn is_shown(media_type: &str, url: &str) -> bool {
    let is_picture = PICTURES.contains(&media_type);
    let is_inside = url
        .strip_prefix("data:")
        .is_some_and(|data| data.starts_with(media_type));
    is_picture && (is_inside || is_ours(url))
}

/// Whether an address is one of the files of this server's conversations.
fn is_ours(url: &str) -> bool {
    let path = url.strip_prefix("/agents/");
    path.is_some_and(|path| !path.contains(".."))
}

/// Its name, as a link where its address is one that may be followed.
#[component]
pub(super) fn FileView(
    /// The part.
    part: PartHandle,
) -> impl IntoView {
    let file = part.with_untracked(|part| {
        if let Part::File(file) = part {
            Some(file.clone())
        } else {
            None
        }
    });
    file.flatten().map(|file| {
        let name = file.filename.unwrap_or_else(|| file.media_type.clone());
        let picture = is_shown(&file.media_type, &file.url).then(|| {
            view! { <img class="attachment-picture" src=file.url.clone() alt=name.clone() loading="lazy" /> }
        });
        let line = match file.url {
            // An archive stands for all that came out of it.
            url if is_ours(&url) && url.ends_with('/') => {
                let kind = "Unpacked into the workspace: ";
                view! { <NamedLine class="attachment" kind name address=None /> }.into_any()
            }
            url if is_ours(&url) => view! { <OwnFile name url /> }.into_any(),
            url => {
                view! { <NamedLine class="attachment" kind="File: " name address=Some(url) /> }
                    .into_any()
            }
        };
        view! {
            {picture}
            {line}
        }
    })
}

/// A file of the workspace.
#[component]
fn OwnFile(name: String, url: String) -> impl IntoView {
    view! {
        <p class="attachment">
            <span>"File: "</span>
            // The server's own page, not one of the router's.
            <a href=url target="_blank" rel="external noopener">
                <Untrusted text=name />
            </a>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_this_server_are_shown() {
        for (media_type, url, expected) in [
            ("image/png", "data:image/png;base64,AAAA", true),
            ("image/png", "/agents/coderagent/a/files/a.png", true),
            ("image/png", "https://a.example/a.png", false),
            ("image/png", "//a.example/a.png", false),
            ("image/png", "data:text/html,x", false),
            ("image/svg+xml", "data:image/svg+xml,x", false),
            ("text/plain", "data:text/plain,x", false),
        ] {
            assert_eq!(is_shown(media_type, url), expected, "{url}");
        }
    }
}
