//! How the page names the models that a conversation can choose from.

use common::{
    models::{OfferedModel, OfferedModels, OfferedPrice},
    state::Effort,
};

use crate::commands::best;

/// The words for a model whose price the provider does not say.
const UNKNOWN_PRICE: &str = "price unknown";

/// What a model is called: the built-in one by what it is.
pub(crate) fn model_name(id: &str, models: Option<&OfferedModels>) -> String {
    match models.and_then(|models| models.find(id)) {
        Some(model) => shown_name(model),
        None => id.to_owned(),
    }
}

/// The name of a model of the list.
pub(crate) fn shown_name(model: &OfferedModel) -> String {
    if model.name.is_empty() {
        model.id.clone()
    } else {
        model.name.clone()
    }
}

/// The last part of a model's name, for a small place: without its vendor.
pub(crate) fn short_name(name: &str) -> &str {
    let without_vendor = name.split_once(": ").map_or(name, |(_, model)| model);
    let last = without_vendor.rsplit('/').next();
    last.filter(|last| !last.is_empty()).unwrap_or(name)
}

/// Context and price of a model.
pub(crate) fn facts_of(model: &OfferedModel) -> String {
    let context = model
        .context
        .map(|tokens| format!("{} context", tokens_in_short(tokens)));
    let price = model.price.as_ref();
    let price = price.map_or_else(|| UNKNOWN_PRICE.to_owned(), price_words);
    context
        .into_iter()
        .chain([price])
        .collect::<Vec<_>>()
        .join(" · ")
}

/// At most so many models are in sight.
const MOST: usize = 60;

/// A model to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelEntry {
    /// What is stored for it; `None`: the server's own.
    pub(crate) id: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// Its context and price.
    pub(crate) facts: String,
    /// Whether it writes the next answer.
    pub(crate) is_current: bool,
}

/// What a query finds, the server's own model and the current one first.
pub(crate) fn model_entries(
    models: &OfferedModels,
    current: Option<&str>,
    query: &str,
) -> Vec<ModelEntry> {
    let unlisted = OfferedModel {
        id: models.default.clone(),
        ..OfferedModel::default()
    };
    let is_listed = models.find(&models.default).is_some() || models.default.is_empty();
    let mut all: Vec<&OfferedModel> = models.models.iter().collect();
    if !is_listed {
        all.push(&unlisted);
    }
    all.sort_by_key(|model| match model.id.as_str() {
        id if id == models.default => 0,
        id if Some(id) == current => 1,
        _ => 2,
    });
    let text = |model: &&OfferedModel| format!("{} {}", model.name, model.id);
    let found = best(query, all, text, MOST).into_iter();
    found
        .map(|model| {
            let is_own = model.id == models.default;
            let facts = facts_of(model);
            ModelEntry {
                id: (!is_own).then(|| model.id.clone()),
                name: shown_name(model),
                facts: if is_own {
                    format!("default · {facts}")
                } else {
                    facts
                },
                is_current: Some(model.id.as_str()) == current,
            }
        })
        .collect()
}

/// Per million tokens.
fn price_words(price: &OfferedPrice) -> String {
    // OpenRouter's routers cost what the chosen model costs.
    if price.input < 0.0 || price.output < 0.0 {
        return "price varies".to_owned();
    }
    if price.input == 0.0 && price.output == 0.0 && price.request == 0.0 {
        return "free".to_owned();
    }
    let (input, output) = (dollars(price.input), dollars(price.output));
    let request = if price.request > 0.0 {
        format!(" + {} per call", dollars(price.request))
    } else {
        String::new()
    };
    format!("{input} in, {output} out per 1M tokens{request}")
}

/// With figures that say something also for small amounts.
pub(crate) fn dollars(usd: f64) -> String {
    if usd > 0.0 && usd < 0.01 {
        format!("${usd:.4}")
    } else {
        format!("${usd:.2}")
    }
}

/// A number of tokens in two or three figures.
pub(crate) fn tokens_in_short(count: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = count / (unit / 10);
        match tenths % 10 {
            0 => format!("{}", tenths / 10),
            rest => format!("{}.{rest}", tenths / 10),
        }
    };
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", tenths(1_000)),
        _ => format!("{}M", tenths(1_000_000)),
    }
}

/// The label of an effort; `None`: the model's own.
pub(crate) const fn effort_words(effort: Option<Effort>) -> &'static str {
    match effort {
        None => "Default",
        Some(Effort::None) => "None",
        Some(Effort::Low) => "Low",
        Some(Effort::Medium) => "Medium",
        Some(Effort::High) => "High",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_short() {
        let price = |input, output, request| {
            let price = OfferedPrice {
                input,
                output,
                request,
                ..OfferedPrice::default()
            };
            Some(price)
        };
        for (context, price, expected) in [
            (
                Some(400_000),
                price(0.25, 2.0, 0.0),
                "400k context · $0.25 in, $2.00 out per 1M tokens",
            ),
            (Some(1_048_576), price(0.0, 0.0, 0.0), "1M context · free"),
            (
                None,
                price(3.0, 15.0, 0.01),
                "$3.00 in, $15.00 out per 1M tokens + $0.01 per call",
            ),
            (None, price(-1e6, -1e6, 0.0), "price varies"),
            (Some(8_192), None, "8.1k context · price unknown"),
        ] {
            let model = OfferedModel {
                context,
                price,
                ..OfferedModel::default()
            };
            assert_eq!(facts_of(&model), expected);
        }
    }

    #[test]
    fn the_own_model_and_the_current_one_come_first() {
        let model = |id: &str, name: &str| OfferedModel {
            id: id.to_owned(),
            name: name.to_owned(),
            ..OfferedModel::default()
        };
        let models = OfferedModels {
            models: vec![
                model("a/one", "A: One"),
                model("b/two", "B: Two"),
                model("c/own", "C: Own"),
            ],
            default: "c/own".to_owned(),
            ..OfferedModels::default()
        };
        let found = |query: &str| {
            let entries = model_entries(&models, Some("b/two"), query).into_iter();
            entries
                .map(|entry| (entry.id, entry.name, entry.is_current))
                .collect::<Vec<_>>()
        };
        let [own, two, one] = [
            (None, "C: Own".to_owned(), false),
            (Some("b/two".to_owned()), "B: Two".to_owned(), true),
            (Some("a/one".to_owned()), "A: One".to_owned(), false),
        ];
        assert_eq!(found(""), [own, two.clone(), one]);
        assert_eq!(found("two b/"), [two]);
        let unlisted = OfferedModels {
            default: "router".to_owned(),
            ..models
        };
        let first = model_entries(&unlisted, Some("router"), "").swap_remove(0);
        assert_eq!(
            (first.id, first.name.as_str(), first.is_current),
            (None, "router", true)
        );
    }

    #[test]
    fn names_fit_a_small_place() {
        for (name, expected) in [
            ("OpenAI: Fake Mini", "Fake Mini"),
            ("openrouter/auto", "auto"),
            ("Demo", "Demo"),
            ("a/b/", "a/b/"),
        ] {
            assert_eq!(short_name(name), expected);
        }
    }

    #[test]
    fn amounts_have_few_figures() {
        assert_eq!(tokens_in_short(999), "999");
        assert_eq!(tokens_in_short(12_345), "12.3k");
        assert_eq!(tokens_in_short(400_000), "400k");
        assert_eq!(tokens_in_short(2_560_000), "2.5M");
        assert_eq!(dollars(0.00042), "$0.0004");
        assert_eq!(dollars(0.0), "$0.00");
        assert_eq!(dollars(1.5), "$1.50");
    }
}
