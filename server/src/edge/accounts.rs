//! The Durable Object of the accounts: passes requests to the machine, and has connections of revoked sign-ins closed.

use std::{cell::RefCell, rc::Rc, time::Duration};

use accounts::{
    Accounts as Machine, AccountsError, CredentialId, Outcome, Place, Request as Asked,
};
use common::naming;
use futures::future::join_all;
use sql::SqlError;
use worker::{
    DurableObject, Env, Method, Request, RequestInit, Response, Result, State, durable_object,
};

use super::{
    policy, probe,
    random::{RandomBytes, now},
    router, settings,
    sql::ObjectSql,
};

/// The binding of the class in `wrangler.jsonc`; no agent has this name.
pub(super) const BINDING: &str = "accounts";

/// The name of the only instance.
const NAME: &str = "accounts";

/// After a failure, a conversation is asked again to close connections after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Who may sign in, and what people have spent today.
#[durable_object]
#[derive(Debug)]
pub struct Accounts {
    desk: Rc<Desk>,
}

#[derive(Debug)]
struct Desk {
    state: State,
    env: Env,
    /// Opened with the first request.
    machine: RefCell<Option<Machine<ObjectSql>>>,
}

impl DurableObject for Accounts {
    fn new(state: State, env: Env) -> Self {
        Self {
            desk: Rc::new(Desk {
                state,
                env,
                machine: RefCell::new(None),
            }),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == probe::PATH {
            return probe::write(&self.desk.state);
        }
        let asked: Asked = serde_json::from_str(&request.text().await?)?;
        let may_revoke = match asked {
            Asked::Authenticate { .. } | Asked::Spent(_) | Asked::Spend { .. } | Asked::Look(_) => {
                false
            }
            Asked::Redeem { .. } | Asked::By(..) => true,
        };
        let outcome = self.desk.ask(asked);
        if may_revoke {
            let desk = Rc::clone(&self.desk);
            self.desk
                .state
                .wait_until(async move { desk.close_connections().await });
        }
        Response::from_json(&outcome)
    }

    async fn alarm(&self) -> Result<Response> {
        self.desk.close_connections().await;
        Response::empty()
    }
}

impl Desk {
    fn ask(&self, asked: Asked) -> Outcome {
        let outcome =
            self.with_machine(|machine| Ok(machine.handle(now(), &mut RandomBytes, asked)));
        let outcome = outcome.unwrap_or_else(|error| Err(error.into()));
        if let Err(AccountsError::Store(cause)) = &outcome {
            worker::console_error!("the accounts failed: {cause}");
        }
        outcome
    }

    fn with_machine<T>(
        &self,
        work: impl FnOnce(&Machine<ObjectSql>) -> std::result::Result<T, SqlError>,
    ) -> std::result::Result<T, SqlError> {
        let mut machine = self.machine.borrow_mut();
        match machine.as_ref() {
            Some(machine) => work(machine),
            None => {
                let sql = ObjectSql::of(&self.state)?;
                let opened = Machine::open(sql, settings::owner_secret(&self.env))?;
                work(machine.insert(opened))
            }
        }
    }

    /// Has conversations close the connections of revoked sign-ins, until each one has confirmed it.
    async fn close_connections(&self) {
        let closings = match self.with_machine(Machine::closings) {
            Ok(closings) => closings,
            Err(error) => {
                worker::console_error!("revoked connections cannot be found: {error}");
                return self.again().await;
            }
        };
        let reports = closings
            .iter()
            .map(|(credential, conversation)| self.revoke_at(credential, conversation));
        let reports = join_all(reports).await;
        let mut all_done = true;
        for ((credential, conversation), report) in closings.iter().zip(reports) {
            let done = report.map_err(|error| error.to_string()).and_then(|()| {
                let done = self.with_machine(|machine| machine.closed(credential, conversation));
                done.map_err(|error| error.to_string())
            });
            if let Err(error) = done {
                worker::console_error!(
                    "a conversation has not closed a revoked connection: {error}"
                );
                all_done = false;
            }
        }
        if !all_done {
            self.again().await;
        }
    }

    async fn again(&self) {
        if let Err(error) = self.state.storage().set_alarm(AGAIN_AFTER).await {
            worker::console_error!("the alarm could not be set: {error}");
        }
    }

    async fn revoke_at(&self, credential: &CredentialId, conversation: &str) -> Result<()> {
        let (agent, name) = match Place::of(conversation) {
            Place::Conversation(name) => (naming::CODER_AGENT, name),
            Place::Directory(person) => (naming::DIRECTORY, person),
        };
        let stub = router::get_agent_by_name(&self.env, agent, name, policy::PLACEMENT)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(credential.as_str().into()));
        let request = Request::new_with_init(&format!("https://agent{REVOKED_PATH}"), &init)?;
        let response = stub.fetch_with_request(request).await?;
        match response.status_code() {
            200..300 => Ok(()),
            status => Err(format!("it answered {status}").into()),
        }
    }
}

/// The path that reports a revoked credential to a conversation; the body is its id. It is no path of an agent, so that no
/// client reaches it.
pub(super) const REVOKED_PATH: &str = "/revoked";

/// Sends a request to the accounts.
pub(super) async fn ask(env: &Env, asked: &Asked) -> Result<Outcome> {
    let stub = env.durable_object(BINDING)?.get_by_name(NAME)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(serde_json::to_string(asked)?.into()));
    let request = Request::new_with_init("https://accounts/", &init)?;
    let mut response = stub.fetch_with_request(request).await?;
    Ok(serde_json::from_str(&response.text().await?)?)
}
