//! Names of attached files in the workspace.

use common::workspace::limits::NAME_BYTES;

/// Room for a number in a name.
const NUMBER_BYTES: usize = 12;

/// The name of a file as a path that the workspace takes: a file of a folder keeps its directories.
pub(super) fn safe(name: &str) -> String {
    let names = name.split(['/', '\\']).map(|name| {
        let name: String = name
            .chars()
            .map(|char| if char.is_control() { '_' } else { char })
            .collect();
        shortened(name.trim())
    });
    let names: Vec<String> = names
        .filter(|name| !matches!(name.as_str(), "" | "." | ".."))
        .collect();
    if names.is_empty() {
        return "file".to_owned();
    }
    names.join("/")
}

/// The name as long as a name may be; its ending stays.
fn shortened(name: &str) -> String {
    let most = NAME_BYTES - NUMBER_BYTES;
    if name.len() <= most {
        return name.to_owned();
    }
    let (stem, ending) = parts(name);
    let ending = ending.get(..ending.floor_char_boundary(most / 2));
    let ending = ending.unwrap_or_default();
    let stem = stem.get(..stem.floor_char_boundary(most - ending.len()));
    format!("{}{ending}", stem.unwrap_or_default())
}

/// The name with a number before its ending: `a.png`, `a-2.png`.
pub(super) fn numbered(name: &str, number: u32) -> String {
    if number <= 1 {
        return name.to_owned();
    }
    let (stem, ending) = parts(name);
    format!("{stem}-{number}{ending}")
}

/// A path before its ending, and the ending with its dot.
fn parts(path: &str) -> (&str, &str) {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    match path.rfind('.').filter(|at| *at > name) {
        Some(at) => path.split_at(at),
        None => (path, ""),
    }
}

/// Whether a file is an archive that can be unpacked.
pub(super) fn is_archive(name: &str) -> bool {
    let (_, ending) = parts(name);
    ending.eq_ignore_ascii_case(".zip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_one_that_the_workspace_takes() {
        for (name, expected) in [
            ("a.png", "a.png"),
            ("d/e/a.png", "d/e/a.png"),
            ("C:\\d\\a.png", "C:/d/a.png"),
            ("../../a", "a"),
            ("/./", "file"),
            ("", "file"),
            (" a\nb\u{7f}.txt ", "a_b_.txt"),
            (".env", ".env"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
        }
        for name in [
            format!("{}.tar.gz", "é".repeat(300)),
            "x".repeat(1_000),
            format!("a.{}", "y".repeat(1_000)),
        ] {
            let safe = numbered(&safe(&name), u32::MAX);
            assert!(safe.len() <= NAME_BYTES, "{safe}");
        }
        assert!(safe(&format!("{}.png", "x".repeat(300))).ends_with("x.png"));
    }

    #[test]
    fn a_number_stands_before_the_ending() {
        for (name, number, expected) in [
            ("a.png", 1, "a.png"),
            ("a.png", 2, "a-2.png"),
            ("a", 3, "a-3"),
            (".env", 2, ".env-2"),
            ("d.x/a", 2, "d.x/a-2"),
            ("d/.env", 2, "d/.env-2"),
        ] {
            assert_eq!(numbered(name, number), expected);
        }
    }

    #[test]
    fn zip_files_are_archives() {
        for (name, expected) in [
            ("a.zip", true),
            ("a.ZIP", true),
            ("a.zip.txt", false),
            ("zip", false),
        ] {
            assert_eq!(is_archive(name), expected, "{name}");
        }
    }
}
