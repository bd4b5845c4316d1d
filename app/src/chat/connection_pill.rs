//! The state of the connection, apart from that of the turn.

use std::time::Duration;

use common::{client::Connection, naming};
use leptos::prelude::*;

use super::driver;
use crate::components::{Button, ButtonKind, Erase, dynamic::when};

/// Says how the connection is. A screen reader hears each change of state, not the counting down.
#[component]
pub(crate) fn ConnectionPill(
    connection: ReadSignal<Connection>,
    /// Tries a refused connection again.
    retry: Callback<()>,
    /// The conversation's.
    name: String,
) -> impl IntoView {
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
        move || view! { <Button kind=ButtonKind::Quiet label="Try again" press=retry /> }.erase(),
    );
    let doctor = format!("/doctor?name={}", naming::encode_segment(&name));
    let cause = when(
        move || connection.with(is_in_trouble),
        move || {
            let doctor = doctor.clone();
            view! { <a class="connection-cause" href=doctor>"Find out why"</a> }.erase()
        },
    );
    view! {
        <span class="connection" role="status" aria-label="Connection" data-state=state>
            <span class="connection-dot" aria-hidden="true"></span>
            <span class="connection-words">
                {words}
                {countdown}
            </span>
        </span>
        {cause}
        {way_on}
    }
}

const fn is_in_trouble(connection: &Connection) -> bool {
    match connection {
        Connection::Connecting | Connection::Connected => false,
        Connection::Reconnecting { .. } | Connection::Offline | Connection::Refused(_) => true,
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
