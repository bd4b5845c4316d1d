//! The daily budget: whether a call may be made, and what it may cost.

use super::ProviderError;

/// The daily limit of a person (UTC day), and the amount spent today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayBudget {
    /// The most, in US dollars.
    pub limit_usd: f64,
    /// Spent so far, in US dollars.
    pub spent_usd: f64,
}

impl DayBudget {
    /// The most that a call may cost: the rest of the day's budget, or of a smaller `budget_usd`.
    ///
    /// # Errors
    /// When nothing is left of the day's budget.
    pub fn cap(&self, budget_usd: Option<f64>) -> Result<f64, ProviderError> {
        let left_usd = self.limit_usd - self.spent_usd;
        if left_usd <= 0.0 {
            return Err(self.refusal(None));
        }
        Ok(budget_usd.map_or(left_usd, |budget_usd| budget_usd.min(left_usd)))
    }

    fn refusal(&self, worst_usd: Option<f64>) -> ProviderError {
        ProviderError::DayBudget {
            limit_usd: self.limit_usd,
            spent_usd: self.spent_usd,
            worst_usd,
        }
    }
}

/// The error for a call that may cost more than the `left_usd` of its budgets. The day's budget has an error of its
/// own, since the user can only be asked to extend their own budget.
#[must_use]
pub fn too_dear(worst_usd: Option<f64>, left_usd: f64, day: Option<&DayBudget>) -> ProviderError {
    let day = day.filter(|day| day.limit_usd - day.spent_usd <= left_usd);
    match (day, worst_usd) {
        (Some(day), Some(_)) => day.refusal(worst_usd),
        (Some(_) | None, _) => ProviderError::Budget {
            worst_usd,
            left_usd,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    const DAY: DayBudget = DayBudget {
        limit_usd: 5.0,
        spent_usd: 3.0,
    };

    #[test]
    fn the_smaller_budget_caps_the_call() {
        assert_eq!(DAY.cap(None), Ok(2.0));
        assert_eq!(DAY.cap(Some(1.0)), Ok(1.0));
        assert_eq!(DAY.cap(Some(4.0)), Ok(2.0));
    }

    #[test]
    fn a_day_whose_money_is_spent_makes_no_call() {
        for spent_usd in [5.0, 5.01] {
            let error = DayBudget { spent_usd, ..DAY }.cap(Some(1.0)).unwrap_err();
            assert_eq!(error.code(), "day-budget");
            assert_eq!(error.retry(), Retry::Never);
            assert_eq!(
                error.to_string(),
                format!(
                    "This server's budget for today ($5.00, BUDGET_DAY) is spent: ${spent_usd:.2} so far. It begins anew at \
                     00:00 UTC."
                )
            );
        }
    }

    #[test]
    fn a_call_that_is_too_dear_names_the_budget_that_refuses_it() {
        let refused = |worst_usd, left_usd| too_dear(worst_usd, left_usd, Some(&DAY));
        assert_eq!(
            refused(Some(2.5), 2.0).to_string(),
            "The next call of the model may cost $2.50, and $2.00 is left of this server's budget for today ($5.00, BUDGET_DAY; \
             $3.00 so far). It begins anew at 00:00 UTC. Choose a cheaper model with MODEL, or wait."
        );
        assert_eq!(refused(Some(2.5), 1.0).code(), "budget", "the turn's");
        assert_eq!(refused(None, 2.0).code(), "budget", "no price is known");
        assert_eq!(too_dear(Some(2.5), 2.0, None).code(), "budget");
    }
}
