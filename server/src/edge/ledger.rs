//! What people spend in a day: asked of the accounts before a model call, and told to them behind it.

use ::accounts::{Answer, MicroUsd, Ownership, PersonId, Request};
use providers::{DayBudget, Provider, ProviderError};
use store::Store;
use worker::{Env, Error, Result};

use super::{accounts, instance::Instance};
use crate::config::Config;

/// How often a cost is reported to the accounts before it is given up.
const TRIES: usize = 3;

/// Whose money a call costs, and how much of the day's there is.
pub(super) struct Today {
    person: PersonId,
    pub(super) budget: DayBudget,
}

/// What each person may spend on a day, when there is a limit and calls may cost something.
pub(super) fn limit(config: &Config) -> Option<f64> {
    let costs = match &config.provider {
        Provider::OpenAiCompatible(settings) => !settings.lacks_key(),
        Provider::Demo => false,
    };
    config.agent.model.budget_day_usd.filter(|_| costs)
}

/// Asks what was spent today by the person whose conversation this is.
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

/// Whose the conversation is. One that is nobody's, as on a server without a sign-in, counts for the server's owner.
pub(super) fn person(instance: &Instance) -> Result<PersonId> {
    let guarded = instance.with_store(Store::guarded);
    match guarded.map_err(|error| error.to_string())?.owner {
        Ownership::Of(person) => Ok(person),
        Ownership::Nobody => Ok(PersonId::owner()),
    }
}

async fn spent(env: &Env, person: &PersonId) -> Result<MicroUsd> {
    match accounts::ask(env, &Request::Spent(person.clone())).await? {
        Ok(Answer::Spent(amount)) => Ok(amount),
        Ok(other) => Err(format!("the accounts answered {other:?}").into()),
        Err(error) => Err(error.to_string().into()),
    }
}
