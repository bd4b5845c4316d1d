//! The state of the connection, apart from that of the turn.

use std::time::Duration;

use common::client::{Close, Connection};
use leptos::prelude::*;

use super::driver;
use crate::components::{Erase, dynamic::when};

/// Says how the connection is. A screen reader hears each change of state, not the counting down.
#[component]
pub(crate) fn ConnectionPill(connection: ReadSignal<Connection>) -> impl IntoView {
    let seconds = RwSignal::new(0);
    count_down(connection, seconds);
    let state = Signal::derive(move || connection.with(|connection| state(connection).to_owned()));
    let words = Signal::derive(move || connection.with(words));
    let countdown = when(
        move || connection.with(|connection| matches!(connection, Connection::Reconnecting { .. })),
        move || {
            let text = Signal::derive(move || format!(" in {} s", seconds.get()));
            view! { <span aria-hidden="true">{text}</span> }.erase()
        },
    );
    let way_on = when(
        move || connection.with(|connection| matches!(connection, Connection::Refused(_))),
        // The page's own address, opened anew rather than by the router.
        || view! { <a class="button button-quiet" href="" rel="external">"Try again"</a> }.erase(),
    );
    view! {
        <span class="connection" role="status" aria-label="Connection" data-state=state>
            <span class="connection-dot" aria-hidden="true"></span>
            <span class="connection-words">
                {words}
                {countdown}
            </span>
        </span>
        {way_on}
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
        Connection::Refused(close) => format!("Refused: {}", reason(close)),
    }
}

/// Keeps `seconds` at the time left until the next attempt.
fn count_down(connection: ReadSignal<Connection>, seconds: RwSignal<u64>) {
    Effect::new(move || {
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

/// The server's words, or what its close code means (RFC 6455 §7.4.1 and the registry after it).
fn reason(close: &Close) -> String {
    if !close.reason.is_empty() {
        return close.reason.clone();
    }
    match close.code {
        1002 | 1003 | 1007 => "the server did not understand this page".to_owned(),
        1008 => "the server does not allow it".to_owned(),
        1009 => "a message was too large".to_owned(),
        1011 => "the server failed".to_owned(),
        1012 | 1013 => "the server is busy".to_owned(),
        3000 => "you are not signed in".to_owned(),
        3003 => "you are not allowed in".to_owned(),
        code => format!("the server closed it with code {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_words() {
        for (code, text, expected) in [
            (1008, "", "the server does not allow it"),
            (1008, "no such agent", "no such agent"),
            (4321, "", "the server closed it with code 4321"),
        ] {
            assert_eq!(
                reason(&Close {
                    code,
                    reason: text.to_owned()
                }),
                expected
            );
        }
    }
}
