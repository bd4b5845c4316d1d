//! The assertion of Cloudflare Access about a person: a JWT (RFC 7519), signed with RS256. Everything except the
//! signature is checked here; the platform's cryptography checks that.

mod keys;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use common::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::Presented;
pub use keys::{Key, KeyChoice, Keys};

/// The tolerated difference between clocks.
const SKEW: Duration = Duration::from_secs(60);

/// The maximum size of an assertion in bytes.
const ASSERTION_BYTES: usize = 16 * 1024;

/// How long a statement of the platform is valid; then connections are closed.
const PLATFORM_SAYS_FOR: Duration = Duration::from_secs(60 * 60);

/// The settings of Cloudflare Access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// The domain of the team, such as `team.cloudflareaccess.com`, which issues the tokens.
    pub team_domain: String,
    /// The audience tag of the application that the tokens are for.
    pub audience: String,
    /// The owner's e-mail address, in lower case.
    pub owner: String,
}

impl AccessSettings {
    /// The URL of the team, which issues the tokens and publishes its keys.
    #[must_use]
    pub fn issuer(&self) -> String {
        let host = &self.team_domain;
        let is_simulated = host.starts_with("127.0.0.1:") || host.starts_with("localhost:");
        let scheme = if is_simulated { "http" } else { "https" };
        format!("{scheme}://{host}")
    }
}

/// Why an assertion is refused. `Display` is for the log; it contains nothing of the assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccessProblem {
    /// It is not a JWT.
    #[error("the assertion is no JWT")]
    Malformed,
    /// It uses another algorithm.
    #[error("the assertion is not signed with RS256")]
    Algorithm,
    /// It has another issuer.
    #[error("the assertion comes from another team than ACCESS_TEAM_DOMAIN")]
    Issuer,
    /// It has another audience.
    #[error("the assertion is for another application than ACCESS_AUD")]
    Audience,
    /// It has expired.
    #[error("the assertion has expired")]
    Expired,
    /// It is not valid yet.
    #[error("the assertion is not valid yet")]
    TooEarly,
    /// It belongs to a program.
    #[error(
        "the assertion names no e-mail address: it is of a service, which can use a token instead"
    )]
    NoAddress,
    /// Its key is unknown.
    #[error("the assertion's key is none of the team's")]
    UnknownKey,
    /// The keys could not be fetched.
    #[error("the team's keys could not be fetched")]
    NoKeys,
    /// Its signature is wrong.
    #[error("the assertion's signature is wrong")]
    Signature,
}

/// An assertion whose signature has not been checked.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The id of the key that signed it.
    pub key_id: String,
    /// The signed bytes.
    pub signed: String,
    /// The signature.
    pub signature: Vec<u8>,
    claims: Claims,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

/// Times are in seconds since 1970.
#[derive(Clone, Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    exp: u64,
    #[serde(default)]
    nbf: Option<u64>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Assertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// When it is not a JWT with the required claims, or uses another algorithm, including `none`.
    pub fn read(jwt: &str) -> Result<Self, AccessProblem> {
        let malformed = AccessProblem::Malformed;
        if jwt.len() > ASSERTION_BYTES {
            return Err(malformed);
        }
        let (signed, signature) = jwt.rsplit_once('.').ok_or(malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed)?;
        if header.alg != "RS256" {
            return Err(AccessProblem::Algorithm);
        }
        Ok(Self {
            key_id: header.kid,
            signed: signed.to_owned(),
            signature: decode(signature)?,
            claims: serde_json::from_slice(&decode(claims)?).map_err(|_| malformed)?,
        })
    }

    /// The person it identifies, after its signature was checked.
    ///
    /// # Errors
    /// When the issuer, audience or time is wrong, or it identifies nobody.
    pub fn presented(
        self,
        settings: &AccessSettings,
        now: Timestamp,
    ) -> Result<Presented, AccessProblem> {
        let Claims {
            iss,
            aud,
            exp,
            nbf,
            email,
        } = self.claims;
        if iss.trim_end_matches('/') != settings.issuer() {
            return Err(AccessProblem::Issuer);
        }
        let is_for_us = match &aud {
            Audience::One(audience) => *audience == settings.audience,
            Audience::Several(all) => all.contains(&settings.audience),
        };
        if !is_for_us {
            return Err(AccessProblem::Audience);
        }
        let until = Timestamp::from_millis(exp.saturating_mul(1000)) + SKEW;
        if until <= now {
            return Err(AccessProblem::Expired);
        }
        if Timestamp::from_millis(nbf.unwrap_or(0).saturating_mul(1000)) > now + SKEW {
            return Err(AccessProblem::TooEarly);
        }
        of_address(email.as_deref(), until, settings)
    }
}

/// The person that the platform identifies with `ctx.access`, by its audience and identity.
///
/// # Errors
/// When it is for another application, or identifies nobody.
pub fn vouched_for(
    audience: &str,
    identity: &Value,
    settings: &AccessSettings,
    now: Timestamp,
) -> Result<Presented, AccessProblem> {
    if audience != settings.audience {
        return Err(AccessProblem::Audience);
    }
    let email = identity.get("email").and_then(Value::as_str);
    of_address(email, now + PLATFORM_SAYS_FOR, settings)
}

fn of_address(
    email: Option<&str>,
    until: Timestamp,
    settings: &AccessSettings,
) -> Result<Presented, AccessProblem> {
    let email = email.map(|email| email.trim().to_lowercase());
    let email = email.filter(|email| email.contains('@'));
    let email = email.ok_or(AccessProblem::NoAddress)?;
    Ok(Presented::Access {
        is_owner: email == settings.owner,
        email,
        until,
    })
}

#[cfg(test)]
mod tests;
