//! What the running turn does, for the synced state.

use common::state::{Activity, Retry};

use super::{running::Running, work::Work};
use crate::options::ModelOptions;

impl Running {
    /// What the turn does.
    pub(crate) fn activity(&self, options: &ModelOptions) -> Activity {
        let since = self.since;
        match &self.work {
            Work::None => Activity::Starting,
            Work::Model(_) if self.is_compacting() => Activity::Summary { since },
            Work::Model(work) => Activity::Model {
                model: work.model.clone(),
                since,
            },
            Work::Tools(_) => Activity::Tools { since },
            Work::Retry => self.setbacks.due().map_or_else(Activity::default, |due| {
                Activity::Retry(Retry {
                    at: due.at,
                    reason: due.reason.clone(),
                    attempt: self.setbacks.attempt(),
                    attempts: options.retries.saturating_add(1),
                })
            }),
        }
    }

    /// Whether the turn does what an activity says. It copies nothing.
    pub(crate) fn is_at(&self, activity: &Activity) -> bool {
        match (activity, &self.work) {
            (Activity::Starting, Work::None) => true,
            (Activity::Model { model, since }, Work::Model(work)) => {
                *model == work.model && *since == self.since && !self.is_compacting()
            }
            (Activity::Summary { since }, Work::Model(_)) => {
                *since == self.since && self.is_compacting()
            }
            (Activity::Tools { since }, Work::Tools(_)) => *since == self.since,
            (Activity::Retry(retry), Work::Retry) => {
                let due = self.setbacks.due();
                due.is_some_and(|due| due.at == retry.at)
            }
            (
                Activity::Starting
                | Activity::Model { .. }
                | Activity::Tools { .. }
                | Activity::Summary { .. }
                | Activity::Retry(_),
                Work::None | Work::Model(_) | Work::Tools(_) | Work::Retry,
            ) => false,
        }
    }
}
