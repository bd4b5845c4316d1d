//! What the Worker and conversations request of a directory.

use std::{pin::pin, time::Duration};

use ::accounts::{Caller, PersonId};
use common::{
    directory::{ListState, push::Push},
    naming,
};
use futures::future::{Either, select};
use worker::{Delay, Env, Method, Request, RequestInit, Result};

use super::PUSHED_PATH;
use crate::edge::{policy, router};

/// The longest time that a page waits for the list.
const PAGE_PATIENCE: Duration = Duration::from_secs(2);

/// The synced state of the caller's own directory, for a page. When none is stored, it is empty, and no object wakes up.
pub(in crate::edge) async fn listed(env: &Env, caller: &Caller) -> Result<serde_json::Value> {
    let read = async {
        if !router::has_list(env, &caller.person, policy::PLACEMENT).await? {
            return Ok(ListState::default().to_json());
        }
        let (agent, name) = (naming::DIRECTORY, naming::OWN_DIRECTORY);
        let url = format!("https://directory/{}/{agent}/{name}", policy::PREFIX);
        let request = Request::new(&url, Method::Get)?;
        let (person, placement) = (caller.person.as_str(), policy::PLACEMENT);
        let mut response =
            router::ask_agent(request, env, caller, agent, person, placement).await?;
        match response.status_code() {
            200 => response.json().await,
            status => Err(format!("the directory answered {status}").into()),
        }
    };
    match select(pin!(read), pin!(Delay::from(PAGE_PATIENCE))).await {
        Either::Left((read, _)) => read,
        Either::Right(_) => Err("the directory does not answer".into()),
    }
}

/// Pushes to the directory of a person.
pub(in crate::edge) async fn push(env: &Env, owner: &PersonId, push: &Push) -> Result<()> {
    let stub =
        router::get_agent_by_name(env, naming::DIRECTORY, owner.as_str(), policy::PLACEMENT)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(serde_json::to_string(push)?.into()));
    let request = Request::new_with_init(&format!("https://directory{PUSHED_PATH}"), &init)?;
    let response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200..300 => Ok(()),
        status => Err(format!("the directory answered {status}").into()),
    }
}
