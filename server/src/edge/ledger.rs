//! The daily spending of people: read from the accounts before a model call, and reported to them after it.

use ::accounts::{Answer, MicroUsd, Ownership, PersonId, Request};
use providers::{DayBudget, Provider, ProviderError};
use store::Store;
use worker::{Env, Error, Result};

use super::{accounts, instance::Instance};
use crate::config::Config;

/// A cost is reported to the accounts this many times at most.
const TRIES: usize = 3;

/// The person who pays for a call, and the daily budget.
pub(super) struct Today {
    person: PersonId,
    pub(super) budget: DayBudget,
}

/// The daily limit of a person, if there is one and calls may cost something.
pub(super) fn limit(config: &Config) -> Option<f64> {
    let costs = match &config.provider {
        Provider::OpenAiCompatible(settings) => !settings.lacks_key(),
        Provider::Demo => false,
    };
    config.agent.model.budget_day_usd.filter(|_| costs)
}

/// Reads what the owner of the conversation has spent today.
pub(super) async fn today(
    instance: &Instance,
    limit_usd: f64,
) -> std::result::Result<Today, ProviderError> {
    let asked = async {
        let person = person(instance)?;
        let spent = spent(&instance.env, &person).await?;
        Ok::<_, Error>((person, spent))
    };
    match asked.await {
        Ok((person, spent)) => Ok(Today {
            person,
            budget: DayBudget {
                limit_usd,
                spent_usd: spent.as_usd(),
            },
        }),
        Err(error) => {
            worker::console_error!("what was spent today is not known: {error}");
            Err(ProviderError::NoLedger)
        }
    }
}

/// Adds the cost of a call.
pub(super) async fn add(instance: &Instance, today: &Today, cost_usd: f64) {
    let amount = MicroUsd::from_usd(cost_usd);
    if amount == MicroUsd::default() {
        return;
    }
    let asked = Request::Spend {
        person: today.person.clone(),
        amount,
    };
    for _ in 0..TRIES {
        match accounts::ask(&instance.env, &asked).await {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => worker::console_error!("a cost is not counted: {error}"),
            Err(error) => worker::console_error!("a cost may not be counted: {error}"),
        }
    }
}

/// The owner of the conversation. Without one, as on a server without a sign-in, the server's owner pays.
pub(super) fn person(instance: &Instance) -> Result<PersonId> {
    let guarded = instance.with_store(Store::guarded);
    match guarded.map_err(|error| error.to_string())?.owner {
        Ownership::Of(person) => Ok(person),
        Ownership::Nobody | Ownership::NameTooLong => Ok(PersonId::owner()),
    }
}

async fn spent(env: &Env, person: &PersonId) -> Result<MicroUsd> {
    match accounts::ask(env, &Request::Spent(person.clone())).await? {
        Ok(Answer::Spent(amount)) => Ok(amount),
        Ok(other) => Err(format!("the accounts answered {other:?}").into()),
        Err(error) => Err(error.to_string().into()),
    }
}
