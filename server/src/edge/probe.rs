//! Tests whether the server can store data, for `/health`. The write goes to a separate object: the platform ends an object
//! whose write fails, and no other work must end with it.

use std::{cell::Cell, time::Duration};

use common::time::Timestamp;
use sql::{Fault, Sql as _, SqlError, SqlValue};
use worker::{Env, Request, Response, Result, State};

use super::{accounts, disk, observe, random::now, sql::ObjectSql};

/// The instance of the accounts' class that only makes test writes; its path is no request of the accounts.
const NAME: &str = "storage-check";
pub(super) const PATH: &str = "/storage-check";

/// The validity of a result: frequent requests for `/health` must not wear out the disk.
const LASTS: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug)]
struct Tried {
    at: Timestamp,
    fault: Option<Fault>,
}

thread_local! {
    static TRIED: Cell<Option<Tried>> = const { Cell::new(None) };
}

/// When a test write is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tries {
    /// At each request.
    Always,
    /// Only while writes fail, to notice when they work again. For frequent callers.
    WhileFailing,
}

/// Why nothing can be stored. `None`: the last write was stored, or no failed write is known.
pub(super) async fn fault(env: &Env, tries: Tries) -> Option<Fault> {
    let fails = TRIED.get().is_some_and(|tried| tried.fault.is_some()) || disk::refuses().is_some();
    if tries == Tries::WhileFailing && !fails {
        return None;
    }
    let last = TRIED.get().filter(|tried| now().since(tried.at) < LASTS);
    if let Some(tried) = last {
        return tried.fault;
    }
    let fault = match ask(env).await {
        Ok(()) => {
            disk::works();
            None
        }
        Err(error) => Some(failed(&error.to_string())),
    };
    observe::metrics(|metrics| metrics.stored(fault.is_none()));
    TRIED.set(Some(Tried { at: now(), fault }));
    fault
}

fn failed(text: &str) -> Fault {
    let was_known = TRIED.get().is_some_and(|tried| tried.fault.is_some());
    if !was_known {
        worker::console_error!("the storage check failed: {text}");
    }
    let fault = Fault::of(text);
    disk::failed(fault);
    fault
}

async fn ask(env: &Env) -> Result<()> {
    let stub = env.durable_object(accounts::BINDING)?.get_by_name(NAME)?;
    let request = Request::new(&format!("https://accounts{PATH}"), worker::Method::Post)?;
    let mut response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200..300 => Ok(()),
        _ => Err(response.text().await?.into()),
    }
}

/// Runs in the object: makes the write. The platform delays the response until the write is on disk.
pub(super) fn write(state: &State) -> Result<Response> {
    match written(state) {
        Ok(()) => Ok(Response::empty()?.with_status(204)),
        Err(error) => Response::error(error.to_string(), 507),
    }
}

fn written(state: &State) -> std::result::Result<(), SqlError> {
    let sql = ObjectSql::of(state)?;
    sql.execute(
        "CREATE TABLE IF NOT EXISTS storage_check (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL)",
        &[],
    )?;
    let at = i64::try_from(now().as_millis()).unwrap_or_default();
    sql.execute(
        "INSERT OR REPLACE INTO storage_check (one, at) VALUES (1, ?)",
        &[SqlValue::Integer(at)],
    )
}
