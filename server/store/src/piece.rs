//! Splits texts that exceed a row.

/// The maximum size of the text in a row, in bytes. The platform limits a whole row to 2 MB.
pub(super) const PIECE_BYTES: usize = 1_000_000;

/// Splits a text into pieces of at most `limit` bytes, between characters. An empty text is one empty piece.
#[must_use]
pub fn cut(text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > limit {
        let mut at = limit;
        while at > 0 && !rest.is_char_boundary(at) {
            at -= 1;
        }
        let (piece, after) = rest.split_at(at);
        if piece.is_empty() {
            break;
        }
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn pieces_fit_and_rejoin() {
        for text in ["", "abc", "äöü€😀äöü€😀", &"x".repeat(1000)] {
            for limit in 4..20 {
                let pieces = cut(text, limit);
                assert!(pieces.iter().all(|piece| piece.len() <= limit));
                assert_eq!(pieces.concat(), text);
            }
        }
    }
}
