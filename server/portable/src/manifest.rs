//! The description in an archive: `conversation.json`.

use common::{
    state::{About, Mode},
    time::Timestamp,
};
use serde_json::{Value, json};

/// The name of the entry.
pub(super) const NAME: &str = "conversation.json";

/// The identification of the format.
const FORMAT: &str = "coder-conversation";

/// The version that is written. An archive is readable if its version is not higher.
const VERSION: u64 = 1;

/// The entry for a conversation named `name`, as its object writes it.
pub(super) fn write(name: &str, now: Timestamp, about: &About) -> Vec<u8> {
    let manifest = json!({
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "exportedAt": now.as_millis(),
        "state": about.to_json(),
    });
    manifest.to_string().into_bytes()
}

/// Reads the entry: the settings of the conversation. Permanent approvals are not imported: the importing user has
/// approved nothing.
pub(super) fn read(bytes: &[u8]) -> Result<About, String> {
    let manifest: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if manifest.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(format!("its format is not `{FORMAT}`"));
    }
    let version = manifest.get("version").and_then(Value::as_u64);
    match version {
        Some(1..=VERSION) => {}
        Some(version) => {
            return Err(format!(
                "it is of version {version} and this server knows up to {VERSION}: use a newer one"
            ));
        }
        None => return Err("it has no version".to_owned()),
    }
    let state = manifest.get("state").cloned().unwrap_or(Value::Null);
    let about = About::from_json(state).map_err(|error| error.to_string())?;
    Ok(about.with_mode(Mode::Ask).with_allowed(Vec::new()))
}
