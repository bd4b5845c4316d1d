//! The link for the owner's first sign-in.
//!
//! The start script or the deployment creates it from the owner's secret, without contacting the server; the server
//! accepts each link once, until it expires. `scripts/sign_in/link.mjs` creates the same link.
//!
//! Its text: `coder_o_{end}.{nonce}.{signature}`, where `end` is in milliseconds since 1970, `nonce` has 128 random
//! bits, and `signature` is the HMAC-SHA256 (RFC 2104) of `coder-owner-link.{end}.{nonce}` with the secret. Nonce and
//! signature are in base64url.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use common::{secret::Secret, time::Timestamp};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::SignInProblem;

/// The prefix of an owner's link.
pub(super) const PREFIX: &str = "coder_o_";

/// Checks a link against the secret and the clock. The store knows whether it was used.
///
/// # Errors
/// When it was not created with this secret, or has expired.
pub(super) fn verify(
    link: &str,
    secret: &Secret,
    now: Timestamp,
) -> Result<Timestamp, SignInProblem> {
    let unknown = SignInProblem::Unknown;
    let text = link.strip_prefix(PREFIX).ok_or(unknown)?;
    let (signed, signature) = text.rsplit_once('.').ok_or(unknown)?;
    let (end, _nonce) = signed.split_once('.').ok_or(unknown)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| unknown)?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).map_err(|_| unknown)?;
    mac.update(b"coder-owner-link.");
    mac.update(signed.as_bytes());
    // Compares in constant time.
    mac.verify_slice(&signature).map_err(|_| unknown)?;
    let end = end
        .parse()
        .map(Timestamp::from_millis)
        .map_err(|_| unknown)?;
    if end <= now {
        return Err(SignInProblem::Expired);
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Created by `scripts/sign_in/link.mjs`; a test there creates it again.
    const MADE_BY_THE_SCRIPT: &str = include_str!("owner_link.txt");

    fn check(link: &str, now: u64) -> Result<Timestamp, SignInProblem> {
        let secret = Secret::new("a-secret-of-the-tests-a-secret-of-the-tests").unwrap();
        verify(link, &secret, Timestamp::from_millis(now))
    }

    #[test]
    fn a_link_of_the_script_is_good_until_its_end() {
        let link = MADE_BY_THE_SCRIPT.trim();
        let end = 1_800_000_000_000;
        assert_eq!(check(link, end - 1), Ok(Timestamp::from_millis(end)));
        assert_eq!(check(link, end), Err(SignInProblem::Expired));
    }

    #[test]
    fn a_link_with_another_character_is_unknown() {
        let link = MADE_BY_THE_SCRIPT.trim();
        for at in 0..link.len() {
            let mut changed = link.as_bytes().to_vec();
            changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(check(&changed, 0), Err(SignInProblem::Unknown), "{changed}");
        }
        for cut in 0..link.len() {
            assert_eq!(check(&link[..cut], 0), Err(SignInProblem::Unknown), "{cut}");
        }
        let other = Secret::new("another-secret-of-the-tests-another-secret").unwrap();
        let seen = verify(link, &other, Timestamp::default());
        assert_eq!(seen, Err(SignInProblem::Unknown));
    }
}
