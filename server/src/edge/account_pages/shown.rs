//! The accounts as the account page shows them.

use accounts::{
    Bearer, InvitationShown, Invited, Overview, PersonShown, Role, Scope, Scopes, SessionShown,
    TokenShown,
};
use app::documents;
use chrono::DateTime;
use common::time::Timestamp;

use crate::config::Modes;

pub(super) fn account(
    overview: Overview,
    modes: &Modes,
    notice: Option<String>,
) -> documents::Account {
    let Overview {
        name,
        role,
        sessions,
        tokens,
        invitations,
        people,
        shared,
    } = overview;
    documents::Account {
        name,
        role: words(role),
        notice,
        sessions: sessions.into_iter().map(session).collect(),
        tokens: modes
            .tokens
            .then(|| tokens.into_iter().map(token).collect()),
        scopes: vec![
            (Scope::Chat.as_str(), "send messages and answer questions"),
            (Scope::Files.as_str(), "change files"),
            (Scope::Admin.as_str(), "manage sessions, tokens and people"),
        ],
        has_links: modes.owner.is_some(),
        invitations: invitations.into_iter().map(invitation).collect(),
        may_share: role != Role::Viewer,
        people: (role == Role::Owner).then(|| people.into_iter().map(person).collect()),
        shared,
    }
}

/// A secret that a form of the page created.
pub(super) fn made(action: &str, origin: &str, secret: &Bearer) -> documents::Made {
    let link = || format!("{origin}/sign-in?link={}", secret.expose());
    let (title, words, secret) = match action {
        "/token" => (
            "Your new token",
            "A program sends it with every request, as `Authorization: Bearer …`.",
            secret.expose().to_owned(),
        ),
        "/link" => (
            "A link for another device",
            "Open it there within 15 minutes. It works once, and whoever opens it is signed in as you.",
            link(),
        ),
        "/share" => (
            "A link to share the conversation",
            "Whoever opens it first can read the conversation from then on. It works once, for seven days.",
            link(),
        ),
        _ => (
            "An invitation",
            "Whoever opens it first becomes a member. It works once, for seven days.",
            link(),
        ),
    };
    documents::Made {
        title: title.to_owned(),
        words: words.to_owned(),
        secret,
    }
}

const fn words(role: Role) -> &'static str {
    match role {
        Role::Owner => "the owner of this server",
        Role::Member => "a member",
        Role::Viewer => "a viewer of what was shared with you",
    }
}

fn session(session: SessionShown) -> documents::Session {
    documents::Session {
        id: session.id.as_str().to_owned(),
        device: session.device,
        used: moment(session.used_at),
        is_current: session.is_current,
    }
}

fn token(token: TokenShown) -> documents::Token {
    let mut details = vec![scopes(&token.scopes)];
    details.extend(token.conversation.map(|name| format!("only {name}")));
    details.push(match token.used_at {
        Some(at) => format!("last used {}", moment(at)),
        None => "not used yet".to_owned(),
    });
    details.extend(token.expires_at.map(|at| format!("ends {}", moment(at))));
    documents::Token {
        id: token.id.as_str().to_owned(),
        name: token.name,
        details: details.join(" · "),
    }
}

fn scopes(scopes: &Scopes) -> String {
    scopes
        .iter()
        .map(Scope::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn invitation(invitation: InvitationShown) -> documents::Invitation {
    let to = match invitation.to {
        Invited::Member => "member".to_owned(),
        Invited::Viewer { conversation, .. } => format!("reads {conversation}"),
    };
    let ends = invitation
        .expires_at
        .map(|at| format!(" · ends {}", moment(at)));
    documents::Invitation {
        id: invitation.id.as_str().to_owned(),
        name: invitation.name,
        details: format!("{to}{}", ends.unwrap_or_default()),
    }
}

fn person(person: PersonShown) -> documents::Person {
    let mut details = vec![person.role.as_str().to_owned()];
    details.extend(person.shared.iter().map(|name| format!("reads {name}")));
    documents::Person {
        id: person.id.as_str().to_owned(),
        name: person.name,
        details: details.join(" · "),
        is_removable: person.role != Role::Owner,
    }
}

/// A moment as text, to the minute.
fn moment(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    match DateTime::from_timestamp_millis(millis) {
        Some(time) => time.format("%Y-%m-%d %H:%M UTC").to_string(),
        None => "long ago".to_owned(),
    }
}
