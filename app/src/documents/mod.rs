//! Documents that need no script: signing in, the account, and what the server says when it lets nobody in. The server
//! renders them whole; forms do what there is to do. The browser's wasm has nothing of them.
//!
//! - [`notice`]: a few words and a way on. [`sign_in`]: the button of a one-time link. [`account`]: sessions, tokens and
//!   people. [`made`]: a secret that is shown once.

mod account;
mod made;
mod notice;
mod sign_in;

use leptos::prelude::*;

pub use account::{Account, Invitation, Person, Session, Token, account};
pub use made::{Made, made};
pub use notice::{Notice, notice};
pub use sign_in::{SignIn, sign_in};

/// A document around its content.
fn document(css: &'static str, title: &str, content: AnyView) -> String {
    let title = format!("{title} · Coder");
    let body = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                // The address may hold a secret that works once.
                <meta name="referrer" content="same-origin" />
                <title>{title}</title>
                <link rel="stylesheet" href=css />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            </head>
            <body>
                <div class="page">
                    <header class="header">
                        <a class="header-home" href="/" aria-label="Coder, home">
                            <span class="mark" aria-hidden="true"></span>
                            <span>"Coder"</span>
                        </a>
                    </header>
                    {content}
                </div>
            </body>
        </html>
    };
    // Nothing takes these documents over, so they need no marks of where views join; a title would show them.
    format!("<!DOCTYPE html>{}", body.to_html().replace("<!>", ""))
}

/// A form with one button; `fields` are hidden ones.
fn press(action: &str, label: &str, class: &'static str, fields: Vec<(&str, String)>) -> AnyView {
    let fields: Vec<AnyView> = fields
        .into_iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.to_owned() value=value /> }.into_any()
        })
        .collect();
    view! {
        <form method="post" action=action.to_owned()>
            {fields}
            <button class=class>{label.to_owned()}</button>
        </form>
    }
    .into_any()
}
