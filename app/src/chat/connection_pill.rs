//! The state of the connection, apart from that of the turn.

use std::time::Duration;

use common::{client::Connection, final_close::FinalClose, naming};
use leptos::prelude::*;

use super::driver;
use crate::components::{Button, ButtonKind, Icon};

/// Says how the connection is, and what can be done about it. A screen reader hears each change of state, not the counting
/// down.
#[component]
pub(super) fn ConnectionPill(
    /// The connection.
    connection: ReadSignal<Connection>,
    /// Tries a refused connection again.
    on_retry: Callback<()>,
    /// The conversation's name.
    name: String,
) -> impl IntoView {
    let seconds = RwSignal::new(0);
    count_down(connection, seconds);
    let is_reconnecting =
        move || connection.with(|connection| matches!(connection, Connection::Reconnecting { .. }));
    let is_refused =
        move || connection.with(|connection| matches!(connection, Connection::Refused(_)));
    // The check of the connection needs a sign-in, too.
    let can_be_checked = move || {
        connection.with(|connection| is_in_trouble(connection) && !needs_sign_in(connection))
    };
    let doctor = format!("/doctor?name={}", naming::encode_segment(&name));
    view! {
        <span
            class="connection"
            role="status"
            aria-label="Connection"
            title=move || connection.with(reason)
            data-state=move || connection.with(state)
        >
            <Icon class="connection-dot" />
            <span class="connection-words">
                {move || connection.with(words)}
                <Show when=is_reconnecting>
                    <span aria-hidden="true">{move || format!(" in {} s", seconds.get())}</span>
                </Show>
            </span>
        </span>
        <Show when=move || connection.with(needs_sign_in)>
            // The server's own page, not one of the router's.
            <a class="connection-cause" href="/sign-in" rel="external">
                "Sign in"
            </a>
        </Show>
        <Show when=can_be_checked>
            <a class="connection-cause" href=doctor.clone()>
                "Find out why"
            </a>
        </Show>
        <Show when=is_refused>
            <Button kind=ButtonKind::Quiet on_press=on_retry>
                "Try again"
            </Button>
        </Show>
    }
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
