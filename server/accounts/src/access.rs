//! What Cloudflare Access says of somebody: a JWT (RFC 7519), signed with RS256. Everything but the signature is
//! decided here; the platform's cryptography checks that.

mod keys;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use common::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::Presented;
pub use keys::{Key, KeyChoice, Keys};

/// Clocks differ by this much.
const SKEW: Duration = Duration::from_secs(60);

/// The longest assertion that is read.
const ASSERTION_BYTES: usize = 16 * 1024;

/// How long the platform's own word is taken, without asking again: connections are closed then.
const PLATFORM_SAYS_FOR: Duration = Duration::from_secs(60 * 60);

/// What Cloudflare Access has to say about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// The team's domain, such as `team.cloudflareaccess.com`: who issues the tokens.
    pub team_domain: String,
    /// The application's audience tag: for whom the tokens are.
    pub audience: String,
    /// The owner's e-mail address, in lower case.
    pub owner: String,
}

impl AccessSettings {
    /// The address of the team: who issues its tokens, and where its keys are.
    #[must_use]
    pub fn issuer(&self) -> String {
        let host = &self.team_domain;
        let is_simulated = host.starts_with("127.0.0.1:") || host.starts_with("localhost:");
        let scheme = if is_simulated { "http" } else { "https" };
        format!("{scheme}://{host}")
    }
}

/// Why an assertion is not believed. `Display` is for the log; it holds nothing of the assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccessProblem {
    /// It is no JWT.
    #[error("the assertion is no JWT")]
    Malformed,
    /// Another algorithm.
    #[error("the assertion is not signed with RS256")]
    Algorithm,
    /// Another issuer.
    #[error("the assertion comes from another team than ACCESS_TEAM_DOMAIN")]
    Issuer,
    /// Another audience.
    #[error("the assertion is for another application than ACCESS_AUD")]
    Audience,
    /// Its time is over.
    #[error("the assertion has expired")]
    Expired,
    /// Its time has not come.
    #[error("the assertion is not valid yet")]
    TooEarly,
    /// It is of a program.
    #[error(
        "the assertion names no e-mail address: it is of a service, which can use a token instead"
    )]
    NoAddress,
    /// No such key.
    #[error("the assertion's key is none of the team's")]
    UnknownKey,
    /// The keys cannot be had.
    #[error("the team's keys could not be fetched")]
    NoKeys,
    /// The signature is another.
    #[error("the assertion's signature is wrong")]
    Signature,
}

/// An assertion whose signature is still to be checked.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Which key has signed it.
    pub key_id: String,
    /// What was signed.
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

/// Times are seconds since 1970.
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
    /// When it is no JWT with the claims that are needed, or names another algorithm: also `none`.
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

    /// Who it speaks of, once its signature was found to be right.
    ///
    /// # Errors
    /// When it is from or for somebody else, of another time, or of nobody.
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

/// Who the platform itself says it is, with `ctx.access`: its audience and its identity.
///
/// # Errors
/// When it is for another application, or of nobody.
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
