//! Prepares a request for a server: makes it legal, then encodes it.

use common::id::MessageId;

use super::{HttpRequest, ProviderSettings, Traits, encode};
use crate::{
    ModelMessage, ModelRequest,
    legal::{LeftOut, ModelAbilities, Target, make_legal},
};

/// A request ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The HTTP request.
    pub http: HttpRequest,
    /// What the model does not get.
    pub left_out: Vec<LeftOut>,
    /// The message of the transcript that each sent message comes from: a vendor that refuses one gives its index.
    pub origins: Vec<Option<MessageId>>,
}

/// Makes a request legal for its model and encodes it without unsupported features. To repeat it with other traits,
/// prepare the original again: the legal request for one server may contain less than another accepts.
#[must_use]
pub fn prepare(
    request: ModelRequest,
    settings: &ProviderSettings,
    traits: &Traits,
    abilities: ModelAbilities,
) -> Prepared {
    let model = settings.model_for(&request).to_owned();
    let target = Target {
        model: &model,
        abilities: abilities.without(traits),
    };
    let (legal, left_out) = make_legal(request, &target);
    let origin = |message: &ModelMessage| match message {
        ModelMessage::System(_) => None,
        ModelMessage::User(user) => user.origin.clone(),
        ModelMessage::Assistant(said) => said.origin.clone(),
        ModelMessage::Tool(tool) => tool.origin.clone(),
    };
    Prepared {
        http: encode(&legal, settings, traits),
        left_out,
        origins: legal.messages.iter().map(origin).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Attachment, Content, Source, UserMessage, openai_compatible::Trait};

    #[test]
    fn unsupported_content_is_reported_and_every_message_has_its_origin() {
        let picture = Attachment {
            media_type: "image/png".to_owned(),
            name: None,
            source: Source::Base64("QUJD".to_owned()),
        };
        let request = ModelRequest {
            messages: vec![
                ModelMessage::System("s".to_owned()),
                ModelMessage::assistant("Hello!", Vec::new()),
                ModelMessage::User(UserMessage {
                    content: vec![Content::File(picture)],
                    origin: Some(MessageId::from("u")),
                }),
            ],
            ..ModelRequest::default()
        };
        let settings = ProviderSettings {
            base_url: "http://localhost/v1".to_owned(),
            api_key: None,
            model: "m".to_owned(),
        };
        let prepared = |traits: &Traits| {
            prepare(
                request.clone(),
                &settings,
                traits,
                ModelAbilities::default(),
            )
        };
        let sent = prepared(&Traits::default());
        assert!(sent.left_out.is_empty());
        let body: Value = serde_json::from_str(&sent.http.body).unwrap();
        assert_eq!(
            body["messages"].as_array().unwrap().len(),
            sent.origins.len()
        );
        assert_eq!(sent.origins[3], Some(MessageId::from("u")));
        let blind = prepared(&[Trait::Images].into_iter().collect());
        assert_eq!(blind.left_out[0].origin, Some(MessageId::from("u")));
        assert!(!blind.http.body.contains("QUJD"));
    }
}
