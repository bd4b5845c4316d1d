//! A file.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::NamedLine;

/// Whether a file is a picture that the page shows: one that came with the message, or one of this server's. Nothing is
/// fetched from other servers.
fn is_shown(media_type: &str, url: &str) -> bool {
    const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    let is_picture = SHOWN.contains(&media_type);
    let is_inside = url
        .strip_prefix("data:")
        .is_some_and(|data| data.starts_with(media_type));
    let is_ours = url
        .strip_prefix("/agents/")
        .is_some_and(|path| !path.contains(".."));
    is_picture && (is_inside || is_ours)
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
        let address = Some(file.url);
        view! {
            {picture}
            <NamedLine class="attachment" kind="File: " name address />
        }
    })
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
