use super::*;

fn one(old: &str, new: &str) -> Edit {
    Edit {
        old: old.to_owned(),
        new: new.to_owned(),
        occurrences: Occurrences::One,
    }
}

fn all(old: &str, new: &str) -> Edit {
    Edit {
        occurrences: Occurrences::All,
        ..one(old, new)
    }
}

/// The text after all edits, and the number of replacements.
fn edited(text: &str, edits: &[Edit]) -> Result<(String, u64), EditError> {
    let lf = LfText::of(text);
    let edits: Vec<Edit> = edits.iter().map(Edit::with_lf).collect();
    let places = places(&lf.text, &edits)?;
    let new = applied(text, &lf, &places);
    assert_eq!(
        LfText::of(&new).text.len() as u64,
        size_after(&lf.text, &places)
    );
    Ok((new, places.len() as u64))
}

#[test]
fn expensive_edits_are_refused_in_advance() {
    let text = "a ".repeat(150_000);
    let refused = |edits: &[Edit]| places(&text, edits).err();
    let count = 150_000;
    assert_eq!(
        refused(&[all("a", "b")]),
        Some(EditError::TooOften { edit: 1, count })
    );
    let edits = vec![one("x", "y"); 100];
    let bytes = text.len();
    assert_eq!(
        refused(&edits),
        Some(EditError::TooMany { edits: 100, bytes })
    );
    let long = "x".repeat(1_000_000);
    let text = "a ".repeat(50_000);
    let edits = [all("a", &long)];
    let places = places(&text, &edits).unwrap();
    assert_eq!(size_after(&text, &places), 50_000 * 1_000_001);
}

#[test]
fn a_hint_is_found_in_one_pass() {
    // Every line of the file matches the beginning of the old text.
    let text = " a\n".repeat(200_000);
    let old = format!("{}b", "a\n".repeat(100_000));
    assert_eq!(hint(&text, &old), Hint::Unknown);
}

#[test]
fn several_edits_are_of_the_text_as_it_was() {
    let edits = [one("b", "a"), one("a", "b"), all("x", "")];
    assert_eq!(edited("x a b xx", &edits), Ok((" b a ".to_owned(), 5)));
    assert_eq!(
        edited("ab", &[one("b", "1"), one("a", "2")]),
        Ok(("21".to_owned(), 2))
    );
    assert_eq!(edited("é€", &[one("€", "é")]), Ok(("éé".to_owned(), 1)));
}

#[test]
fn misfits_are_refused_with_the_reason() {
    let check = |text: &str, edits: &[Edit], expected: EditError| {
        assert_eq!(edited(text, edits), Err(expected));
    };
    check("a", &[], EditError::None);
    check("a", &[one("", "b")], EditError::Empty { edit: 1 });
    check(
        "a",
        &[one("a", "b"), one("a", "a")],
        EditError::Same { edit: 2 },
    );
    let ambiguous = EditError::Ambiguous {
        edit: 1,
        count: 2,
        lines: vec![1, 3],
    };
    check("a\nb\na\n", &[one("a", "c")], ambiguous);
    let overlap = EditError::Overlap {
        first: 1,
        second: 2,
        line: 2,
    };
    check("a\nb c\n", &[one("a\nb", ""), one("b c", "")], overlap);
}

#[test]
fn a_missing_text_is_explained() {
    let check = |text: &str, old: &str, hint: Hint| {
        assert_eq!(
            edited(text, &[one(old, "z")]),
            Err(EditError::Missing { edit: 1, hint })
        );
    };
    check(
        "x\n\tif a {\n\t\tb\n",
        "if a {\n  b",
        Hint::Indentation { line: 2 },
    );
    check("x", "y", Hint::Unknown);
    check("x", "\n", Hint::Unknown);
}

#[test]
fn line_ends_stay() {
    let check = |text: &str, edits: &[Edit], expected: &str| {
        let (new, _) = edited(text, edits).unwrap();
        assert_eq!(new, expected, "{text:?}");
    };
    let class = "class A\r\n{\r\n  int x;\r\n}\r\n";
    let grown = "class A\r\n{\r\n  int x;\r\n  int y;\r\n}\r\n";
    check(class, &[one("  int x;", "  int x;\n  int y;")], grown);
    check(class, &[one("  int x;\n", "  int x;\r\n  int y;\n")], grown);
    check(
        class,
        &[one("{\n  int x;\n}", "{\n  int x;\n  int y;\n}")],
        grown,
    );
    check(
        class,
        &[one("{\r\n  int x;", "{\n  int x;\n  int y;")],
        grown,
    );
    check(class, &[one("\n}", "\n  int y;\n}")], grown);
    check("a\r\nb\nc", &[one("c", "C")], "a\r\nb\nC");
    check("a\r\nb\nc", &[one("b", "b\nx")], "a\r\nb\nx\nc");
    check("a\r\nb\nc", &[one("a", "a\nx")], "a\r\nx\r\nb\nc");
    check(
        "a\r\nb\nc\r\n",
        &[one("a\nb\nc", "A\nb\nC")],
        "A\r\nb\nC\r\n",
    );
    check("a\nb\n", &[one("a", "a\r\nx")], "a\nx\nb\n");
    check("a\r\nb\r\n", &[one("a\n", "")], "b\r\n");
    check("a\r\nb", &[all("\n", " ")], "a b");
    check("a\rb\r\n", &[one("b", "c")], "a\rc\r\n");
    let same = edited("a\r\n", &[one("a\r\n", "a\n")]);
    assert_eq!(same, Err(EditError::Same { edit: 1 }));
}
