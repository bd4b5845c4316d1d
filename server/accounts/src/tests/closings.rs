//! Connections close when the sign-in they were opened with ends.

use super::*;

fn closings(world: &World) -> Vec<(CredentialId, String)> {
    world.accounts().closings().unwrap()
}

#[test]
fn a_revoked_session_names_the_conversations_it_is_connected_to_until_they_have_closed() {
    let mut world = World::new();
    let session = world.owner();
    let owner = world.caller(&session);
    let presented = Presented::Session(session);
    for (name, target) in [
        ("a", Target::Connection as fn(String) -> Target),
        ("b", Target::Connection),
        ("b", Target::Connection),
        ("c", Target::Conversation),
    ] {
        let target = target(name.to_owned());
        world.authenticate(presented.clone(), target).unwrap();
    }
    assert_eq!(closings(&world), []);
    let revoke = Change::Revoke(owner.credential.clone());
    world.by(&owner, revoke).unwrap();
    let of = |name: &str| (owner.credential.clone(), name.to_owned());
    assert_eq!(closings(&world), [of("a"), of("b")]);
    world.accounts().closed(&owner.credential, "a").unwrap();
    assert_eq!(closings(&world), [of("b")], "until it is done");
    world.accounts().closed(&owner.credential, "b").unwrap();
    assert_eq!(closings(&world), []);
}

#[test]
fn a_removed_person_is_disconnected_everywhere() {
    let mut world = World::new();
    let owner = world.owner();
    let owner = world.caller(&owner);
    let session = world.invited(&owner, "Ann", Invited::Member);
    let ann = world.caller(&session);
    let token = world.token(&ann, &[Scope::Chat], None);
    let by_token = world
        .authenticate(Presented::Token(token), Target::None)
        .unwrap();
    let ticket = world.made(&by_token, Change::MakeTicket);
    for presented in [Presented::Session(session), Presented::Ticket(ticket)] {
        let target = Target::Connection("a".to_owned());
        world.authenticate(presented, target).unwrap();
    }
    world.by(&owner, Change::Remove(ann.person)).unwrap();
    let closing: Vec<_> = closings(&world).into_iter().map(|(id, _)| id).collect();
    let mut expected = vec![ann.credential, by_token.credential];
    expected.sort();
    assert_eq!(closing, expected);

    let access = Presented::Access {
        email: "bob@example.com".to_owned(),
        until: world.now + days(1),
        is_owner: false,
    };
    let target = Target::Connection("b".to_owned());
    let bob = world.authenticate(access, target).unwrap();
    world.by(&owner, Change::Remove(bob.person)).unwrap();
    let is_closing = closings(&world).contains(&(bob.credential, "b".to_owned()));
    assert!(is_closing);
}
