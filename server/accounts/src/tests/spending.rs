//! The daily spending of people.

use sql::Sql as _;

use super::*;

fn spend(world: &mut World, person: &PersonId, usd: f64) {
    let asked = Request::Spend {
        person: person.clone(),
        amount: MicroUsd::from_usd(usd),
    };
    assert_eq!(world.ask(asked), Ok(Answer::Done));
}

fn spent(world: &mut World, person: &PersonId) -> f64 {
    match world.ask(Request::Spent(person.clone())) {
        Ok(Answer::Spent(amount)) => amount.as_usd(),
        other => panic!("{other:?}"),
    }
}

fn people() -> [PersonId; 2] {
    [PersonId::owner(), PersonId::stored("p_1")]
}

#[test]
fn each_person_has_a_sum_of_their_own_that_outlives_the_machine() {
    let mut world = World::new();
    let [owner, ann] = people();
    assert_eq!(spent(&mut world, &owner), 0.0);
    spend(&mut world, &owner, 0.1);
    spend(&mut world, &owner, 0.2);
    spend(&mut world, &ann, 1.0);
    assert_eq!(spent(&mut world, &owner), 0.3, "without a rounding error");
    assert_eq!(spent(&mut world, &ann), 1.0);
}

#[test]
fn a_day_ends_at_midnight_utc_and_is_forgotten_after_the_next() {
    let mut world = World::new();
    let [owner, ann] = people();
    let midnight = START - START % (24 * 60 * 60 * 1000);
    world.now = Timestamp::from_millis(midnight);
    world.pass(minutes(24 * 60 - 1));
    spend(&mut world, &owner, 1.0);
    assert_eq!(spent(&mut world, &owner), 1.0);
    let days_kept = |world: &World| {
        let rows = world.sql.run("SELECT day FROM spending", &[]);
        rows.unwrap().len()
    };
    world.pass(minutes(1));
    assert_eq!(spent(&mut world, &owner), 0.0, "a new day");
    spend(&mut world, &ann, 1.0);
    assert_eq!(days_kept(&world), 2, "yesterday is kept");
    world.pass(days(1));
    spend(&mut world, &ann, 1.0);
    assert_eq!(days_kept(&world), 2, "the day before it is not");
}

#[test]
fn a_store_that_fails_is_no_empty_ledger() {
    let mut world = World::new();
    let [owner, _] = people();
    spend(&mut world, &owner, 1.0);
    world.sql.run("DROP TABLE spending", &[]).unwrap();
    let asked = Request::Spent(owner.clone());
    assert!(matches!(world.ask(asked), Err(AccountsError::Store(_))));
    let amount = MicroUsd::from_usd(1.0);
    let asked = Request::Spend {
        person: owner,
        amount,
    };
    assert!(matches!(world.ask(asked), Err(AccountsError::Store(_))));
}
