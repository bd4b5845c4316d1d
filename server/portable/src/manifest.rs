//! What an archive says about itself: `conversation.json`.

use common::{
    state::{About, Mode},
    time::Timestamp,
};
use serde_json::{Value, json};

/// The name of the entry.
pub(super) const NAME: &str = "conversation.json";

/// What tells such an archive from others.
const FORMAT: &str = "coder-conversation";

/// The version that is written. A later one may be read when its number is not larger.
const VERSION: u64 = 1;

/// The entry of a conversation called `name`, as its object spells it.
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

/// Reads the entry: what the conversation is about. What its user had allowed is not taken over: whoever takes it in has
/// allowed nothing.
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
