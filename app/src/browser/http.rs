//! HTTP requests.

use std::time::Duration;

use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, RequestCache, RequestRedirect};

use super::files::File;

/// A request.
pub(crate) struct Request {
    builder: RequestBuilder,
    body: Option<Body>,
}

enum Body {
    File(File),
    Text(String),
}

/// The response to a request.
pub(crate) struct Response(gloo_net::http::Response);

impl Request {
    pub(crate) fn get(url: &str) -> Self {
        Self::new(Method::GET, url)
    }

    pub(crate) fn head(url: &str) -> Self {
        Self::new(Method::HEAD, url)
    }

    pub(crate) fn post(url: &str) -> Self {
        Self::new(Method::POST, url)
    }

    pub(crate) fn put(url: &str) -> Self {
        Self::new(Method::PUT, url)
    }

    pub(crate) fn delete(url: &str) -> Self {
        Self::new(Method::DELETE, url)
    }

    fn new(method: Method, url: &str) -> Self {
        Self {
            builder: RequestBuilder::new(url).method(method),
            body: None,
        }
    }

    /// Bypasses every cache.
    pub(crate) fn uncached(self) -> Self {
        let builder = self.builder.cache(RequestCache::NoStore);
        Self { builder, ..self }
    }

    /// Returns a redirection instead of following it.
    pub(crate) fn unredirected(self) -> Self {
        let builder = self.builder.redirect(RequestRedirect::Manual);
        Self { builder, ..self }
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        let builder = self.builder.header(name, value);
        Self { builder, ..self }
    }

    /// Fails when the response takes longer.
    pub(crate) fn within(self, time: Duration) -> Self {
        let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        let signal = AbortSignal::timeout_with_u32(millis);
        let builder = self.builder.abort_signal(Some(&signal));
        Self { builder, ..self }
    }

    pub(crate) fn body(self, file: File) -> Self {
        Self {
            body: Some(Body::File(file)),
            ..self
        }
    }

    pub(crate) fn text(self, text: String) -> Self {
        Self {
            body: Some(Body::Text(text)),
            ..self.header("Content-Type", "text/plain; charset=utf-8")
        }
    }

    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        Self {
            body: Some(Body::Text(body.to_string())),
            ..self.header("Content-Type", "application/json")
        }
    }

    /// Sends it.
    ///
    /// # Errors
    /// The browser's error when there is no response.
    pub(crate) async fn send(self) -> Result<Response, String> {
        let request = match self.body {
            Some(Body::File(file)) => self.builder.body(JsValue::from(file)),
            Some(Body::Text(text)) => self.builder.body(text),
            None => self.builder.build(),
        };
        let response = match request {
            Ok(request) => request.send().await,
            Err(error) => Err(error),
        };
        response.map(Response).map_err(|error| error.to_string())
    }
}

impl Response {
    pub(crate) fn status(&self) -> u16 {
        self.0.status()
    }

    /// Whether the status is a success.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.0.headers().get(name)
    }

    /// The body.
    ///
    /// # Errors
    /// The browser's error when the body is incomplete.
    pub(crate) async fn text(&self) -> Result<String, String> {
        self.0.text().await.map_err(|error| error.to_string())
    }

    /// The body, decoded with the named encoding; as UTF-8 if the browser does not know it.
    ///
    /// # Errors
    /// The browser's error when the body is incomplete.
    pub(crate) async fn text_in(&self, charset: &str) -> Result<String, String> {
        let bytes = self.0.binary().await.map_err(|error| error.to_string())?;
        let text = decoded(charset, &bytes)
            .ok()
            .and_then(|text| text.as_string());
        Ok(text.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// How the browser decodes bytes.
fn decoded(charset: &str, bytes: &[u8]) -> Result<JsValue, JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &"TextDecoder".into())?.dyn_into()?;
    let decoder = Reflect::construct(&class, &Array::of1(&charset.into()))?;
    let decode: Function = Reflect::get(&decoder, &"decode".into())?.dyn_into()?;
    decode.call1(&decoder, &Uint8Array::from(bytes))
}
