//! Every kind of credential in every state.

use sql::Sql as _;

use super::*;

/// The way a credential is presented.
type Presents = fn(Bearer) -> Presented;

const AS: [(&str, Presents); 3] = [
    ("session", Presented::Session),
    ("token", Presented::Token),
    ("ticket", Presented::Ticket),
];

/// Creates one credential of each kind: its name, its secret, and its lifetime.
fn one_of_each(world: &mut World) -> Vec<(&'static str, Bearer, Option<Duration>)> {
    let session = world.owner();
    let owner = world.caller(&session);
    let token = world.token(&owner, &[Scope::Chat], None);
    let ticket = world.made(&owner, Change::MakeTicket);
    let link = world.made(&owner, Change::MakeLink);
    let invitation = world.made(
        &owner,
        Change::Invite {
            name: "Ann".to_owned(),
            to: Invited::Member,
        },
    );
    vec![
        ("session", session, Some(days(30))),
        ("token", token, Some(days(1))),
        ("ticket", ticket, Some(Duration::from_secs(60))),
        ("link", link, Some(minutes(15))),
        ("invitation", invitation, Some(days(7))),
    ]
}

#[test]
fn each_is_taken_as_what_it_is_and_as_nothing_else() {
    for at in 0..5 {
        for (kind, presents) in AS {
            let mut world = World::new();
            let (name, secret, _) = one_of_each(&mut world).swap_remove(at);
            let seen = world.authenticate(presents(secret.clone()), Target::None);
            if name == kind {
                assert_eq!(seen.unwrap().person, PersonId::owner(), "{name}");
            } else {
                assert_eq!(seen, Err("sign_in_unknown".to_owned()), "{name} as {kind}");
            }
        }
        let mut world = World::new();
        let (name, secret, _) = one_of_each(&mut world).swap_remove(at);
        let is_link = matches!(name, "link" | "invitation");
        assert_eq!(
            world.redeem(&secret, None).is_ok(),
            is_link,
            "{name} as a link"
        );
        assert!(world.ask(Request::Look(secret)).is_err(), "{name} again");
    }
}

#[test]
fn each_ends_at_its_time() {
    for at in 0..5 {
        for (early, expected) in [(true, None), (false, Some("sign_in_expired"))] {
            let mut world = World::new();
            let (name, secret, life) = one_of_each(&mut world).swap_remove(at);
            let wait = life.unwrap() - Duration::from_millis(u64::from(early));
            world.pass(wait);
            let outcome = match AS.iter().find(|(kind, _)| *kind == name) {
                Some((_, presents)) => world.authenticate(presents(secret), Target::None).map(drop),
                None => world
                    .redeem(&secret, None)
                    .map(drop)
                    .map_err(|error| error.code().as_str().to_owned()),
            };
            assert_eq!(outcome.err().as_deref(), expected, "{name} after {wait:?}");
        }
    }
}

#[test]
fn one_time_credentials_work_once() {
    for at in [2, 3, 4] {
        let mut world = World::new();
        let (name, secret, _) = one_of_each(&mut world).swap_remove(at);
        for expected in [None, Some("already_used")] {
            let seen = match name {
                "ticket" => world
                    .authenticate(Presented::Ticket(secret.clone()), Target::None)
                    .err(),
                _ => {
                    let seen = world.redeem(&secret, None).err();
                    seen.map(|error| error.code().as_str().to_owned())
                }
            };
            assert_eq!(seen.as_deref(), expected, "{name}");
        }
    }
    let mut world = World::new();
    let link = Bearer::new(OWNER_LINK.trim());
    assert_eq!(
        world.ask(Request::Look(link.clone())),
        Ok(Answer::Link(LinkPurpose::SignIn)),
        "to look is no use"
    );
    world.sign_in(&link);
    let used = Err(SignInProblem::Used.into());
    assert_eq!(world.redeem(&link, None), used);
    assert_eq!(world.ask(Request::Look(link.clone())), used);
    world.pass(days(1));
    let ended = Err(SignInProblem::Expired.into());
    assert_eq!(world.redeem(&link, None), ended, "and never again");
}

#[test]
fn a_revoked_one_is_refused_and_so_is_a_ticket_made_with_it() {
    let mut world = World::new();
    let session = world.owner();
    let owner = world.caller(&session);
    let token = world.token(&owner, &[Scope::Admin], None);
    let bearer = Presented::Token(token.clone());
    let by_token = world.authenticate(bearer.clone(), Target::None).unwrap();
    let ticket = world.made(&by_token, Change::MakeTicket);
    let by_ticket = Presented::Ticket(ticket);
    let shown = world.overview(&owner).tokens;
    assert_eq!(shown.len(), 1);
    let revoke = Change::Revoke(shown[0].id.clone());
    assert_eq!(world.by(&owner, revoke), Ok(Answer::Done));
    let revoked = Err("sign_in_revoked".to_owned());
    assert_eq!(world.authenticate(bearer.clone(), Target::None), revoked);
    assert_eq!(world.authenticate(by_ticket, Target::None), revoked);
    assert_eq!(world.overview(&owner).tokens, []);
    world.pass(days(20));
    assert_eq!(world.authenticate(bearer, Target::None), revoked, "still");

    assert_eq!(
        world.by(&owner, Change::Revoke(owner.credential.clone())),
        Ok(Answer::Done),
        "one's own session, too: that is to sign out"
    );
    let out = world.authenticate(Presented::Session(session), Target::None);
    assert_eq!(out, revoked);
}

