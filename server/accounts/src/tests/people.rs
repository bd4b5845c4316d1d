//! Owner, members and viewers.

use super::*;

fn shared(world: &mut World, session: &Bearer, conversation: &str) -> Option<String> {
    let target = Target::Conversation(conversation.to_owned());
    let caller = world.authenticate(Presented::Session(session.clone()), target);
    caller.unwrap().shared
}

#[test]
fn the_owner_invites_members_and_conversations_are_shared_with_viewers() {
    let mut world = World::new();
    let owner = world.owner();
    let owner = world.caller(&owner);
    let anns = world.invited(&owner, "Ann", Invited::Member);
    let ann = world.caller(&anns);
    assert_eq!(ann.role, Role::Member);
    let guests = world.invited(&ann, "Guest", viewer("notes", "e1"));
    let guest = world.caller(&guests);
    assert_eq!((guest.role, guest.shared.clone()), (Role::Viewer, None));
    assert_eq!(shared(&mut world, &guests, "notes").as_deref(), Some("e1"));
    assert_eq!(shared(&mut world, &guests, "other"), None);

    let people = world.overview(&owner).people;
    let shown: Vec<_> = people
        .iter()
        .map(|person| (person.name.as_str(), person.role, person.shared.len()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Owner", Role::Owner, 0),
            ("Ann", Role::Member, 0),
            ("Guest", Role::Viewer, 1)
        ]
    );
    assert_eq!(
        world.overview(&ann).people,
        [],
        "members do not see the others"
    );
}

#[test]
fn invitations_removals_and_tokens_are_refused_without_the_right() {
    let mut world = World::new();
    let owner = world.owner();
    let owner = world.caller(&owner);
    let ann = world.invited(&owner, "Ann", Invited::Member);
    let ann = world.caller(&ann);
    let guest = world.invited(&owner, "Guest", viewer("notes", "e1"));
    let guest = world.caller(&guest);
    let invite = |to| Change::Invite {
        name: "Bob".to_owned(),
        to,
    };
    let token = |scopes: Vec<Scope>| Change::MakeToken {
        name: "script".to_owned(),
        scopes: scopes.into(),
        conversation: None,
        days: None,
    };
    for (by, change) in [
        (&ann, invite(Invited::Member)),
        (&guest, invite(Invited::Member)),
        (&guest, invite(viewer("notes", "e1"))),
        (&ann, Change::Remove(guest.person.clone())),
        (&guest, Change::Remove(ann.person.clone())),
        (&owner, Change::Remove(PersonId::owner())),
        (&guest, token(vec![Scope::Chat])),
    ] {
        let refused = world.by(by, change.clone()).unwrap_err();
        assert_eq!(refused.status(), 403, "{change:?}");
    }
    assert!(world.by(&guest, token(Vec::new())).is_ok());
    let nobody = Change::Remove(PersonId::stored("p_unknown"));
    assert_eq!(world.by(&owner, nobody).unwrap_err().status(), 404);
}

#[test]
fn a_removed_person_is_refused_everywhere() {
    let mut world = World::new();
    let owner = world.owner();
    let owner = world.caller(&owner);
    let anns = world.invited(&owner, "Ann", Invited::Member);
    let ann = world.caller(&anns);
    let token = world.token(&ann, &[Scope::Chat], None);
    let ticket = world.made(&ann, Change::MakeTicket);
    let link = world.made(&ann, Change::MakeLink);
    let share = world.made(
        &ann,
        Change::Invite {
            name: "Bob".to_owned(),
            to: viewer("notes", "e1"),
        },
    );
    assert_eq!(
        world.by(&owner, Change::Remove(ann.person.clone())),
        Ok(Answer::Done)
    );
    for presented in [
        Presented::Session(anns),
        Presented::Token(token),
        Presented::Ticket(ticket),
    ] {
        let seen = world.authenticate(presented.clone(), Target::None);
        assert_eq!(seen, Err("sign_in_revoked".to_owned()), "{presented:?}");
    }
    for link in [link, share] {
        let seen = world.redeem(&link, None).unwrap_err();
        assert_eq!(seen, SignInProblem::Revoked.into());
    }
    assert_eq!(world.overview(&owner).people.len(), 1);
}

#[test]
fn an_invitation_taken_by_somebody_who_is_signed_in() {
    let mut world = World::new();
    let owner = world.owner();
    let owner = world.caller(&owner);
    let anns = world.invited(&owner, "Ann", Invited::Member);
    let ann = world.caller(&anns);
    let guests = world.invited(&owner, "Guest", viewer("notes", "e1"));
    let guest = world.caller(&guests);
    let member = |world: &mut World| {
        let name = "Bob".to_owned();
        let to = Invited::Member;
        world.made(&owner, Change::Invite { name, to })
    };
    let link = member(&mut world);
    let refused = world.redeem(&link, Some(&ann)).unwrap_err();
    assert_eq!(refused, AccountsError::AlreadySignedIn);
    let here = |to: &str| {
        let (session, to) = (None, to.to_owned());
        Ok(Answer::SignedIn { session, to })
    };
    assert_eq!(world.redeem(&link, Some(&guest)), here("/"), "still unused");
    assert_eq!(
        world.caller(&guests).role,
        Role::Member,
        "a viewer becomes one"
    );

    let name = "Ann".to_owned();
    let to = viewer("plans", "e2");
    let link = world.made(&owner, Change::Invite { name, to });
    assert_eq!(world.redeem(&link, Some(&ann)), here("/chat/plans"));
    assert_eq!(shared(&mut world, &anns, "plans").as_deref(), Some("e2"));
    assert_eq!(world.overview(&owner).people.len(), 3, "nobody new");
}

#[test]
fn callers_of_an_identity_provider_are_the_owner_or_members() {
    let mut world = World::new();
    let access = |email: &str, is_owner, until| Presented::Access {
        email: email.to_owned(),
        until: Timestamp::from_millis(until),
        is_owner,
    };
    let later = START + 1000;
    let owner = world
        .authenticate(access("boss@example.com", true, later), Target::None)
        .unwrap();
    assert_eq!(
        (owner.person.clone(), owner.role),
        (PersonId::owner(), Role::Owner)
    );
    assert_eq!(owner.until, Some(Timestamp::from_millis(later)));
    let ann = access("ann@example.com", false, later);
    let first = world.authenticate(ann.clone(), Target::None).unwrap();
    assert_eq!(first.role, Role::Member);
    let again = world.authenticate(ann.clone(), Target::None).unwrap();
    assert_eq!(again, first, "the same person");
    let ticket = Presented::Ticket(world.made(&first, Change::MakeTicket));
    assert_eq!(world.authenticate(ticket, Target::None), Ok(first.clone()));
    let ended = access("ann@example.com", false, START);
    let expired = Err("sign_in_expired".to_owned());
    assert_eq!(world.authenticate(ended, Target::None), expired);
    let ticket = Presented::Ticket(world.made(&first, Change::MakeTicket));
    assert_eq!(
        world.by(&owner, Change::Remove(first.person)),
        Ok(Answer::Done)
    );
    let revoked = Err("sign_in_revoked".to_owned());
    assert_eq!(world.authenticate(ann, Target::None), revoked, "for good");
    assert_eq!(world.authenticate(ticket, Target::None), revoked);
}
