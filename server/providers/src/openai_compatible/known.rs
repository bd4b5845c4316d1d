//! What is known of servers and their models: their lists, and what calls have found out. All calls of an isolate share it.

use std::collections::HashMap;

use common::{
    models::{ModelInfo, ModelList, Prices},
    time::Timestamp,
};

use super::{
    Trait, Traits,
    models::{Kept, Lookup, NoList, Refresh},
};

/// A model of a server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerModel {
    /// The root of the server's API.
    pub base_url: String,
    /// The model's name in requests.
    pub model: String,
}

/// What is known of servers and their models.
#[derive(Debug, Default)]
pub struct KnownModels {
    /// The lists, by the root of the server's API.
    lists: HashMap<String, Kept>,
    /// The features that models turned out not to support.
    traits: HashMap<ServerModel, Traits>,
    /// The windows that refusals named, in tokens.
    windows: HashMap<ServerModel, u64>,
}

impl KnownModels {
    /// The features that a model does not support, as far as calls have found out.
    #[must_use]
    pub fn traits(&self, model: &ServerModel) -> Traits {
        self.traits.get(model).cloned().unwrap_or_default()
    }

    /// Adds features that a model does not support.
    pub fn learn_traits(&mut self, model: &ServerModel, learned: Vec<Trait>) {
        if !learned.is_empty() {
            let traits = self.traits.entry(model.clone()).or_default();
            traits.extend(learned);
        }
    }

    /// Records the window that a server named when it refused a request as too long.
    pub fn learn_window(&mut self, model: &ServerModel, tokens: u64) {
        self.windows.insert(model.clone(), tokens);
    }

    /// The window of a model: the listed one or the one that a refusal named, whichever is smaller.
    #[must_use]
    pub fn window(&self, model: &ServerModel, info: Option<&ModelInfo>) -> Option<u64> {
        let learned = self.windows.get(model).copied();
        let listed = info.and_then(|info| info.context);
        listed.into_iter().chain(learned).min()
    }

    /// The listed facts about a model.
    #[must_use]
    pub fn info(&self, model: &ServerModel) -> Option<ModelInfo> {
        self.lists.get(&model.base_url)?.list()?.find(&model.model)
    }

    /// The listed prices of a model.
    #[must_use]
    pub fn prices(&self, model: &ServerModel) -> Option<Prices> {
        self.info(model)?.prices
    }

    /// Whether the list of a server must be fetched.
    #[must_use]
    pub fn is_due(&self, now: Timestamp, base_url: &str, refresh: Refresh) -> bool {
        let kept = self.lists.get(base_url);
        kept.is_none_or(|kept| kept.is_due(now, refresh))
    }

    /// What is known of the models of a server.
    #[must_use]
    pub fn lookup(&self, now: Timestamp, base_url: &str) -> Lookup {
        let kept = self.lists.get(base_url);
        kept.map(|kept| kept.lookup(now)).unwrap_or_default()
    }

    /// Whether there is a list of a server.
    #[must_use]
    pub fn has_list(&self, base_url: &str) -> bool {
        self.lists.get(base_url).is_some_and(Kept::has_list)
    }

    /// Records the result of a fetch of a server's list.
    pub fn fetched(&mut self, now: Timestamp, base_url: &str, result: Result<ModelList, NoList>) {
        let kept = self.lists.entry(base_url.to_owned()).or_default();
        kept.fetched(now, result);
    }

    /// Restores a stored list of a server, unless a newer one is known.
    pub fn recall(&mut self, base_url: &str, at: Timestamp, list: ModelList) {
        let kept = self.lists.entry(base_url.to_owned()).or_default();
        kept.recall(at, list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn model(name: &str) -> ServerModel {
        ServerModel {
            base_url: "http://localhost/v1".to_owned(),
            model: name.to_owned(),
        }
    }

    #[test]
    fn calls_teach_about_one_model_of_one_server() {
        let mut known = KnownModels::default();
        let (small, large) = (model("small"), model("large"));
        known.learn_traits(&small, vec![Trait::Tools]);
        known.learn_traits(&small, vec![Trait::Images]);
        known.learn_window(&small, 8_192);
        assert_eq!(
            known.traits(&small),
            Traits::from_iter([Trait::Tools, Trait::Images])
        );
        assert_eq!(known.traits(&large), Traits::default());
        let listed = |context| ModelInfo {
            context: Some(context),
            ..ModelInfo::default()
        };
        assert_eq!(known.window(&small, Some(&listed(32_768))), Some(8_192));
        assert_eq!(known.window(&small, Some(&listed(4_096))), Some(4_096));
        assert_eq!(known.window(&large, None), None);
    }

    #[test]
    fn a_stored_list_counts_until_a_newer_one_is_fetched() {
        let mut known = KnownModels::default();
        let small = model("small");
        let list = |price| {
            ModelList::of(vec![ModelInfo {
                id: "small".to_owned(),
                prices: Some(Prices {
                    input: price,
                    ..Prices::default()
                }),
                ..ModelInfo::default()
            }])
        };
        let price = |known: &KnownModels| known.prices(&small).map(|prices| prices.input);
        let base_url = &small.base_url;
        assert!(known.is_due(NOW, base_url, Refresh::WhenDue) && !known.has_list(base_url));
        known.recall(base_url, NOW, list(1.0));
        assert!(!known.is_due(NOW, base_url, Refresh::WhenDue) && known.has_list(base_url));
        assert_eq!(price(&known), Some(1.0));
        known.fetched(NOW, base_url, Ok(list(2.0)));
        known.recall(base_url, NOW, list(1.0));
        assert_eq!(price(&known), Some(2.0));
    }
}
