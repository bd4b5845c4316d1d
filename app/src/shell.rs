//! The HTML document around the page.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use crate::App;

/// Where the browser finds what the build made: paths from the root, such as `/pkg/app.0123456789ab.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The script made by wasm-bindgen.
    pub js: &'static str,
    /// The wasm it loads.
    pub wasm: &'static str,
    /// The one style sheet.
    pub css: &'static str,
    /// What single pages need besides, between spaces: `/pkg/doctor.0123456789ab.wasm` for `/doctor`. And the script that
    /// colours code.
    pub pieces: &'static str,
    /// Stands for all of them: by it the page finds out that there is a newer one.
    pub build: &'static str,
}

/// Puts what the browser keeps of the person's choices (`browser::storage::keep_choice`) where the style sheet finds it.
const CHOICES: &str = "try { const root = document.documentElement, choice = (name) => localStorage.getItem('coder:' + name); \
    for (const name of ['sidebar', 'theme']) if (choice(name)) root.dataset[name] = choice(name); \
    for (const name of ['sidebar-width', 'drawer-width']) if (choice(name)) root.style.setProperty('--' + name, choice(name)) } catch {}";

/// The document, for server rendering. The page can be read before, and without, the script.
pub fn shell(assets: Assets) -> impl IntoView {
    let Assets {
        js,
        wasm,
        css,
        pieces,
        build,
    } = assets;
    let is_script = |address: &&str| address.ends_with(".js");
    let highlight = pieces.split_whitespace().find(is_script);
    let pieces = pieces
        .split_whitespace()
        .filter(|address| !is_script(address));
    let pieces = pieces.map(piece).collect_view();
    let boot = format!(
        "import init, {{ hydrate }} from '{js}'; await init({{ module_or_path: '{wasm}' }}); hydrate();"
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-build=build data-highlight=highlight>
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="A coding assistant that runs on your own Cloudflare account." />
                // How the person likes the page, before its first paint.
                <script nonce=use_nonce()>{CHOICES}</script>
                <link rel="stylesheet" href=css />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="modulepreload" href=js nonce=use_nonce() />
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <script type="module" nonce=use_nonce()>{boot}</script>
                {pieces}
                <MetaTags />
            </head>
            <body>
                <App />
                // A conversation starts at its end, and before the first paint rather than with the wasm.
                <script nonce=use_nonce()>"if (document.querySelector('.transcript > .message')) scrollTo(0, 1e9)"</script>
                // Here, since the browser's own reading of this element leaves nothing for the page to take over.
                <noscript>
                    <style nonce=use_nonce()>".composer, .connection, .suggestions, .copy, .header-tools button, .panel-button, .sidebar-close, .sidebar-filter, .row-menu-button, .sidebar-more, .sidebar-archived, .separator { display: none } .without-script { display: block } @media (max-width: 51.99rem) { .frame { flex-direction: column } .sidebar { position: static; display: flex; order: 1; width: auto } }"</style>
                    <p class="no-script">"Chatting needs JavaScript; reading does not."</p>
                </noscript>
            </body>
        </html>
    }
}

/// A piece is fetched at once for its own page. For any other it is fetched when there is
/// nothing else to do, so that the page that says what is wrong with a connection is there when the connection is not.
fn piece(address: &'static str) -> impl IntoView {
    let page = use_context::<RequestUrl>().unwrap_or_default();
    let is_own = page.parse().is_ok_and(|url| {
        let name = address.strip_prefix("/pkg/").unwrap_or(address);
        if url.path().starts_with("/chat/") {
            name.starts_with("conversation.")
        } else {
            let own = url.path().strip_prefix('/').unwrap_or_default();
            name.strip_prefix(own)
                .is_some_and(|rest| rest.starts_with('.'))
        }
    });
    let rel = if is_own { "preload" } else { "prefetch" };
    view! { <link rel=rel href=address r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
}
