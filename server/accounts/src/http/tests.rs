use super::*;

const PREFIX: &str = "agents";

fn page(path: &str) -> Asked<'_> {
    Asked {
        path,
        accept: "text/html,*/*;q=0.8",
        ..Asked::default()
    }
}

#[test]
fn the_form_of_a_refusal_is_what_the_client_can_read() {
    let agent = "/agents/coderagent/a/get-messages";
    for (asked, expected) in [
        (page("/"), Form::Page),
        (page("/chat/a"), Form::Page),
        (page(agent), Form::Json),
        (
            Asked {
                accept: "*/*",
                ..page("/")
            },
            Form::Json,
        ),
        (
            Asked {
                accept: "",
                ..page("/tickets")
            },
            Form::Json,
        ),
        (
            Asked {
                is_upgrade: true,
                ..page("/agents/coderagent/a")
            },
            Form::Socket,
        ),
    ] {
        assert_eq!(asked.form(PREFIX), expected, "{asked:?}");
    }
}

#[test]
fn a_page_is_of_the_conversation_that_its_client_connects_to_and_an_agent_address_of_the_one_it_names()
 {
    let conversation = |name: &str| Target::Conversation(name.to_owned());
    for (path, expected) in [
        ("/", Target::None),
        ("/chat", Target::None),
        ("/chat/", Target::None),
        ("/chat/a/b", Target::None),
        ("/chat/a", conversation("a")),
        ("/chat/a/", conversation("a")),
        ("/chat/%61%20b", conversation("a%20b")),
        (
            "/agents/coderagent/a%20b/get-messages",
            conversation("a%20b"),
        ),
        ("/agents/coderagent/a", conversation("a")),
        ("/agents/coderagent/%61", conversation("%61")),
    ] {
        assert_eq!(page(path).target(PREFIX), expected, "{path}");
    }
    let socket = Asked {
        is_upgrade: true,
        ..page("/agents/x/a")
    };
    assert_eq!(socket.target(PREFIX), Target::Connection("a".to_owned()));
}

#[test]
fn a_token_comes_before_a_ticket_and_a_ticket_before_a_session() {
    let secret = |text: &str| Bearer::new(text);
    let all = Asked {
        is_upgrade: true,
        query: "_pk=1&ticket=k",
        authorization: "bearer  t ",
        cookie: "other=1; coder-session=s",
        ..page("/agents/x/a")
    };
    let token = Some(Presented::Token(secret("t")));
    assert_eq!(all.presented(true, true), token);
    let ticket = Some(Presented::Ticket(secret("k")));
    assert_eq!(all.presented(false, true), ticket);
    let http = Asked {
        is_upgrade: false,
        ..all
    };
    let session = Some(Presented::Session(secret("s")));
    assert_eq!(
        http.presented(false, true),
        session,
        "a ticket is for sockets"
    );
    assert_eq!(http.presented(false, false), None);
    for authorization in ["", "Basic dXNlcg==", "Bearer", "Bearer  ", "t"] {
        let asked = Asked {
            authorization,
            ..page("/")
        };
        assert_eq!(asked.presented(true, true), None, "{authorization}");
    }
}

#[test]
fn cookies_are_for_this_server_alone_and_come_back() {
    let session = Bearer::new("coder_s_abc");
    for (is_secure, port, expected) in [
        (
            false,
            Some("8787"),
            "coder-session-8787=coder_s_abc; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax",
        ),
        (
            true,
            Some("8787"),
            "__Host-coder=coder_s_abc; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure",
        ),
    ] {
        let asked = Asked {
            is_secure,
            port,
            ..page("/")
        };
        let set = asked.set_session(&session);
        assert_eq!(set, expected);
        let (cookie, _) = set.split_once(';').unwrap();
        // The next request may not look secure, for instance behind a proxy.
        let next = Asked {
            cookie,
            port,
            ..page("/")
        };
        assert_eq!(next.session(), Some(session.clone()));
        assert!(asked.forget_session().contains("=; Max-Age=0; "));
    }
    let other = Asked {
        cookie: "coder-session-8788=x; coder-session=y",
        port: Some("8787"),
        ..page("/")
    };
    assert_eq!(other.session(), None, "another server on this host");
}

#[test]
fn a_ticket_is_taken_out_of_the_address() {
    for (query, expected) in [
        ("", None),
        ("_pk=1", None),
        ("tickets=1&aticket=2", None),
        ("ticket=k", Some("")),
        (
            "_pk=a%20b&ticket=k&readonly=true",
            Some("_pk=a%20b&readonly=true"),
        ),
        ("ticket=k&_pk=1&ticket=l", Some("_pk=1")),
        ("%74icket=k&_pk=1", Some("_pk=1")),
        ("ticket", Some("")),
    ] {
        assert_eq!(without_ticket(query).as_deref(), expected, "{query}");
    }
}

#[test]
fn devices_are_called_by_browser_and_system() {
    for (user_agent, expected) in [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("curl/8.9", "Another client"),
        ("", "Another client"),
    ] {
        assert_eq!(device(user_agent), expected);
    }
}
