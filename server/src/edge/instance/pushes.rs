//! Pushes the summary of the conversation to its owner's directory; the last push reports the deletion.

use std::{rc::Rc, time::Duration};

use accounts::{Ownership, PersonId};
use agent::{CallId, Input, PushToSend};
use common::directory::push::{News, Push, Texts};
use serde::{Deserialize, Serialize};
use store::Store;
use wasm_bindgen_futures::spawn_local;
use worker::{Delay, Result};

use super::Instance;
use crate::edge::{directory, random::now};

/// The key of the last push in an object that stores nothing else, until the directory has confirmed it.
const DELETION: &str = "farewell";

/// After a failure, the deletion of a conversation is pushed again after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// A push waits this long: the directory would take the processor while the model is asked for its first words.
const AFTER: Duration = Duration::from_millis(200);

/// The last push of a deleted conversation, until the directory of its owner has confirmed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Deletion {
    owner: PersonId,
    push: Push,
}

impl Instance {
    /// Reports in a moment that the time for a push has come.
    pub(super) fn push_soon(self: &Rc<Self>, call: CallId) {
        let (instance, life) = (Rc::clone(self), self.life.get());
        spawn_local(async move {
            Delay::from(AFTER).await;
            if instance.life.get() == life {
                instance.input(Input::PushDue(call));
            }
        });
    }

    /// Pushes to the directory of the conversation's owner, in the background.
    pub(super) fn push_summary(self: &Rc<Self>, push: PushToSend) {
        let PushToSend {
            call,
            owner,
            push,
            texts,
        } = push;
        let (instance, life) = (Rc::clone(self), self.life.get());
        spawn_local(async move {
            let pushed = directory::push(&instance.env, &owner, &push).await;
            if instance.life.get() == life {
                let result = pushed.map(|()| texts).map_err(|error| error.to_string());
                instance.input(Input::SummaryPushed { call, result });
            }
        });
    }

    /// The push of the deletion. `None`: the directory does not know the conversation.
    pub(super) fn deletion(&self) -> Option<Deletion> {
        let known =
            self.with_store(|store: &Store<_>| Ok((store.last_push()?, store.guarded()?.owner)));
        match known {
            Ok((Some(last), Ownership::Of(owner))) => Some(Deletion {
                owner,
                push: Push {
                    name: self.name(),
                    number: last.number.saturating_add(1).max(now().as_millis()),
                    news: News::Deleted,
                    texts: Texts::default(),
                },
            }),
            Ok(_) => None,
            Err(error) => {
                worker::console_error!("{error}");
                None
            }
        }
    }

    /// Stores the push of the deletion and sends it. The alarm repeats it until the directory has confirmed it.
    pub(super) async fn push_deletion(self: &Rc<Self>, deletion: Deletion) -> Result<()> {
        let storage = self.state.storage();
        storage
            .put(DELETION, serde_json::to_string(&deletion)?)
            .await?;
        storage.set_alarm(AGAIN_AFTER).await?;
        let instance = Rc::clone(self);
        spawn_local(async move { instance.try_deletion(deletion).await });
        Ok(())
    }

    /// Sends the stored push of a deletion.
    pub(in crate::edge) async fn push_deletion_again(self: &Rc<Self>) {
        let kept = self.state.storage().get::<String>(DELETION).await;
        let kept = kept.ok().flatten();
        if let Some(deletion) = kept.and_then(|json| serde_json::from_str(&json).ok()) {
            self.try_deletion(deletion).await;
        }
    }

    async fn try_deletion(self: &Rc<Self>, deletion: Deletion) {
        let storage = self.state.storage();
        let pushed = directory::push(&self.env, &deletion.owner, &deletion.push).await;
        let done = match pushed {
            // A new conversation may have begun under this name.
            Ok(()) if self.is_new() => self.delete_stored().await,
            Ok(()) => storage.delete(DELETION).await.map(|_| ()),
            Err(error) => {
                worker::console_error!("a deletion could not be pushed and will be again: {error}");
                storage.set_alarm(AGAIN_AFTER).await
            }
        };
        if let Err(error) = done {
            worker::console_error!("{error}");
        }
    }
}
