//! Cloudflare Access: moves the bytes for [`accounts::access`], and verifies signatures with the platform's cryptography.

use std::cell::RefCell;

use accounts::{
    Presented, SignInProblem,
    access::{AccessProblem, AccessSettings, Assertion, Key, KeyChoice, Keys, vouched_for},
};
use serde_json::Value;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::{
    Context, Fetch, Method, Request, Result,
    js_sys::{Function, JSON, Object, Promise, Reflect, Uint8Array, global},
};

use super::{random::now, sign_in::Facts};

thread_local! {
    /// The team's keys, shared by all requests of an isolate.
    static KEYS: RefCell<Keys> = RefCell::new(Keys::default());
}

#[wasm_bindgen]
extern "C" {
    /// The platform's cryptography.
    type Subtle;

    #[wasm_bindgen(method, catch, js_name = importKey)]
    fn import_key(
        this: &Subtle,
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        uses: Vec<JsValue>,
    ) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn verify(
        this: &Subtle,
        algorithm: &JsValue,
        key: &JsValue,
        signature: Uint8Array,
        signed: Uint8Array,
    ) -> std::result::Result<Promise, JsValue>;
}

/// The identity that Access states: from the platform where it provides one, else from the header.
pub(super) async fn presented(
    facts: &Facts,
    settings: &AccessSettings,
    context: &Context,
) -> std::result::Result<Presented, SignInProblem> {
    let seen = match platform_says(context).await {
        Ok(Some((audience, identity))) => vouched_for(&audience, &identity, settings, now()),
        Ok(None) => match &facts.assertion {
            None => return Err(SignInProblem::Missing),
            Some(jwt) => checked(jwt, settings).await,
        },
        Err(error) => {
            worker::console_error!("Cloudflare Access gave no identity: {error}");
            return Err(SignInProblem::Missing);
        }
    };
    seen.map_err(|problem| {
        worker::console_warn!("a sign-in by Cloudflare Access was refused: {problem}");
        match problem {
            AccessProblem::Expired => SignInProblem::Expired,
            AccessProblem::Malformed
            | AccessProblem::Algorithm
            | AccessProblem::Issuer
            | AccessProblem::Audience
            | AccessProblem::TooEarly
            | AccessProblem::NoAddress
            | AccessProblem::UnknownKey
            | AccessProblem::NoKeys
            | AccessProblem::Signature => SignInProblem::Unknown,
        }
    })
}

/// `ctx.access`: the audience and the identity. `None`: the platform knows of no Access.
async fn platform_says(context: &Context) -> Result<Option<(String, Value)>> {
    let context: &JsValue = context.as_ref();
    let access = Reflect::get(context, &"access".into())?;
    if !access.is_object() {
        return Ok(None);
    }
    let audience = Reflect::get(&access, &"aud".into())?.as_string();
    let get: Function = Reflect::get(&access, &"getIdentity".into())?.dyn_into()?;
    let identity = JsFuture::from(Promise::resolve(&get.call0(&access)?)).await?;
    let identity = match JSON::stringify(&identity)
        .ok()
        .and_then(|text| text.as_string())
    {
        Some(text) => serde_json::from_str(&text)?,
        None => Value::Null,
    };
    Ok(Some((audience.unwrap_or_default(), identity)))
}

async fn checked(
    jwt: &str,
    settings: &AccessSettings,
) -> std::result::Result<Presented, AccessProblem> {
    let assertion = Assertion::read(jwt)?;
    let key = key(&assertion.key_id, settings).await?;
    match is_signed(&assertion, &key).await {
        Ok(true) => assertion.presented(settings, now()),
        Ok(false) => Err(AccessProblem::Signature),
        Err(error) => {
            worker::console_error!("a signature could not be checked: {error}");
            Err(AccessProblem::Signature)
        }
    }
}

async fn key(id: &str, settings: &AccessSettings) -> std::result::Result<Key, AccessProblem> {
    let choose = || KEYS.with_borrow(|keys| keys.choose(id, now()));
    match choose() {
        KeyChoice::Use(key) => return Ok(key),
        KeyChoice::Unknown => return Err(AccessProblem::UnknownKey),
        KeyChoice::Fetch => {}
    }
    let answer = fetch_keys(settings).await;
    if let Err(error) = &answer {
        worker::console_error!("the keys of Cloudflare Access could not be fetched: {error}");
    }
    KEYS.with_borrow_mut(|keys| keys.fetched(answer.as_ref().ok(), now()));
    match (choose(), answer) {
        (KeyChoice::Use(key), _) => Ok(key),
        (KeyChoice::Fetch | KeyChoice::Unknown, Ok(_)) => Err(AccessProblem::UnknownKey),
        (KeyChoice::Fetch | KeyChoice::Unknown, Err(_)) => Err(AccessProblem::NoKeys),
    }
}

async fn fetch_keys(settings: &AccessSettings) -> Result<Value> {
    let url = format!("{}/cdn-cgi/access/certs", settings.issuer());
    let request = Request::new(&url, Method::Get)?;
    let mut response = Fetch::Request(request).send().await?;
    match response.status_code() {
        200 => response.json().await,
        status => Err(format!("{url} answered {status}").into()),
    }
}

async fn is_signed(assertion: &Assertion, key: &Key) -> Result<bool> {
    let crypto = Reflect::get(&global(), &"crypto".into())?;
    let subtle: Subtle = Reflect::get(&crypto, &"subtle".into())?.unchecked_into();
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &"RSASSA-PKCS1-v1_5".into())?;
    Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into())?;
    let algorithm: JsValue = algorithm.into();
    let jwk = JSON::parse(&key.jwk().to_string())?;
    let uses = vec!["verify".into()];
    let imported = subtle.import_key("jwk", &jwk, &algorithm, false, uses)?;
    let imported = JsFuture::from(imported).await?;
    let signature = Uint8Array::from(assertion.signature.as_slice());
    let signed = Uint8Array::from(assertion.signed.as_bytes());
    let verified = subtle.verify(&algorithm, &imported, signature, signed)?;
    Ok(JsFuture::from(verified).await?.as_bool() == Some(true))
}
