//! Calls of the agent's methods.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use common::client::ChatError;
use leptos::prelude::Callback;
use serde_json::Value;

/// A call has this long unless it says otherwise.
const WITHIN: Duration = Duration::from_secs(30);

/// A call of a method of the agent.
#[derive(Clone, Debug)]
pub struct MethodCall {
    /// The method's name.
    pub method: String,
    /// Its arguments.
    pub args: Vec<Value>,
    /// It fails when it is not over by then. `None`: it may last as long as the connection, as streams do.
    pub within: Option<Duration>,
    /// Takes the parts of a stream.
    pub on_part: Option<Callback<Value>>,
}

/// The result to come. The call is made whether or not somebody waits for it.
pub struct Calling(Pin<Box<dyn Future<Output = Result<Value, ChatError>> + Send>>);

impl MethodCall {
    /// A call that is over within 30 seconds or fails.
    #[must_use]
    pub fn new(method: impl Into<String>, args: Vec<Value>) -> Self {
        Self {
            method: method.into(),
            args,
            within: Some(WITHIN),
            on_part: None,
        }
    }

    /// A call whose result comes in parts, for as long as the connection lasts.
    #[must_use]
    pub fn streaming(
        method: impl Into<String>,
        args: Vec<Value>,
        on_part: Callback<Value>,
    ) -> Self {
        Self {
            within: None,
            on_part: Some(on_part),
            ..Self::new(method, args)
        }
    }
}

impl Calling {
    pub(crate) fn new(
        result: impl Future<Output = Result<Value, ChatError>> + Send + 'static,
    ) -> Self {
        Self(Box::pin(result))
    }
}

impl Future for Calling {
    type Output = Result<Value, ChatError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for Calling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calling")
    }
}
