//! What a person wants in all of their conversations: asked of their directory before a model call, and when a conversation
//! begins.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    pin::pin,
    time::Duration,
};

use accounts::PersonId;
use common::{directory::Settings, naming, state::Choices, time::Timestamp};
use futures::future::{Either, select};
use worker::{Delay, Env, Result};

use crate::edge::{
    directory::SETTINGS_PATH, instance::Instance, ledger, policy, random::now, router,
};

/// How long a call waits for the settings.
const PATIENCE: Duration = Duration::from_secs(3);

/// Settings that were read so recently are not asked for again: the question would delay the first word of each answer.
/// A change in this isolate counts at once ([`forget`]); one in another isolate, after this time.
const FRESH: Duration = Duration::from_secs(30);

/// The notice for the user when their instructions could not be read.
const UNREAD: &str = "Your instructions for all conversations could not be read just now: this answer may not follow them.";

/// The settings of so many persons are remembered.
const REMEMBERED: usize = 1_000;

thread_local! {
    static LAST: RefCell<HashMap<PersonId, Read>> = RefCell::new(HashMap::new());
    /// How often [`forget`] was called: what is read while it is called may be old.
    static CHANGES: Cell<u64> = const { Cell::new(0) };
}

/// Settings as they were last read. They also serve while a directory does not answer.
#[derive(Clone)]
struct Read {
    settings: Settings,
    /// `None`: they may have changed since.
    at: Option<Timestamp>,
}

/// The settings of a person may have changed.
pub(in crate::edge) fn forget(person: &PersonId) {
    CHANGES.set(CHANGES.get().wrapping_add(1));
    LAST.with_borrow_mut(|last| {
        if let Some(read) = last.get_mut(person) {
            read.at = None;
        }
    });
}

/// What a person wants of the model.
#[derive(Debug, Default)]
pub(super) struct Personal {
    /// Their instructions.
    pub(super) instructions: Option<String>,
    /// Says that they could not be read.
    pub(super) notice: Option<&'static str>,
}

impl Personal {
    const fn read(instructions: Option<String>) -> Self {
        Self {
            instructions,
            notice: None,
        }
    }

    const fn unread() -> Self {
        Self {
            instructions: None,
            notice: Some(UNREAD),
        }
    }
}

/// The instructions of the person whose conversation this is. A directory that does not answer ends no turn.
pub(super) async fn of_owner(instance: &Instance) -> Personal {
    let settings = settings_of_owner(instance).await;
    settings.map_or_else(Personal::unread, |settings| {
        Personal::read(settings.instructions)
    })
}

/// What new conversations of the owner of this one begin with. Without an answer it is nothing.
pub(in crate::edge) async fn defaults_of_owner(instance: &Instance) -> Choices {
    let settings = settings_of_owner(instance).await;
    settings
        .and_then(|settings| settings.defaults)
        .unwrap_or_default()
}

/// The settings of the person whose conversation this is; `None`: they are not known, and the log says why.
async fn settings_of_owner(instance: &Instance) -> Option<Settings> {
    let person = match ledger::person(instance) {
        Ok(person) => person,
        Err(error) => {
            worker::console_error!("the owner is not known: {error}");
            return None;
        }
    };
    let last = LAST.with_borrow(|last| last.get(&person).cloned());
    if let Some(Read {
        settings,
        at: Some(at),
    }) = &last
        && now().since(*at) < FRESH
    {
        return Some(settings.clone());
    }
    let changes = CHANGES.get();
    match settings_of(&instance.env, &person).await {
        Ok(settings) => {
            let at = (CHANGES.get() == changes).then(now);
            remember(
                person,
                Read {
                    settings: settings.clone(),
                    at,
                },
            );
            Some(settings)
        }
        Err(error) => {
            worker::console_error!("the settings of a person are not known: {error}");
            last.map(|last| last.settings)
        }
    }
}

fn remember(person: PersonId, read: Read) {
    LAST.with_borrow_mut(|last| {
        if last.len() >= REMEMBERED {
            last.clear();
        }
        last.insert(person, read);
    });
}

/// The settings of a person. No object wakes up where none is stored.
async fn settings_of(env: &Env, person: &PersonId) -> Result<Settings> {
    let read = async {
        if !router::has_list(env, person, policy::PLACEMENT).await? {
            return Ok(Settings::default());
        }
        let (agent, placement) = (naming::DIRECTORY, policy::PLACEMENT);
        let stub = router::get_agent_by_name(env, agent, person.as_str(), placement)?;
        let url = format!("https://directory{SETTINGS_PATH}");
        let mut response = stub.fetch_with_str(&url).await?;
        match response.status_code() {
            200 => Ok(Settings::from_json(response.json().await?).unwrap_or_default()),
            status => Err(format!("the directory answered {status}").into()),
        }
    };
    match select(pin!(read), pin!(Delay::from(PATIENCE))).await {
        Either::Left((read, _)) => read,
        Either::Right(_) => Err("the directory does not answer".into()),
    }
}
