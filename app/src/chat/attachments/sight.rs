//! Whether the model that answers sees pictures, so that the person knows before the message is sent.

use serde_json::Value;

/// What to say where the model takes no pictures. `listed` is the answer of `listModels`, `chosen` the model of the
/// conversation, if it is not the server's default.
pub(super) fn warning(listed: &Value, chosen: Option<&str>) -> Option<String> {
    let id = chosen.or_else(|| listed.get("default")?.as_str())?;
    let mut models = listed.get("models")?.as_array()?.iter();
    let model = models.find(|model| model.get("id").and_then(Value::as_str) == Some(id))?;
    let sees = model.pointer("/modalities/images")?.as_bool()?;
    let name = model.get("name").and_then(Value::as_str).unwrap_or(id);
    (!sees).then(|| format!("{name} takes no pictures: it gets their paths alone."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_model_that_is_known_to_see_nothing_is_named() {
        let model = |id: &str, images: Value| json!({"id": id, "name": format!("The {id}"), "modalities": {"images": images}});
        let listed = json!({
            "default": "blind",
            "models": [model("blind", json!(false)), model("seeing", json!(true)), model("unknown", Value::Null)],
        });
        let blind = Some("The blind takes no pictures: it gets their paths alone.".to_owned());
        for (chosen, expected) in [
            (None, blind.clone()),
            (Some("blind"), blind),
            (Some("seeing"), None),
            (Some("unknown"), None),
            (Some("other"), None),
        ] {
            assert_eq!(warning(&listed, chosen), expected, "{chosen:?}");
        }
        assert_eq!(warning(&Value::Null, None), None);
    }
}
