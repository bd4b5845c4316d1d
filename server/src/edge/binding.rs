//! Requests that go out through a binding. `worker` returns their responses as a type of another crate, and would copy the
//! bodies into the wasm.

use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::{
    AbortSignal, Env, Request, Response, Result,
    js_sys::{Object, Promise, Reflect},
};

#[wasm_bindgen]
extern "C" {
    /// The type of a service binding.
    #[derive(Debug)]
    type Service;

    #[wasm_bindgen(method, catch)]
    fn fetch(
        this: &Service,
        request: &JsValue,
        options: &Object,
    ) -> std::result::Result<Promise, JsValue>;
}

/// A way out of the Worker.
#[derive(Debug)]
pub(super) struct Binding(Service);

impl Binding {
    /// The binding with this name, if it exists.
    pub(super) fn of(env: &Env, name: &str) -> Option<Self> {
        let fetcher = env.service(name).ok()?;
        let service: JsValue = fetcher.into_rpc::<Object>().into();
        Some(Self(service.unchecked_into()))
    }

    /// Sends a request; `signal` aborts it.
    pub(super) async fn send(
        &self,
        request: &Request,
        signal: Option<&AbortSignal>,
    ) -> Result<Response> {
        let options = Object::new();
        if let Some(signal) = signal {
            Reflect::set(&options, &"signal".into(), signal.as_ref())?;
        }
        let promise = self.0.fetch(request.inner(), &options)?;
        let response = JsFuture::from(promise).await?;
        Ok(Response::from(
            response.unchecked_into::<worker::web_sys::Response>(),
        ))
    }
}
