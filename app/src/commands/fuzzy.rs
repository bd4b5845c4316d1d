//! What a few letters find.

/// At most so many letters are looked for.
const MOST_LETTERS: usize = 100;

/// How well a text has what is looked for: the less, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The last part of the text, behind `/`, begins with it.
    NameStart,
    /// That part has it.
    InName,
    /// The text has it.
    InText,
    /// Its letters are in the text, in this order, with so many others between them.
    Scattered(usize),
}

/// Those items whose text has all words of the query, case aside, the best first; without a query the first ones. In a word the
/// letters may stand apart.
pub(crate) fn best<T>(
    query: &str,
    items: impl IntoIterator<Item = T>,
    text: impl Fn(&T) -> String,
    most: usize,
) -> Vec<T> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return items.into_iter().take(most).collect();
    }
    let rank_of = |item: &T| {
        let text = text(item).to_lowercase();
        let ranks: Option<Vec<Rank>> = words.iter().map(|word| rank(word, &text)).collect();
        Some((ranks?.into_iter().max()?, text.len()))
    };
    let ranked = items.into_iter();
    let mut ranked: Vec<_> = ranked
        .filter_map(|item| Some((rank_of(&item)?, item)))
        .collect();
    // Stable: among equals the order is that of the items.
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked
        .into_iter()
        .take(most)
        .map(|(_, item)| item)
        .collect()
}

/// Both in lower case.
fn rank(word: &str, text: &str) -> Option<Rank> {
    let name = text.rsplit('/').next().unwrap_or(text);
    if name.starts_with(word) {
        return Some(Rank::NameStart);
    }
    if name.contains(word) {
        return Some(Rank::InName);
    }
    if text.contains(word) {
        return Some(Rank::InText);
    }
    scattered(word, text).map(Rank::Scattered)
}

/// How many other letters stand between those of the word; `None`: they are not all there.
fn scattered(word: &str, text: &str) -> Option<usize> {
    let mut letters = text.chars();
    let mut others = 0;
    for (index, letter) in word.chars().take(MOST_LETTERS).enumerate() {
        let before = letters.by_ref().position(|other| other == letter)?;
        if index > 0 {
            others += before;
        }
    }
    Some(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: [&str; 5] = [
        "src/main.rs",
        "src/domain/mail.rs",
        "docs/main.md",
        "a/Main Page.txt",
        "readme",
    ];

    fn found(query: &str) -> Vec<&'static str> {
        best(query, PATHS, |path| (*path).to_owned(), 4)
    }

    #[test]
    fn the_name_counts_more_than_the_folder() {
        assert_eq!(
            found("main"),
            [
                "src/main.rs",
                "docs/main.md",
                "a/Main Page.txt",
                "src/domain/mail.rs"
            ]
        );
        assert_eq!(found("MAIN PAGE"), ["a/Main Page.txt"]);
        assert_eq!(
            found("dm"),
            ["readme", "src/domain/mail.rs", "docs/main.md"]
        );
        assert_eq!(found("srcmain"), ["src/main.rs", "src/domain/mail.rs"]);
        assert_eq!(found("nowhere"), [""; 0]);
        assert_eq!(found(""), PATHS[..4]);
        assert_eq!(found(&"m".repeat(10_000)), [""; 0]);
    }
}
