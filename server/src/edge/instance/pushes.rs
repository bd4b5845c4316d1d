//! Pushes of the conversation's summary to its owner's directory, and the last push, when the conversation is deleted.

use std::{rc::Rc, time::Duration};

use accounts::{Ownership, PersonId};
use agent::{Input, SummaryPush};
use common::directory::push::{News, Push, Texts};
use serde::{Deserialize, Serialize};
use sql::SqlError;
use store::Store;
use wasm_bindgen_futures::spawn_local;
use worker::Result;

use super::Instance;
use crate::edge::{directory, random::now};

/// Where an object that has nothing else keeps its last words, until the directory has them.
const FAREWELL: &str = "farewell";

/// How long after a failure the deletion of a conversation is pushed again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// What is left of a deleted conversation, until its owner's directory knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Farewell {
    owner: PersonId,
    push: Push,
}

impl Instance {
    /// Tells the directory of the conversation's owner. Nothing waits for it.
    pub(super) fn push_summary(
        self: &Rc<Self>,
        push: SummaryPush,
    ) -> std::result::Result<(), SqlError> {
        let SummaryPush {
            call,
            owner,
            number,
            head,
        } = push;
        let (push, texts) = self.with_store(|store| store.push_of(&self.name(), number, head))?;
        let (instance, life) = (Rc::clone(self), self.life.get());
        spawn_local(async move {
            let told = directory::tell(&instance.env, &owner, &push).await;
            if instance.life.get() == life {
                let result = told.map(|()| texts).map_err(|error| error.to_string());
                instance.input(Input::SummaryPushed { call, result });
            }
        });
        Ok(())
    }

    /// What is to be said once the conversation is deleted; `None`: its directory does not know it.
    pub(super) fn farewell(&self) -> Option<Farewell> {
        let known =
            self.with_store(|store: &Store<_>| Ok((store.last_push()?, store.guarded()?.owner)));
        match known {
            Ok((Some(told), Ownership::Of(owner))) => Some(Farewell {
                owner,
                push: Push {
                    name: self.name(),
                    number: told.number.saturating_add(1).max(now().as_millis()),
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

    /// Keeps what is to be said and says it. The alarm says it again, until the directory has it.
    pub(super) async fn say_farewell(self: &Rc<Self>, farewell: Farewell) -> Result<()> {
        let storage = self.state.storage();
        storage
            .put(FAREWELL, serde_json::to_string(&farewell)?)
            .await?;
        storage.set_alarm(AGAIN_AFTER).await?;
        let instance = Rc::clone(self);
        spawn_local(async move { instance.try_farewell(farewell).await });
        Ok(())
    }

    /// Says what is left to be said of a deleted conversation.
    pub(in crate::edge) async fn say_farewell_again(self: &Rc<Self>) {
        let kept = self.state.storage().get::<String>(FAREWELL).await;
        let kept = kept.ok().flatten();
        if let Some(farewell) = kept.and_then(|json| serde_json::from_str(&json).ok()) {
            self.try_farewell(farewell).await;
        }
    }

    async fn try_farewell(self: &Rc<Self>, farewell: Farewell) {
        let storage = self.state.storage();
        let said = directory::tell(&self.env, &farewell.owner, &farewell.push).await;
        let done = match said {
            // Another conversation may have begun here.
            Ok(()) if self.is_new() => self.delete_stored().await,
            Ok(()) => storage.delete(FAREWELL).await.map(|_| ()),
            Err(error) => {
                worker::console_error!("a deletion could not be told and will be again: {error}");
                storage.set_alarm(AGAIN_AFTER).await
            }
        };
        if let Err(error) = done {
            worker::console_error!("{error}");
        }
    }
}
