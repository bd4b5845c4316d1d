//! A line while the marks of blocks are taken off its front.

/// Tabs reach to the next multiple of it.
const TAB: usize = 4;

/// What is left of a line.
pub(super) struct Line<'a> {
    rest: &'a str,
    column: usize,
    /// Columns that are left of a tab of which only a part was taken.
    spare: usize,
    /// What comes after blanks, and in which column.
    text: &'a str,
    text_column: usize,
}

impl<'a> Line<'a> {
    /// `source` may end in its line break.
    pub(super) fn new(source: &'a str) -> Self {
        let rest = source.strip_suffix('\n').unwrap_or(source);
        let rest = rest.strip_suffix('\r').unwrap_or(rest);
        let mut line = Self {
            rest,
            column: 0,
            spare: 0,
            text: rest,
            text_column: 0,
        };
        line.find_text();
        line
    }

    fn find_text(&mut self) {
        self.text = self.rest.trim_start_matches([' ', '\t']);
        self.text_column = self.column;
        for byte in self.rest.bytes().take(self.rest.len() - self.text.len()) {
            self.text_column += if byte == b'\t' {
                TAB - self.text_column % TAB
            } else {
                1
            };
        }
    }

    /// How many columns of blanks come next.
    pub(super) const fn indent(&self) -> usize {
        self.text_column - self.column
    }

    /// What comes after blanks.
    pub(super) const fn text(&self) -> &'a str {
        self.text
    }

    pub(super) const fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes blanks off, `columns` wide at most.
    pub(super) fn take_blanks(&mut self, mut columns: usize) {
        loop {
            let spare = self.spare.min(columns);
            self.spare -= spare;
            self.column += spare;
            columns -= spare;
            if columns == 0 {
                return;
            }
            self.spare = match self.rest.as_bytes().first() {
                Some(b' ') => 1,
                Some(b'\t') => TAB - self.column % TAB,
                _ => return,
            };
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
    }

    /// Takes blanks off, and then a mark of `width` plain characters.
    pub(super) fn take_mark(&mut self, width: usize) {
        self.rest = self.text.get(width..).unwrap_or_default();
        self.column = self.text_column + width;
        self.spare = 0;
        self.find_text();
    }

    /// Appends what is left, blanks too, as a line.
    pub(super) fn append_to(&self, code: &mut String) {
        for _ in 0..self.spare {
            code.push(' ');
        }
        code.push_str(self.rest);
        code.push('\n');
    }
}
