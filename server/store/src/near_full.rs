//! How full the database of the conversation is.

use common::{time::Timestamp, workspace::NearLimit};

use super::{Sql, Store};

/// A database that is nearly full is news again when it has grown by this many bytes.
const NEWS_BYTES: u64 = 10_000_000;

impl<S: Sql> Store<S> {
    /// The limit of the database, if it is nearly reached. The size is rounded, so that not every write is news.
    pub fn near_full(&self) -> Option<NearLimit> {
        let near = self.workspace(Timestamp::default()).near_full()?;
        let used = near.used - near.used % NEWS_BYTES;
        Some(NearLimit { used, ..near })
    }
}
