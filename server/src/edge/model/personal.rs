//! What a person wants of the model in all of their conversations: asked of their directory before a model call.

use std::{cell::RefCell, collections::HashMap, pin::pin, time::Duration};

use accounts::PersonId;
use common::{directory::Settings, naming};
use futures::future::{Either, select};
use worker::{Delay, Env, Result};

use crate::edge::{directory::SETTINGS_PATH, instance::Instance, ledger, policy, router};

/// How long a call waits for the settings.
const PATIENCE: Duration = Duration::from_secs(3);

/// The notice for the user when their instructions could not be read.
const UNREAD: &str = "Your instructions for all conversations could not be read just now: this answer may not follow them.";

/// The instructions of so many persons are remembered.
const REMEMBERED: usize = 1_000;

thread_local! {
    /// The instructions as they were last read, for when a directory does not answer.
    static LAST: RefCell<HashMap<PersonId, Option<String>>> = RefCell::new(HashMap::new());
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
    const fn unread() -> Self {
        Self {
            instructions: None,
            notice: Some(UNREAD),
        }
    }
}

/// The instructions of the person whose conversation this is. A directory that does not answer ends no turn.
pub(super) async fn of_owner(instance: &Instance) -> Personal {
    let read = async {
        let person = ledger::person(instance)?;
        let settings = settings_of(&instance.env, &person).await;
        Ok::<_, worker::Error>((person, settings))
    };
    let (person, settings) = match read.await {
        Ok(read) => read,
        Err(error) => {
            worker::console_error!("the owner is not known: {error}");
            return Personal::unread();
        }
    };
    match settings {
        Ok(settings) => {
            let instructions = settings.instructions;
            LAST.with_borrow_mut(|last| {
                if last.len() >= REMEMBERED {
                    last.clear();
                }
                last.insert(person, instructions.clone());
            });
            Personal {
                instructions,
                notice: None,
            }
        }
        Err(error) => {
            worker::console_error!("the instructions of a person are not known: {error}");
            let last = LAST.with_borrow(|last| last.get(&person).cloned());
            last.map_or_else(Personal::unread, |instructions| Personal {
                instructions,
                notice: None,
            })
        }
    }
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
