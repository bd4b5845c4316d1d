//! What a directory requests of conversations.

use std::{pin::pin, result::Result as StdResult, time::Duration};

use ::accounts::{Caller, PersonId};
use common::naming;
use futures::future::{Either, select};
use worker::{Delay, Method, Request, RequestInit, Result};

use super::desk::Desk;
use crate::edge::{policy, router};

/// How long a conversation may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Desk {
    /// Sends a request to a conversation, as its owner. Deleting a conversation that is gone succeeds.
    pub(super) async fn ask(
        &self,
        name: &str,
        method: Method,
        path: &str,
        body: &str,
    ) -> Result<()> {
        let person = self.state.id().name().unwrap_or_default();
        let caller = Caller::of_directory(PersonId::stored(person));
        let stub =
            router::get_agent_by_name(&self.env, naming::CODER_AGENT, name, policy::PLACEMENT)?;
        let is_deletion = method == Method::Delete;
        let mut init = RequestInit::new();
        init.with_method(method);
        if !is_deletion {
            init.with_body(Some(body.into()));
        }
        let request = Request::new_with_init(&format!("https://agent{path}"), &init)?;
        let request = router::with_caller(request, &caller)?;
        let mut response = stub.fetch_with_request(request).await?;
        match response.status_code() {
            200..300 => Ok(()),
            404 if is_deletion => Ok(()),
            404 => Err("There is no such conversation any more".into()),
            status => {
                let words = response.text().await.unwrap_or_default();
                let words: serde_json::Value = serde_json::from_str(&words).unwrap_or_default();
                let words = words.get("error").and_then(serde_json::Value::as_str);
                let unknown = || format!("The conversation answered {status}. Try again");
                Err(words.map_or_else(unknown, str::to_owned).into())
            }
        }
    }
}

/// The result of a request, if it arrives in time.
pub(super) async fn within(work: impl Future<Output = Result<()>>) -> StdResult<(), String> {
    let (work, deadline) = (pin!(work), pin!(Delay::from(PATIENCE)));
    match select(work, deadline).await {
        Either::Left((Ok(()), _)) => Ok(()),
        Either::Left((Err(worker::Error::RustError(words)), _)) => Err(words),
        Either::Left((Err(error), _)) => Err(error.to_string()),
        Either::Right(_) => Err("The conversation does not answer. Try again".to_owned()),
    }
}
