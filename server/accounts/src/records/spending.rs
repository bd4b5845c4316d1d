//! The spending of people per day (UTC).

use std::time::Duration;

use common::time::Timestamp;
use sql::{Sql, SqlError, SqlValue};

use super::Records;
use crate::{MicroUsd, PersonId};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl<S: Sql> Records<S> {
    /// The amount that a person has spent on the day of this moment.
    pub(crate) fn spent(&self, person: &PersonId, now: Timestamp) -> Result<MicroUsd, SqlError> {
        let rows = self.sql.run(
            "SELECT micro_usd FROM spending WHERE day = ? AND person = ?",
            &[day(now).into(), person.as_str().into()],
        )?;
        let spent = rows.first().and_then(|row| row.first());
        Ok(spent.map_or(MicroUsd::default(), |spent| {
            MicroUsd::stored(spent.as_integer())
        }))
    }

    /// Adds to the amount of the day of this moment, and deletes the days before yesterday.
    pub(crate) fn spend(
        &self,
        person: &PersonId,
        amount: MicroUsd,
        now: Timestamp,
    ) -> Result<(), SqlError> {
        let today = day(now);
        self.sql.execute(
            "INSERT INTO spending (day, person, micro_usd) VALUES (?, ?, ?)
             ON CONFLICT (day, person) DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd",
            &[
                today.into(),
                person.as_str().into(),
                amount.as_integer().into(),
            ],
        )?;
        let yesterday = SqlValue::from(today.saturating_sub(1));
        self.sql
            .execute("DELETE FROM spending WHERE day < ?", &[yesterday])
    }
}

/// The number of the day since 1970.
fn day(now: Timestamp) -> i64 {
    let days = Duration::from_millis(now.as_millis()).as_secs() / DAY.as_secs();
    i64::try_from(days).unwrap_or(i64::MAX)
}