#[test]
fn credentials_of_another_person_cannot_be_revoked() {
    let mut world = World::new();
    let session = world.owner();
    let owner = world.caller(&session);
    let anns = world.invited(&owner, "Ann", Invited::Member);
    let ann = world.caller(&anns);
    for (by, of) in [(&ann, &owner), (&owner, &ann)] {
        let refused = world.by(by, Change::Revoke(of.credential.clone()));
        assert_eq!(refused.unwrap_err().status(), 404);
    }
    let anns_other = world.made(&ann, Change::MakeLink);
    let anns_other = world.sign_in(&anns_other);
    assert_eq!(
        world.by(&ann, Change::RevokeOtherSessions),
        Ok(Answer::Done)
    );
    let other = world.authenticate(Presented::Session(anns_other), Target::None);
    assert_eq!(other, Err("sign_in_revoked".to_owned()));
    for session in [session, anns] {
        world.caller(&session);
    }
}

#[test]
fn a_used_session_is_extended_and_reports_it_now_and_then() {
    let mut world = World::new();
    let session = world.owner();
    let mut renewed = 0;
    for _ in 0..50 {
        world.pass(days(2));
        for _ in 0..3 {
            world.pass(Duration::from_secs(1));
            let presented = Presented::Session(session.clone());
            let target = Target::None;
            match world.ask(Request::Authenticate { presented, target }) {
                Ok(Answer::Caller { is_renewed, .. }) => renewed += u32::from(is_renewed),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(renewed, 50);
    world.pass(days(30));
    let ended = world.authenticate(Presented::Session(session.clone()), Target::None);
    assert_eq!(ended, Err("sign_in_expired".to_owned()));
    world.pass(days(31));
    let link = world.made(&Caller::local(), Change::MakeLink);
    world.sign_in(&link);
    let forgotten = world.authenticate(Presented::Session(session), Target::None);
    assert_eq!(forgotten, Err("sign_in_unknown".to_owned()));
}

#[test]
fn a_token_has_its_scopes_and_keeps_to_its_conversation() {
    let mut world = World::new();
    let session = world.owner();
    let owner = world.caller(&session);
    let token = world.token(&owner, &[Scope::Files], Some("notes"));
    let bearer = Presented::Token(token);
    let own = Target::Connection("notes".to_owned());
    let caller = world.authenticate(bearer.clone(), own.clone()).unwrap();
    assert_eq!(caller.scopes, vec![Scope::Read, Scope::Files].into());
    let other = Target::Conversation("other".to_owned());
    let elsewhere = Err("not_found".to_owned());
    assert_eq!(world.authenticate(bearer.clone(), other.clone()), elsewhere);
    let ticket = Presented::Ticket(world.made(&caller, Change::MakeTicket));
    assert_eq!(
        world.authenticate(ticket, other),
        elsewhere,
        "by a ticket, too"
    );
    let ticket = Presented::Ticket(world.made(&caller, Change::MakeTicket));
    let by_ticket = world.authenticate(ticket, own).unwrap();
    assert_eq!(
        (by_ticket.scopes, by_ticket.credential),
        (caller.scopes.clone(), caller.credential.clone())
    );
    let refused = world.by(&caller, Change::Show).unwrap_err();
    assert_eq!(refused.status(), 403, "without `admin`");
}

#[test]
fn no_secret_is_in_the_store() {
    let mut world = World::new();
    let made = one_of_each(&mut world);
    let mut stored = String::new();
    let tables = ["people", "credentials", "shares", "connected", "closings"];
    for table in tables {
        for row in world
            .sql
            .run(&format!("SELECT * FROM {table}"), &[])
            .unwrap()
        {
            stored.push_str(&format!("{row:?}"));
        }
    }
    assert!(stored.contains("Firefox on Linux"), "it was looked at");
    for (name, secret, _) in made {
        assert!(!stored.contains(secret.expose()), "{name}");
    }
    assert!(!stored.contains(OWNER_LINK.trim()));
}

#[test]
fn names_and_numbers_are_checked_and_counted() {
    let mut world = World::new();
    let session = world.owner();
    let owner = world.caller(&session);
    let mut make = |name: &str, days| {
        let made = world.by(
            &owner,
            Change::MakeToken {
                name: name.to_owned(),
                scopes: Vec::new().into(),
                conversation: None,
                days,
            },
        );
        made.err().map(|error| error.code().as_str())
    };
    for (name, days) in [
        (" ", None),
        ("a\nb", None),
        ("a", Some(0)),
        ("a", Some(3651)),
    ] {
        assert_eq!(make(name, days), Some("unusable"), "{name} {days:?}");
    }
    assert_eq!(make(&"x".repeat(81), None), Some("unusable"));
    for _ in 0..50 {
        assert_eq!(make("a", Some(1)), None);
    }
    assert_eq!(make("a", Some(1)), Some("too_many"));
}
