//! The cached facts about models, for when the provider cannot be reached.

use common::{
    models::{ModelInfo, ModelList},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Sql, SqlError, Store, write::to_json};

/// The key of the last model list that a client requested, as JSON.
const LIST: &str = "models";
/// The key of the last model that was called, as JSON.
const IN_USE: &str = "model";

/// A server's models at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredModels {
    /// The root of the server's API.
    pub base_url: String,
    /// When the list was fetched.
    pub at: Timestamp,
    /// Its models.
    pub list: ModelList,
}

/// The facts about the model in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredModel {
    /// The root of the server's API.
    pub base_url: String,
    /// The model's name in requests.
    pub model: String,
    /// The facts.
    pub info: ModelInfo,
}

impl<S: Sql> Store<S> {
    /// Stores a list in place of the previous one. A store without any writes stays empty, since the conversation has
    /// not begun.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn put_models(&self, models: &StoredModels) -> Result<(), SqlError> {
        if self.is_new() {
            return Ok(());
        }
        self.put_fact(LIST, &to_json(models)?)
    }

    /// The stored list, if it belongs to this server.
    ///
    /// # Errors
    /// When an SQL statement fails. Unreadable data counts as missing.
    pub fn models(&self, base_url: &str) -> Result<Option<StoredModels>, SqlError> {
        let stored = self.fact(LIST)?;
        let stored = stored.and_then(|json| serde_json::from_str::<StoredModels>(&json).ok());
        Ok(stored.filter(|stored| stored.base_url == base_url))
    }

    /// Stores the facts about the model in use, unless they are stored already or the store has no writes.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn put_model_in_use(&self, model: &StoredModel) -> Result<(), SqlError> {
        if self.is_new() {
            return Ok(());
        }
        let json = to_json(model)?;
        if self.fact(IN_USE)?.as_deref() == Some(json.as_str()) {
            return Ok(());
        }
        self.put_fact(IN_USE, &json)
    }

    /// The facts about this server's model, if it was the last one in use.
    ///
    /// # Errors
    /// When an SQL statement fails. Unreadable data counts as missing.
    pub fn model_in_use(&self, base_url: &str, model: &str) -> Result<Option<ModelInfo>, SqlError> {
        let stored = self.fact(IN_USE)?;
        let stored = stored.and_then(|json| serde_json::from_str::<StoredModel>(&json).ok());
        Ok(stored
            .filter(|stored| stored.base_url == base_url && stored.model == model)
            .map(|stored| stored.info))
    }
}

#[cfg(test)]
mod tests {
    use sql::SqlValue;
    use test_support::MemorySql;

    use super::*;
    use crate::Write;

    const BASE: &str = "https://example.com/v1";

    fn info(id: &str) -> ModelInfo {
        ModelInfo {
            id: id.to_owned(),
            name: "ä".repeat(100),
            ..ModelInfo::default()
        }
    }

    fn stored(models: usize) -> StoredModels {
        StoredModels {
            base_url: BASE.to_owned(),
            at: Timestamp::from_millis(7),
            list: ModelList::of(
                (0..models)
                    .map(|number| info(&number.to_string()))
                    .collect(),
            ),
        }
    }

    #[test]
    fn a_list_outlives_a_restart_and_a_clear_and_is_of_one_server() {
        let sql = MemorySql::with_tables();
        let store = Store::open(sql.clone()).unwrap();
        assert_eq!(store.models(BASE).unwrap(), None);
        let etag = store.etag().unwrap();
        // The longer list takes several rows.
        for models in [9_000, 2] {
            store.put_models(&stored(models)).unwrap();
            let reopened = Store::open(sql.clone()).unwrap();
            assert_eq!(reopened.models(BASE).unwrap(), Some(stored(models)));
        }
        assert_eq!(
            store.etag().unwrap(),
            etag,
            "it is no part of the transcript"
        );
        store.write(&[Write::Clear]).unwrap();
        assert_eq!(store.models(BASE).unwrap(), Some(stored(2)));
        assert_eq!(store.models("https://example.org/v1").unwrap(), None);
    }

    #[test]
    fn the_model_in_use_is_kept_by_itself() {
        let store = Store::open(MemorySql::with_tables()).unwrap();
        let model = |name: &str| StoredModel {
            base_url: BASE.to_owned(),
            model: name.to_owned(),
            info: info("m"),
        };
        store.put_model_in_use(&model("m")).unwrap();
        store.put_model_in_use(&model("m")).unwrap();
        assert_eq!(store.model_in_use(BASE, "m").unwrap(), Some(info("m")));
        assert_eq!(store.model_in_use(BASE, "n").unwrap(), None);
        assert_eq!(
            store.model_in_use("http://localhost/v1", "m").unwrap(),
            None
        );
        store.put_model_in_use(&model("n")).unwrap();
        assert_eq!(store.model_in_use(BASE, "m").unwrap(), None);
        assert_eq!(
            store.models(BASE).unwrap(),
            None,
            "the two are not mixed up"
        );
    }

    #[test]
    fn a_conversation_in_which_nobody_has_said_anything_keeps_nothing() {
        let sql = MemorySql::new();
        let store = Store::open(sql.clone()).unwrap();
        store.put_models(&stored(2)).unwrap();
        let model = StoredModel {
            base_url: BASE.to_owned(),
            model: "m".to_owned(),
            info: info("m"),
        };
        store.put_model_in_use(&model).unwrap();
        assert_eq!(sql.writes(), 0);
    }

    #[test]
    fn unreadable_values_count_as_missing() {
        let sql = MemorySql::with_tables();
        let store = Store::open(sql.clone()).unwrap();
        for name in ["models", "model"] {
            let values = [SqlValue::from(name)];
            sql.run("INSERT INTO facts VALUES (?, '{broken')", &values)
                .unwrap();
        }
        assert_eq!(store.models(BASE).unwrap(), None);
        assert_eq!(store.model_in_use(BASE, "m").unwrap(), None);
    }
}
