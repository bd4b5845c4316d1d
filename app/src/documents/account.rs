//! `/account`: sessions, tokens, people.

use leptos::prelude::*;

use super::{document, press};

/// What somebody sees of their account. Moments are texts, such as `2026-11-27 09:30 UTC`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The person's name.
    pub name: String,
    /// The name of their role.
    pub role: &'static str,
    /// What was done or refused just now, one sentence.
    pub notice: Option<String>,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// Their tokens; `None`: tokens are not taken here.
    pub tokens: Option<Vec<Token>>,
    /// What a token may be good for, in the order of the page: name and meaning.
    pub scopes: Vec<(&'static str, &'static str)>,
    /// Whether one-time links work here.
    pub has_links: bool,
    /// Their invitations that nobody has used.
    pub invitations: Vec<Invitation>,
    /// Whether they may share conversations.
    pub may_share: bool,
    /// Everybody; `None`: they may not see it.
    pub people: Option<Vec<Person>>,
    /// The names of the conversations that were shared with them.
    pub shared: Vec<String>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Browser and system.
    pub device: String,
    /// When it was last used.
    pub used: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is good for, and for how long.
    pub details: String,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: String,
    /// Whom it is for.
    pub name: String,
    /// To what, and for how long.
    pub details: String,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their role, and what was shared with them.
    pub details: String,
    /// Whether they can be removed.
    pub is_removable: bool,
}

/// The document.
#[must_use]
pub fn account(css: &'static str, account: Account) -> String {
    let notice = account
        .notice
        .clone()
        .map(|words| view! { <p class="account-notice" role="status">{words}</p> });
    let others = account
        .sessions
        .iter()
        .filter(|one| !one.is_current)
        .count();
    let sessions: Vec<_> = account.sessions.iter().map(session).collect();
    let end_others = (others > 0).then(|| {
        press(
            "/account/revoke-others",
            "Sign out everywhere else",
            "button",
            Vec::new(),
        )
    });
    let new_link = account.has_links.then(|| {
        press(
            "/account/link",
            "Sign in on another device",
            "button",
            Vec::new(),
        )
    });
    let content = view! {
        <main class="conversation account">
            <h1>"Account"</h1>
            <p>{format!("You are signed in as {}, {}.", account.name, account.role)}</p>
            {notice}
            <section>
                <h2>"Where you are signed in"</h2>
                <ul class="account-list">{sessions}</ul>
                <div class="account-tools">
                    {new_link}
                    {end_others}
                    {press("/sign-out", "Sign out", "button", Vec::new())}
                </div>
            </section>
            {shared(&account.shared)}
            {tokens(&account)}
            {sharing(&account)}
            {people(&account)}
        </main>
    };
    document(css, "Account", content.into_any())
}

fn session(session: &Session) -> AnyView {
    let (details, tool) = if session.is_current {
        ("This device".to_owned(), None)
    } else {
        let revoke = revoke(&session.id, "Sign out", &session.device);
        (format!("Last used {}", session.used), Some(revoke))
    };
    entry(&session.device, &details, tool)
}

fn entry(name: &str, details: &str, tool: Option<AnyView>) -> AnyView {
    view! {
        <li>
            <span class="account-name">{name.to_owned()}</span>
            <span class="account-details">{details.to_owned()}</span>
            {tool}
        </li>
    }
    .into_any()
}

/// The button that ends something. Its name says what, for those who do not see what it stands beside.
fn revoke(id: &str, label: &str, of: &str) -> AnyView {
    named_press("/account/revoke", "id", id, label, of)
}

fn named_press(
    action: &'static str,
    field: &'static str,
    id: &str,
    label: &str,
    of: &str,
) -> AnyView {
    let name = format!("{label}: {of}");
    view! {
        <form method="post" action=action>
            <input type="hidden" name=field value=id.to_owned() />
            <button class="button button-quiet" aria-label=name>{label.to_owned()}</button>
        </form>
    }
    .into_any()
}

fn shared(names: &[String]) -> Option<AnyView> {
    if names.is_empty() {
        return None;
    }
    let links: Vec<_> = names
        .iter()
        .map(|name| {
            let to = format!("/chat/{name}");
            view! { <li><a href=to>{name.clone()}</a></li> }
        })
        .collect();
    let section = view! {
        <section>
            <h2>"Shared with you"</h2>
            <ul class="account-list">{links}</ul>
        </section>
    };
    Some(section.into_any())
}

fn tokens(account: &Account) -> Option<AnyView> {
    let tokens = account.tokens.as_ref()?;
    let list: Vec<_> = tokens
        .iter()
        .map(|token| {
            entry(
                &token.name,
                &token.details,
                Some(revoke(&token.id, "Revoke", &token.name)),
            )
        })
        .collect();
    let scopes: Vec<_> = account
        .scopes
        .iter()
        .map(|(name, meaning)| {
            view! {
                <label class="account-choice">
                    <input type="checkbox" name="scope" value=*name />
                    <span><code>{*name}</code>" "{*meaning}</span>
                </label>
            }
        })
        .collect();
    let section = view! {
        <section>
            <h2>"Tokens"</h2>
            <p>
                "A token lets a program in: "<code>"Authorization: Bearer …"</code>". Every token can read."
            </p>
            <ul class="account-list">{list}</ul>
            <form class="account-form" method="post" action="/account/token">
                <label>"Name"<input type="text" name="name" required maxlength="80" /></label>
                <fieldset>
                    <legend>"It may also"</legend>
                    {scopes}
                </fieldset>
                <label>"Conversation (empty: all of yours)"<input type="text" name="conversation" /></label>
                <label>
                    "Days until it ends (empty: never)"
                    <input type="number" name="days" min="1" max="3650" value="90" />
                </label>
                <button class="button">"Make a token"</button>
            </form>
        </section>
    };
    Some(section.into_any())
}

fn sharing(account: &Account) -> Option<AnyView> {
    if !account.has_links || !account.may_share {
        return None;
    }
    let list: Vec<_> = account
        .invitations
        .iter()
        .map(|one| {
            entry(
                &one.name,
                &one.details,
                Some(revoke(&one.id, "Take back", &one.name)),
            )
        })
        .collect();
    let invite = account.people.is_some().then(|| {
        view! {
            <form class="account-form" method="post" action="/account/invite">
                <label>"Who"<input type="text" name="name" required maxlength="80" /></label>
                <button class="button">"Invite a member"</button>
            </form>
        }
    });
    let section = view! {
        <section>
            <h2>"Invitations"</h2>
            <p>"Each link works once, for seven days."</p>
            <ul class="account-list">{list}</ul>
            {invite}
            <form class="account-form" method="post" action="/account/share">
                <label>"Who"<input type="text" name="name" required maxlength="80" /></label>
                <label>
                    "Conversation: its name, as in /chat/…"
                    <input type="text" name="conversation" required />
                </label>
                <button class="button">"Share a conversation for reading"</button>
            </form>
        </section>
    };
    Some(section.into_any())
}

fn people(account: &Account) -> Option<AnyView> {
    let people = account.people.as_ref()?;
    let list: Vec<_> = people
        .iter()
        .map(|person| {
            let remove = person.is_removable.then(|| {
                named_press(
                    "/account/remove",
                    "person",
                    &person.id,
                    "Remove",
                    &person.name,
                )
            });
            entry(&person.name, &person.details, remove)
        })
        .collect();
    let section = view! {
        <section>
            <h2>"People"</h2>
            <ul class="account-list">{list}</ul>
        </section>
    };
    Some(section.into_any())
}
