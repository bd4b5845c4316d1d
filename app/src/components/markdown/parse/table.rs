//! Rows of tables (GitHub's extension).

use super::Alignment;

/// A wider table is text: the cells that short rows lack are filled in, and their number must stay bounded.
const MAX_COLUMNS: usize = 64;

/// The columns, when `line` is the one under a table's head.
pub(super) fn alignments(line: &str) -> Option<Vec<Alignment>> {
    let is_row = line.contains('|')
        && line
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'));
    if !is_row {
        return None;
    }
    let columns = cells(line);
    if columns.len() > MAX_COLUMNS {
        return None;
    }
    columns.iter().map(|column| alignment(column)).collect()
}

fn alignment(column: &str) -> Option<Alignment> {
    let right = column.strip_prefix(':');
    let rest = right.unwrap_or(column);
    let left = rest.strip_suffix(':');
    let line = left.unwrap_or(rest);
    if line.is_empty() || line.bytes().any(|byte| byte != b'-') {
        return None;
    }
    Some(match (right.is_some(), left.is_some()) {
        (false, false) => Alignment::None,
        (true, false) => Alignment::Left,
        (true, true) => Alignment::Center,
        (false, true) => Alignment::Right,
    })
}

/// The cells of a row; bars that are escaped do not part them.
pub(super) fn cells(line: &str) -> Vec<String> {
    let line = line.trim_matches([' ', '\t']);
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut is_open = false;
    let mut characters = line.strip_prefix('|').unwrap_or(line).chars().peekable();
    while let Some(character) = characters.next() {
        is_open = character != '|';
        if character == '\\' && characters.peek() == Some(&'|') {
            characters.next();
            cell.push('|');
        } else if is_open {
            cell.push(character);
        } else {
            cells.push(trimmed(&cell));
            cell.clear();
        }
    }
    if is_open {
        cells.push(trimmed(&cell));
    }
    cells
}

fn trimmed(cell: &str) -> String {
    cell.trim_matches([' ', '\t']).to_owned()
}
