use super::*;
use crate::Scopes;

const NOW: Timestamp = Timestamp::from_millis(1_000);

const INTENTS: [Intent; 4] = [
    Intent::Reads,
    Intent::Changes,
    Intent::Answers,
    Intent::ChangesFiles,
];

fn person(name: &str, role: Role) -> Caller {
    Caller {
        person: PersonId::stored(name),
        role,
        ..Caller::local()
    }
}

/// The result for each intent.
fn outcomes(owner: &Ownership, caller: Option<&Caller>) -> [Result<(), Denial>; 4] {
    let conversation = Guarded {
        owner: owner.clone(),
        epoch: "e1".to_owned(),
    };
    INTENTS.map(|intent| conversation.admit(NOW, caller, intent))
}

#[test]
fn everybody_and_every_intent() {
    let anns = Ownership::Of(PersonId::stored("ann"));
    let owners = Ownership::Of(PersonId::owner());
    let nobodys = Ownership::Nobody;
    let too_long = Ownership::NameTooLong;
    let all = [Ok(()); 4];
    let none = |denial| [Err(denial); 4];
    let reads = |denial| [Ok(()), Err(denial), Err(denial), Err(denial)];

    let (ann, bob) = (person("ann", Role::Member), person("bob", Role::Member));
    let guest = person("guest", Role::Viewer);
    let shared = |epoch: &str, caller: &Caller| Caller {
        shared: Some(epoch.to_owned()),
        ..caller.clone()
    };
    let ended = Caller {
        until: Some(NOW),
        ..ann.clone()
    };
    let lasting = Caller {
        until: Some(Timestamp::from_millis(1_001)),
        ..ann.clone()
    };
    let token = |scopes: &[Scope]| Caller {
        scopes: Scopes::from(scopes.to_vec()),
        ..ann.clone()
    };
    let missing = Denial::MissingScope;

    for (conversation, caller, expected) in [
        (&anns, None, none(Denial::NotSignedIn)),
        (&nobodys, None, none(Denial::NotSignedIn)),
        (&anns, Some(ann.clone()), all),
        (&nobodys, Some(ann.clone()), all),
        (&anns, Some(bob.clone()), none(Denial::NotYours)),
        (&anns, Some(Caller::local()), none(Denial::NotYours)),
        (&owners, Some(Caller::local()), all),
        (&owners, Some(ann.clone()), none(Denial::NotYours)),
        (&anns, Some(guest.clone()), none(Denial::NotYours)),
        (&nobodys, Some(guest.clone()), none(Denial::NotYours)),
        (&too_long, None, none(Denial::NotSignedIn)),
        (&too_long, Some(ann.clone()), reads(Denial::NameTooLong)),
        (&too_long, Some(guest.clone()), none(Denial::NotYours)),
        (
            &anns,
            Some(shared("e1", &guest)),
            reads(Denial::SharedForReading),
        ),
        (
            &anns,
            Some(shared("e1", &bob)),
            reads(Denial::SharedForReading),
        ),
        (&anns, Some(shared("e0", &bob)), none(Denial::NotYours)),
        (&anns, Some(ended), none(Denial::Expired)),
        (&anns, Some(lasting), all),
        (
            &anns,
            Some(token(&[])),
            [
                Ok(()),
                Err(missing(Scope::Chat)),
                Err(missing(Scope::Chat)),
                Err(missing(Scope::Files)),
            ],
        ),
        (
            &anns,
            Some(token(&[Scope::Chat])),
            [Ok(()), Ok(()), Ok(()), Err(missing(Scope::Files))],
        ),
        (
            &anns,
            Some(token(&[Scope::Files, Scope::Admin])),
            [
                Ok(()),
                Err(missing(Scope::Chat)),
                Err(missing(Scope::Chat)),
                Ok(()),
            ],
        ),
    ] {
        let seen = outcomes(conversation, caller.as_ref());
        assert_eq!(seen, expected, "{conversation:?} {caller:?}");
    }
}

#[test]
fn a_foreign_conversation_is_refused_like_a_missing_one() {
    assert_eq!(
        Denial::NotYours.sentence(),
        "There is no such conversation, or it is not yours."
    );
    assert_eq!(Denial::NotYours.status(), 404);
    for denial in [Denial::NotSignedIn, Denial::Expired, Denial::NotYours] {
        assert!(denial.ends_with().is_some(), "{denial:?}");
        // The platform limits reasons to 123 bytes (RFC 6455 §5.5).
        assert!(denial.sentence().len() <= 123);
    }
}

#[test]
fn only_a_new_conversation_needs_a_short_name() {
    let owner_of = |owner: Ownership, name: &str| {
        let guarded = Guarded {
            owner,
            ..Guarded::NEW
        };
        guarded.named(name).owner
    };
    let long = "x".repeat(10_000);
    let anns = Ownership::Of(PersonId::stored("ann"));
    assert_eq!(owner_of(Ownership::Nobody, "calm-otter"), Ownership::Nobody);
    assert_eq!(owner_of(Ownership::Nobody, &long), Ownership::NameTooLong);
    assert_eq!(owner_of(anns.clone(), &long), anns);
    let words = Denial::NameTooLong.sentence();
    assert!(
        words.contains("200 characters; begin one with a shorter name."),
        "{words}"
    );
}
