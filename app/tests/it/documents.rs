//! The documents without a script.

use app::documents::{
    Account, Invitation, Made, Notice, Person, Session, SignIn, Token, account, made, notice,
    sign_in,
};

const CSS: &str = "/pkg/app.css";

fn anns() -> Account {
    Account {
        name: "Ann <b>".to_owned(),
        role: "a member",
        notice: None,
        sessions: vec![
            Session {
                id: "s1".to_owned(),
                device: "Firefox on Linux".to_owned(),
                used: "2026-11-27 09:30 UTC".to_owned(),
                is_current: true,
            },
            Session {
                id: "s2".to_owned(),
                device: "Safari on iPhone".to_owned(),
                used: "2026-11-26 08:00 UTC".to_owned(),
                is_current: false,
            },
        ],
        tokens: Some(vec![Token {
            id: "t1".to_owned(),
            name: "script".to_owned(),
            details: "read, chat".to_owned(),
        }]),
        scopes: vec![("chat", "send messages")],
        has_links: true,
        invitations: vec![Invitation {
            id: "i1".to_owned(),
            name: "Guest".to_owned(),
            details: "reads notes".to_owned(),
        }],
        may_share: true,
        people: None,
        shared: vec!["a%20b".to_owned()],
    }
}

fn check(html: &str, expected: &[&str], unexpected: &[&str]) {
    for text in expected {
        assert!(html.contains(text), "no {text} in {html}");
    }
    for text in unexpected
        .iter()
        .chain(&["<script", "style=", "<!>", "onclick"])
    {
        assert!(!html.contains(text), "{text} in {html}");
    }
}

#[test]
fn the_account_names_what_each_button_ends() {
    let html = account(CSS, anns());
    check(
        &html,
        &[
            "<title>Account · Coder</title>",
            "Ann &lt;b&gt;",
            "This device",
            "aria-label=\"Sign out: Safari on iPhone\"",
            "value=\"s2\"",
            "aria-label=\"Revoke: script\"",
            "aria-label=\"Take back: Guest\"",
            "href=\"/chat/a%20b\"",
            "Sign out everywhere else",
        ],
        &["value=\"s1\"", "People", "Invite a member"],
    );
}

#[test]
fn the_owner_sees_people_and_a_viewer_sees_no_sharing() {
    let person = Person {
        id: "p1".to_owned(),
        name: "Bob".to_owned(),
        details: "member".to_owned(),
        is_removable: true,
    };
    let owners = Account {
        people: Some(vec![person]),
        notice: Some("There is no such person, or it is not yours.".to_owned()),
        ..anns()
    };
    check(
        &account(CSS, owners),
        &[
            "Invite a member",
            "aria-label=\"Remove: Bob\"",
            "role=\"status\"",
        ],
        &[],
    );
    let viewers = Account {
        may_share: false,
        tokens: None,
        ..anns()
    };
    check(
        &account(CSS, viewers),
        &["Shared with you"],
        &["Invitations", "Tokens"],
    );
}

#[test]
fn secrets_and_links_are_where_they_belong() {
    let page = SignIn {
        title: "Sign in to Coder".to_owned(),
        words: "Good once.".to_owned(),
        link: "coder_l_\"x".to_owned(),
    };
    check(
        &sign_in(CSS, page),
        &[
            "method=\"post\"",
            "action=\"/sign-in\"",
            "value=\"coder_l_&quot;x\"",
            "Sign in on this device",
        ],
        &["coder_l_\"x"],
    );
    let page = Made {
        title: "Your new token".to_owned(),
        words: "Send it.".to_owned(),
        secret: "coder_t_x".to_owned(),
    };
    check(
        &made(CSS, page),
        &["value=\"coder_t_x\"", "not shown again"],
        &[],
    );
    let page = Notice {
        title: "No".to_owned(),
        words: vec!["One.".to_owned(), "Two.".to_owned()],
        way_on: Some(("/".to_owned(), "Home".to_owned())),
    };
    check(
        &notice(CSS, page),
        &["<p>One.</p><p>Two.</p>", "href=\"/\"", ">Home</a>"],
        &[],
    );
}
