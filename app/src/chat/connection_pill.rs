//! The state of the connection, apart from that of the turn.

use std::time::Duration;

use common::{client::Connection, final_close::FinalClose, naming};
use leptos::prelude::*;

use super::driver;
use crate::components::{
    ButtonKind, button,
    button::picture,
    dynamic::{text, when},
    effect,
    node::{Node, element},
};

/// Says how the connection is. A screen reader hears each change of state, not the counting down. `retry` tries a
/// refused connection again; `name` is the conversation's.
pub(crate) fn connection_pill(
    connection: ReadSignal<Connection>,
    retry: Callback<()>,
    name: &str,
) -> Vec<Node> {
    let seconds = RwSignal::new(0);
    count_down(connection, seconds);
    let countdown = when(
        move || connection.with(|connection| matches!(connection, Connection::Reconnecting { .. })),
        move || {
            let words = text(move || format!(" in {} s", seconds.get()));
            element("span", vec![words])
                .with("aria-hidden", "true")
                .erase()
        },
    );
    let way_on = when(
        move || connection.with(|connection| matches!(connection, Connection::Refused(_))),
        move || button(ButtonKind::Quiet, "Try again", retry).erase(),
    );
    let doctor = format!("/doctor?name={}", naming::encode_segment(name));
    let cause = when(
        // The check of the connection needs a sign-in, too.
        move || {
            connection.with(|connection| is_in_trouble(connection) && !needs_sign_in(connection))
        },
        move || {
            element("a", vec!["Find out why".into()])
                .with("class", "connection-cause")
                .with("href", doctor.clone())
                .erase()
        },
    );
    let sign_in = when(
        move || connection.with(needs_sign_in),
        || {
            // The server's own page, not one of the router's.
            element("a", vec!["Sign in".into()])
                .with("class", "connection-cause")
                .with("href", "/sign-in")
                .with("rel", "external")
                .erase()
        },
    );
    let words = vec![text(move || connection.with(words)), countdown.into()];
    let content = vec![
        picture("connection-dot"),
        element("span", words)
            .with("class", "connection-words")
            .into(),
    ];
    let pill = element("span", content)
        .with("class", "connection")
        .with("role", "status")
        .with("aria-label", "Connection")
        .following("title", move || connection.with(reason))
        .following("data-state", move || {
            Some(connection.with(|connection| state(connection).to_owned()))
        });
    vec![pill.into(), sign_in.into(), cause.into(), way_on.into()]
}

/// Why the server does not want this client; `None`: it does.
fn reason(connection: &Connection) -> Option<String> {
    match connection {
        Connection::Refused(close) => Some(close.meaning_or_reason()),
        Connection::Connecting
        | Connection::Connected
        | Connection::Reconnecting { .. }
        | Connection::Offline => None,
    }
}

const fn is_in_trouble(connection: &Connection) -> bool {
    match connection {
        Connection::Connecting | Connection::Connected => false,
        Connection::Reconnecting { .. } | Connection::Offline | Connection::Refused(_) => true,
    }
}

fn needs_sign_in(connection: &Connection) -> bool {
    match connection {
        Connection::Refused(close) => FinalClose::of(close.code) == Some(FinalClose::NotSignedIn),
        Connection::Connecting
        | Connection::Connected
        | Connection::Reconnecting { .. }
        | Connection::Offline => false,
    }
}

const fn state(connection: &Connection) -> &'static str {
    match connection {
        Connection::Connecting => "connecting",
        Connection::Connected => "connected",
        Connection::Reconnecting { .. } => "reconnecting",
        Connection::Offline => "offline",
        Connection::Refused(_) => "refused",
    }
}

fn words(connection: &Connection) -> String {
    match connection {
        Connection::Connecting => "Connecting…".to_owned(),
        Connection::Connected => "Connected".to_owned(),
        Connection::Reconnecting { .. } => "Reconnecting".to_owned(),
        Connection::Offline => "Offline".to_owned(),
        // The reason does not fit beside the way out; it is the pill's title.
        Connection::Refused(_) if needs_sign_in(connection) => "Signed out".to_owned(),
        Connection::Refused(close) => format!("Refused: {}", close.meaning_or_reason()),
    }
}

/// Keeps `seconds` at the time left until the next attempt.
fn count_down(connection: ReadSignal<Connection>, seconds: RwSignal<u64>) {
    effect(move || {
        let Connection::Reconnecting { at } = connection.get() else {
            return;
        };
        let left = move || {
            let left = at.since(driver::now()).as_millis().div_ceil(1000);
            u64::try_from(left).unwrap_or(u64::MAX).max(1)
        };
        seconds.set(left());
        if let Ok(timer) =
            set_interval_with_handle(move || seconds.set(left()), Duration::from_secs(1))
        {
            on_cleanup(move || timer.clear());
        }
    });
}
