//! The stored stream of a turn.

use common::id::RequestId;

use super::{Sql, SqlError, Store, piece::PIECE_BYTES, read::single_text};

impl<S: Sql> Store<S> {
    /// Appends to the stream of a turn, in as few rows as the size of a row allows.
    pub(super) fn append_chunks(
        &self,
        request_id: &RequestId,
        first_seq: u64,
        chunks: &[String],
    ) -> Result<(), SqlError> {
        let mut seq = i64::try_from(first_seq).unwrap_or(i64::MAX);
        let mut rest = chunks;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|chunk| {
                bytes += chunk.len() + 1;
                bytes <= PIECE_BYTES
            });
            let (row, after) = rest.split_at(fits.count().max(1));
            let values = [
                request_id.as_str().into(),
                seq.into(),
                row.join("\n").into(),
            ];
            self.sql.execute(
                "INSERT INTO chunks (request_id, first_seq, lines) VALUES (?, ?, ?)",
                &values,
            )?;
            seq = seq.saturating_add(i64::try_from(row.len()).unwrap_or(i64::MAX));
            rest = after;
        }
        Ok(())
    }

    /// The stored stream of a turn: chunks as JSON, by `seq` from 0.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn chunks(&self, request_id: &RequestId) -> Result<Vec<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT lines FROM chunks WHERE request_id = ? ORDER BY first_seq",
            &[request_id.as_str().into()],
        )?;
        let mut chunks = Vec::new();
        for row in rows {
            chunks.extend(single_text(row).split('\n').map(str::to_owned));
        }
        Ok(chunks)
    }
}

/// Whether these chunks fit one row.
pub(super) fn is_one_row(chunks: &[String]) -> bool {
    chunks.iter().map(|chunk| chunk.len() + 1).sum::<usize>() <= PIECE_BYTES
}
