//! Details that local servers publish besides their model list.

use serde_json::Value;

use super::{
    ModelInfo,
    entry::{text, whole_number},
};

/// llama.cpp's `/props`: the context window that the server was started with, and the abilities of its model.
pub(super) fn apply_props(info: &mut ModelInfo, props: &Value) {
    let window = props.pointer("/default_generation_settings/n_ctx");
    if let Some(window) = window.and_then(whole_number) {
        info.context = Some(window);
    }
    let flag = |place| props.pointer(place).and_then(Value::as_bool);
    info.images = flag("/modalities/vision").or(info.images);
    info.tools = flag("/chat_template_caps/supports_tools").or(info.tools);
}

/// Ollama's `/api/show`: the abilities of a model and its context window. A window set in the Modelfile takes
/// precedence.
pub(super) fn apply_show(info: &mut ModelInfo, show: &Value) {
    if let Some(can) = show.get("capabilities").and_then(Value::as_array) {
        let can = |word: &str| can.iter().any(|one| one.as_str() == Some(word));
        info.images = Some(can("vision"));
        info.tools = Some(can("tools"));
        info.reasoning = Some(can("thinking"));
    }
    let trained = show
        .get("model_info")
        .and_then(Value::as_object)
        .and_then(|fields| {
            let mut fields = fields.iter();
            fields.find_map(|(name, value)| {
                name.ends_with(".context_length")
                    .then(|| whole_number(value))?
            })
        });
    let set = text(show, &["parameters"]).and_then(|parameters| {
        let mut lines = parameters.lines().map(str::split_whitespace);
        lines.find_map(|mut words| match (words.next(), words.next()) {
            (Some("num_ctx"), Some(tokens)) => {
                tokens.parse().ok().filter(|tokens: &u64| *tokens > 0)
            }
            _ => None,
        })
    });
    info.context = match (set, trained) {
        (Some(set), Some(trained)) => Some(set.min(trained)),
        (set, trained) => set.or(trained).or(info.context),
    };
}

/// Whether Ollama's `/api/show` describes a text model.
pub(super) fn is_shown_to_answer(show: &Value) -> bool {
    let can = show.get("capabilities").and_then(Value::as_array);
    can.is_none_or(|can| can.iter().any(|one| one.as_str() == Some("completion")))
}

/// Ollama's `/api/ps`: the context windows of running models. Without a setting in the Modelfile, Ollama runs a model
/// with a much smaller window than the model supports, and truncates silently.
pub(super) fn apply_running(models: &mut [ModelInfo], running: &Value) {
    for entry in running
        .get("models")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let window = entry.get("context_length").and_then(whole_number);
        let name = text(entry, &["model", "name"]);
        if let (Some(window), Some(name)) = (window, name)
            && let Some(info) = models.iter_mut().find(|info| info.id == name)
        {
            info.context = Some(window);
        }
    }
}
