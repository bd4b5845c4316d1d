//! Formulas as TeX delimits them: `\(…\)` in a line, and `\[…\]` on lines of their own.

/// Whether the lines so far end inside of a formula on lines of its own.
#[derive(Default)]
pub(super) struct FormulaLines {
    is_open: bool,
}

impl FormulaLines {
    /// Whether the next line, without blanks around it, belongs to a formula. A formula ends with its delimiter, before an
    /// empty line, and before a fence. Only the lines above decide: what a growing text shows stays.
    pub(super) fn take(&mut self, line: &str) -> bool {
        let begins = line == r"\[" || (line.starts_with(r"\[") && line.ends_with(r"\]"));
        let is_fence = line.starts_with("```") || line.starts_with("~~~");
        let continues = self.is_open && !line.is_empty() && !is_fence;
        self.is_open = (begins || continues) && !line.ends_with(r"\]");
        begins || continues
    }
}

/// The bytes of a formula in a line that the text begins with. Code is not looked into.
pub(super) fn formula_length(text: &str) -> Option<usize> {
    let line = text.lines().next()?;
    let end = line.strip_prefix(r"\(")?.find(r"\)")? + 4;
    line.get(..end)
        .filter(|formula| !formula.contains('`'))
        .map(str::len)
}
