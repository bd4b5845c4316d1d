//! How a path stands in a message.

use crate::components::is_hidden;

/// A path after `@`: as it is, where nobody can misread it; else as a JSON string, as the tools take it, in which every
/// character can be seen.
pub(super) fn mention(path: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "/._-+~=%#$".contains(char);
    let ends_plainly = path.ends_with(char::is_alphanumeric);
    if ends_plainly && path.chars().all(is_plain) {
        return format!("@{path}");
    }
    let quoted = serde_json::Value::from(path).to_string();
    let mut seen = String::with_capacity(quoted.len() + 1);
    seen.push('@');
    for char in quoted.chars() {
        if char != ' ' && is_hidden(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                seen.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            seen.push(char);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_quoted_and_hidden_characters_written_out() {
        for (path, expected) in [
            ("src/main.rs", "@src/main.rs"),
            ("größe/Ñ.txt", "@größe/Ñ.txt"),
            (".gitignore", "@.gitignore"),
            ("a b.txt", "@\"a b.txt\""),
            ("a\"b", "@\"a\\\"b\""),
            ("what?", "@\"what?\""),
            ("a.", "@\"a.\""),
            ("a\u{202e}b", "@\"a\\u202eb\""),
            ("a\u{200b}b.rs", "@\"a\\u200bb.rs\""),
            ("a\u{e0041}b", "@\"a\\udb40\\udc41b\""),
            ("(x)/y", "@\"(x)/y\""),
        ] {
            let written = mention(path);
            assert_eq!(written, expected);
            if let Some(quoted) = written.strip_prefix("@\"") {
                let read: String = serde_json::from_str(&format!("\"{quoted}")).unwrap();
                assert_eq!(read, path);
            }
        }
    }
}
