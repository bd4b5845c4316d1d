//! Conversations that are stored nowhere: reading them wakes no object. On Cloudflare an object that stores nothing leaves
//! nothing behind. Plain `workerd` creates a file for each object that wakes up; there the binding [`OBJECTS`] shows the
//! Worker these files.

use std::{cell::RefCell, collections::HashSet, rc::Rc};

use accounts::{Caller, Denial, Guarded, Intent};
use common::{naming, time::Timestamp};
use store::{Nothing, Store};
use worker::{Env, Method, ObjectNamespace, Request, Response, Result};
use workspace::{Turned, Workspace, WorkspaceError};

use super::{
    binding::Binding,
    files,
    object::{ACCESS_PATH, ConversationAccess},
    random::now,
    reads::{self, Asked, HasFiles},
    router, sign_in,
};
use crate::routing::Target;

/// The folder with the files of conversations, read-only. It is absent on Cloudflare.
const OBJECTS: &str = "objects";

/// The same for the directories of people.
const LISTS: &str = "lists";

/// The number of existing conversations remembered.
const REMEMBERED: usize = 10_000;

thread_local! {
    /// Ids of objects that have a file. The object of a conversation that was deleted since then wakes up in vain, nothing
    /// more.
    static STORED: RefCell<HashSet<String>> = RefCell::new(HashSet::new());
}

/// The response to a request that only reads, when nothing is stored under this name, and to any other when nothing can be;
/// `None`: its object must respond.
pub(super) async fn answer(
    request: &Request,
    env: &Env,
    namespace: &ObjectNamespace,
    target: Target<'_>,
    caller: &Caller,
) -> Result<Option<Response>> {
    let is_upgrade = router::is_upgrade(request);
    let only_reads = !is_upgrade && matches!(request.method(), Method::Get | Method::Head);
    if naming::fold_agent(target.binding) != naming::CODER_AGENT {
        return Ok(None);
    }
    if !only_reads {
        let is_too_long = target.instance.len() > naming::MAX_OBJECT_NAME_BYTES;
        return is_too_long
            .then(|| sign_in::deny(Denial::NameTooLong, is_upgrade))
            .transpose();
    }
    if is_stored(env, namespace, target.instance).await? {
        return Ok(None);
    }
    if let Err(denial) = Guarded::NEW.admit(now(), Some(caller), Intent::Reads) {
        return sign_in::deny(denial, false).map(Some);
    }
    let url = request.url()?;
    if url.path() == ACCESS_PATH {
        let may_change = Guarded::NEW.admit(now(), Some(caller), Intent::Changes);
        return Response::from_json(&ConversationAccess {
            may_change: may_change.is_ok(),
            epoch: String::new(),
        })
        .map(Some);
    }
    let nothing = Unstored::new()?;
    match Asked::of(&request.method(), &url) {
        Asked::Workspace(rest) => files::respond(&Rc::new(nothing), request.clone()?, rest).await,
        Asked::Transcript(audience) => reads::transcript(&nothing.store, request, audience, None),
        Asked::Export(_) => reads::no_conversation(),
        Asked::Import | Asked::Delete | Asked::Other => reads::not_implemented(),
    }
    .map(Some)
}

/// Whether data may be stored under a name; `true` when unknown.
async fn is_stored(env: &Env, namespace: &ObjectNamespace, instance: &str) -> Result<bool> {
    let id = namespace.id_from_name(instance)?.to_string();
    if STORED.with_borrow(|stored| stored.contains(&id)) {
        return Ok(true);
    }
    let is_stored = has_file(env, namespace, instance).await?;
    if is_stored == Some(true) {
        STORED.with_borrow_mut(|stored| {
            if stored.len() >= REMEMBERED {
                stored.clear();
            }
            stored.insert(id);
        });
    }
    Ok(is_stored.unwrap_or(true))
}

/// Whether the object of a name has a file with content; `None` when files cannot be seen.
pub(super) async fn has_file(
    env: &Env,
    namespace: &ObjectNamespace,
    instance: &str,
) -> Result<Option<bool>> {
    has_file_in(OBJECTS, env, namespace, instance).await
}

/// The same for the directory of a person.
pub(super) async fn has_list(
    env: &Env,
    namespace: &ObjectNamespace,
    person: &str,
) -> Result<Option<bool>> {
    has_file_in(LISTS, env, namespace, person).await
}

async fn has_file_in(
    folder: &str,
    env: &Env,
    namespace: &ObjectNamespace,
    instance: &str,
) -> Result<Option<bool>> {
    let Some(objects) = Binding::of(env, folder) else {
        return Ok(None);
    };
    let id = namespace.id_from_name(instance)?.to_string();
    let file = format!("http://objects/{id}.sqlite");
    let found = objects
        .send(&Request::new(&file, Method::Head)?, None)
        .await?;
    let size = found.headers().get("Content-Length")?;
    let is_empty = size.as_deref() == Some("0");
    Ok(Some(found.status_code() != 404 && !is_empty))
}

/// The response when a conversation is stored nowhere.
#[derive(Debug)]
struct Unstored {
    store: Store<Nothing>,
    now: Timestamp,
}

impl Unstored {
    fn new() -> Result<Self> {
        let store = Store::open(Nothing);
        Ok(Self {
            store: store.map_err(|error| worker::Error::RustError(error.to_string()))?,
            now: now(),
        })
    }
}

impl HasFiles for Unstored {
    fn with_workspace<T>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> std::result::Result<T, WorkspaceError>,
    ) -> std::result::Result<T, WorkspaceError> {
        work(&self.store.workspace(self.now))
    }

    /// Only what reads gets here.
    fn turned(self: &Rc<Self>, _: Vec<Turned>) {}
}
