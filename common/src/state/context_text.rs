//! What the model reads beside the messages, as text.

use serde_json::Value;

use crate::fields::{Record, listed};

words! {
    /// A part of what the model reads beside the messages.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum ContextPart, expected "a part of what the model reads" {
        /// How the model works with the conversation.
        "system" => System,
        /// The descriptions of the tools.
        "tools" => Tools,
        /// The instructions in the root of the workspace.
        "agentsFile" => AgentsFile,
        /// The repository in the workspace, and the project notes.
        "project" => Project,
        /// The summary of earlier messages, and pinned messages among them.
        "summary" => Summary,
    }
}

record! {
    /// A part of what the model reads, as it reads it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ContextText {
        /// The part.
        pub part: ContextPart = "part",
        /// Its text.
        pub text: String = "text",
    }
}

record! {
    /// The parts that there are.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct ContextTexts {
        /// The parts, in the order in which the model reads them. Parts of an unknown kind are dropped.
        pub parts: Vec<ContextText> = listed "parts",
    }
}

impl ContextTexts {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None`: it is something else.
    #[must_use]
    pub fn from_json(texts: Value) -> Option<Self> {
        Record::from_json(texts)
    }

    /// The text of a part; `None`: there is none.
    #[must_use]
    pub fn of(&self, part: ContextPart) -> Option<&str> {
        let found = self.parts.iter().find(|text| text.part == part);
        found.map(|text| text.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_read_as_they_are_written() {
        let json = json!({"parts": [{"part": "system", "text": "Hello."}, {"part": "agentsFile", "text": "Tabs."}]});
        let texts = ContextTexts::from_json(json.clone()).unwrap();
        assert_eq!(texts.of(ContextPart::AgentsFile), Some("Tabs."));
        assert_eq!(texts.of(ContextPart::Summary), None);
        assert_eq!(texts.to_json(), json);
        let newer = json!({"parts": [{"part": "dreams", "text": "Zzz."}]});
        assert_eq!(
            ContextTexts::from_json(newer),
            Some(ContextTexts::default())
        );
        assert_eq!(ContextTexts::from_json(json!(null)), None);
    }
}
