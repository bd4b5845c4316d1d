//! Compares cases with the golden files.

use std::{collections::BTreeMap, fmt::Debug, fs, path::PathBuf};

use serde_json::Value;

/// Compares each case with the golden of its name, written and read.
pub(super) fn check<T: Debug + PartialEq>(
    family: &str,
    cases: Vec<(&str, T)>,
    write: impl Fn(&T) -> Value,
    read: impl Fn(&Value) -> T,
) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/goldens")
        .join(format!("{family}.json"));
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let written: BTreeMap<&str, Value> = cases
            .iter()
            .map(|(name, case)| (*name, write(case)))
            .collect();
        let text = serde_json::to_string_pretty(&written).unwrap() + "\n";
        fs::write(&file, text).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap();
    let mut goldens: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    for (name, case) in cases {
        let golden = goldens
            .remove(name)
            .unwrap_or_else(|| panic!("{family}.json has no `{name}`"));
        assert_eq!(write(&case), golden, "`{name}`, written");
        assert_eq!(read(&golden), case, "`{name}`, read");
    }
    assert!(goldens.is_empty(), "goldens without a case: {goldens:#?}");
}
