//! The accounts on real SQLite, in virtual time.

mod closings;
mod credentials;
mod people;
mod spending;

use std::time::Duration;

use common::{secret::Secret, time::Timestamp};
use test_support::MemorySql;

use super::*;

const SECRET: &str = "a-secret-of-the-tests-a-secret-of-the-tests";
/// Created with that secret by `scripts/sign_in/link.mjs`.
const OWNER_LINK: &str = include_str!("owner_link.txt");
/// A day before that link expires.
const START: u64 = 1_800_000_000_000 - 24 * 60 * 60 * 1000;

/// Unique bytes, though not random.
struct Counting(u8);

impl RandomSource for Counting {
    fn random(&mut self) -> Option<[u8; 32]> {
        self.0 = self.0.checked_add(1)?;
        Some([self.0; 32])
    }
}

/// The accounts, a clock, and a source of random bytes.
struct World {
    now: Timestamp,
    sql: MemorySql,
    random: Counting,
}

impl World {
    fn new() -> Self {
        Self {
            now: Timestamp::from_millis(START),
            sql: MemorySql::new(),
            random: Counting(0),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    /// Opens the accounts again, as after an eviction.
    fn accounts(&self) -> Accounts<MemorySql> {
        Accounts::open(self.sql.clone(), Secret::new(SECRET)).unwrap()
    }

    fn ask(&mut self, request: Request) -> Outcome {
        let accounts = self.accounts();
        accounts.handle(self.now, &mut self.random, request)
    }

    fn by(&mut self, caller: &Caller, change: Change) -> Outcome {
        self.ask(Request::By(Box::new(caller.clone()), change))
    }

    fn redeem(&mut self, link: &Bearer, by: Option<&Caller>) -> Outcome {
        self.ask(Request::Redeem {
            link: link.clone(),
            device: "Firefox on Linux".to_owned(),
            by: by.cloned(),
        })
    }

    /// Uses a link to get a session.
    fn sign_in(&mut self, link: &Bearer) -> Bearer {
        match self.redeem(link, None) {
            Ok(Answer::SignedIn {
                session: Some(session),
                ..
            }) => session,
            other => panic!("{other:?}"),
        }
    }

    fn authenticate(&mut self, presented: Presented, target: Target) -> Result<Caller, String> {
        match self.ask(Request::Authenticate { presented, target }) {
            Ok(Answer::Caller { caller, .. }) => Ok(*caller),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.code().as_str().to_owned()),
        }
    }

    fn caller(&mut self, session: &Bearer) -> Caller {
        self.authenticate(Presented::Session(session.clone()), Target::None)
            .unwrap()
    }

    fn made(&mut self, caller: &Caller, change: Change) -> Bearer {
        match self.by(caller, change) {
            Ok(Answer::Made(secret)) => secret,
            other => panic!("{other:?}"),
        }
    }

    fn overview(&mut self, caller: &Caller) -> Overview {
        match self.by(caller, Change::Show) {
            Ok(Answer::Overview(overview)) => *overview,
            other => panic!("{other:?}"),
        }
    }

    /// The owner's session, from the first link.
    fn owner(&mut self) -> Bearer {
        self.sign_in(&Bearer::new(OWNER_LINK.trim()))
    }

    /// A newcomer's session.
    fn invited(&mut self, owner: &Caller, name: &str, to: Invited) -> Bearer {
        let name = name.to_owned();
        let link = self.made(owner, Change::Invite { name, to });
        self.sign_in(&link)
    }

    fn token(&mut self, caller: &Caller, scopes: &[Scope], conversation: Option<&str>) -> Bearer {
        self.made(
            caller,
            Change::MakeToken {
                name: "script".to_owned(),
                scopes: scopes.to_vec().into(),
                conversation: conversation.map(str::to_owned),
                days: Some(1),
            },
        )
    }
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn days(count: u64) -> Duration {
    Duration::from_secs(24 * 60 * 60 * count)
}

fn viewer(conversation: &str, epoch: &str) -> Invited {
    Invited::Viewer {
        conversation: conversation.to_owned(),
        epoch: epoch.to_owned(),
    }
}
