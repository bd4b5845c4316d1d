//! Finds the field for a written name: `firstLine`, `first-line` and `First_Line` mean `first_line`.

use serde_json::{Map, Value};

/// Assigns the values to the fields they are meant for; values without a field come last. `needed`: the required
/// fields. One of them may have a longer name, such as `file_path` for `path`.
pub(super) fn place(
    known: &Map<String, Value>,
    needed: &[&str],
    fields: Map<String, Value>,
) -> (Map<String, Value>, Vec<(String, Value)>) {
    let (mut placed, rest): (Map<_, _>, Vec<_>) = {
        let (exact, rest): (Vec<_>, Vec<_>) = fields
            .into_iter()
            .partition(|(name, _)| known.contains_key(name));
        (exact.into_iter().collect(), rest)
    };
    let rest = place_by(&mut placed, rest, |written, _| meant(known, written));
    let rest = place_by(&mut placed, rest, |written, placed| {
        let free = known.keys().filter(|name| !placed.contains_key(*name));
        let mut alike = free.filter(|name| is_longer(written, name));
        match (alike.next(), alike.next()) {
            (Some(one), None) if needed.contains(&one.as_str()) => Some(one),
            _ => None,
        }
    });
    (placed, rest)
}

/// Assigns the values for which `target` finds a free field. Two values for one field are left unassigned.
fn place_by<'k>(
    placed: &mut Map<String, Value>,
    rest: Vec<(String, Value)>,
    target: impl Fn(&str, &Map<String, Value>) -> Option<&'k String>,
) -> Vec<(String, Value)> {
    let targets: Vec<Option<&String>> = rest
        .iter()
        .map(|(written, value)| {
            let found = target(written, placed).filter(|_| !value.is_null());
            found.filter(|name| !placed.contains_key(*name))
        })
        .collect();
    let mut left = Vec::new();
    for ((written, value), name) in rest.into_iter().zip(&targets) {
        let is_only = targets.iter().filter(|other| *other == name).count() == 1;
        match name {
            Some(name) if is_only => {
                placed.insert((*name).clone(), value);
            }
            Some(_) | None => left.push((written, value)),
        }
    }
    left
}

/// The only field with the same letters.
pub(super) fn meant<'k>(known: &'k Map<String, Value>, written: &str) -> Option<&'k String> {
    if let Some((name, _)) = known.get_key_value(written) {
        return Some(name);
    }
    let folded_name = folded(written);
    let mut alike = known.keys().filter(|name| folded(name) == folded_name);
    match (alike.next(), alike.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// A name without case and separators.
pub(crate) fn folded(name: &str) -> String {
    let letters = name.chars().filter(|char| !is_separator(*char));
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a name begins or ends with the words of a field.
fn is_longer(written: &str, name: &str) -> bool {
    let (written, name) = (words(written), words(name));
    written.len() > name.len() && (written.starts_with(&name) || written.ends_with(&name))
}

/// The words of a name, with any separators.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for char in name.chars() {
        if is_separator(char) || (was_lower && char.is_uppercase()) {
            words.push(String::new());
        }
        was_lower = char.is_lowercase();
        if let Some(word) = words.last_mut()
            && !is_separator(char)
        {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

const fn is_separator(char: char) -> bool {
    matches!(char, '_' | '-' | ' ' | '.')
}
