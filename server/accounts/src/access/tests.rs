use serde_json::json;

use super::*;

/// In seconds since 1970.
const NOW: u64 = 1_800_000_000;

fn settings() -> AccessSettings {
    AccessSettings {
        team_domain: "team.cloudflareaccess.com".to_owned(),
        audience: "aud-1".to_owned(),
        owner: "boss@example.com".to_owned(),
    }
}

fn jwt(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{}",
        part(header),
        part(claims),
        URL_SAFE_NO_PAD.encode("sig")
    )
}

fn claims(changed: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://team.cloudflareaccess.com", "aud": ["aud-1"], "email": "Ann@Example.com",
        "exp": NOW + 600, "nbf": NOW - 10, "iat": NOW - 10, "type": "app", "sub": "s",
    });
    for (name, value) in changed.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn presented(changed: &Value) -> Result<Presented, AccessProblem> {
    let jwt = jwt(&json!({"alg": "RS256", "kid": "k1"}), &claims(changed));
    let now = Timestamp::from_millis(NOW * 1000);
    Assertion::read(&jwt)?.presented(&settings(), now)
}

#[test]
fn an_assertion_names_the_person_and_its_end() {
    let assertion = Assertion::read(&jwt(
        &json!({"alg": "RS256", "kid": "k1"}),
        &claims(&json!({})),
    ));
    let assertion = assertion.unwrap();
    assert_eq!(
        (assertion.key_id.as_str(), assertion.signature.as_slice()),
        ("k1", &b"sig"[..])
    );
    assert_eq!(assertion.signed.matches('.').count(), 1);
    let expected = Presented::Access {
        email: "ann@example.com".to_owned(),
        until: Timestamp::from_millis((NOW + 660) * 1000),
        is_owner: false,
    };
    assert_eq!(presented(&json!({})), Ok(expected));
    let boss = presented(&json!({"email": "BOSS@example.com", "aud": "aud-1"})).unwrap();
    assert!(matches!(boss, Presented::Access { is_owner: true, .. }));
}

#[test]
fn every_claim_is_checked() {
    for (changed, problem) in [
        (
            json!({"iss": "https://other.cloudflareaccess.com"}),
            AccessProblem::Issuer,
        ),
        (
            json!({"iss": "http://team.cloudflareaccess.com"}),
            AccessProblem::Issuer,
        ),
        (json!({"iss": null}), AccessProblem::Malformed),
        (json!({"aud": ["aud-2"]}), AccessProblem::Audience),
        (json!({"aud": []}), AccessProblem::Audience),
        (json!({"aud": "aud-12"}), AccessProblem::Audience),
        (json!({"aud": null}), AccessProblem::Malformed),
        (json!({"exp": NOW - 60}), AccessProblem::Expired),
        (json!({"exp": null}), AccessProblem::Malformed),
        (json!({"exp": "tomorrow"}), AccessProblem::Malformed),
        (json!({"nbf": NOW + 61}), AccessProblem::TooEarly),
        (json!({"email": null}), AccessProblem::NoAddress),
        (json!({"email": "service"}), AccessProblem::NoAddress),
    ] {
        assert_eq!(presented(&changed), Err(problem), "{changed}");
    }
    for changed in [
        json!({"exp": NOW - 59}),
        json!({"nbf": NOW + 60}),
        json!({"nbf": null}),
    ] {
        assert!(presented(&changed).is_ok(), "clocks differ: {changed}");
    }
}

#[test]
fn no_other_algorithm_is_taken_and_what_is_no_jwt_is_refused() {
    for alg in ["none", "None", "HS256", "RS512", "rs256", ""] {
        let jwt = jwt(&json!({"alg": alg, "kid": "k1"}), &claims(&json!({})));
        let read = Assertion::read(&jwt).map(drop);
        assert_eq!(read, Err(AccessProblem::Algorithm), "{alg}");
    }
    let good = jwt(&json!({"alg": "RS256", "kid": "k1"}), &claims(&json!({})));
    let without_key = jwt(&json!({"alg": "RS256"}), &claims(&json!({})));
    let padded = format!("{good}==");
    let long = format!("{good}{}", "A".repeat(20_000));
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        &good[1..],
        &without_key,
        &padded,
        &long,
    ] {
        let read = Assertion::read(text).map(drop);
        assert_eq!(read, Err(AccessProblem::Malformed), "{text:.40}");
    }
}

#[test]
fn the_platforms_own_word_is_for_our_application_alone() {
    let now = Timestamp::from_millis(NOW * 1000);
    let boss = json!({"email": "boss@example.com"});
    let seen = vouched_for("aud-1", &boss, &settings(), now).unwrap();
    assert!(matches!(seen, Presented::Access { is_owner: true, .. }));
    let other = vouched_for("aud-2", &boss, &settings(), now);
    assert_eq!(other, Err(AccessProblem::Audience));
    let service = vouched_for("aud-1", &json!({}), &settings(), now);
    assert_eq!(service, Err(AccessProblem::NoAddress));
}

#[test]
fn keys_are_fetched_when_they_are_needed_and_not_because_somebody_makes_one_up() {
    let at = |seconds: u64| Timestamp::from_millis((NOW + seconds) * 1000);
    let set = |ids: &[&str]| {
        let keys: Vec<Value> = ids
            .iter()
            .map(|id| json!({"kid": id, "kty": "RSA", "alg": "RS256", "use": "sig", "n": id, "e": "AQAB"}))
            .collect();
        json!({"keys": keys, "public_cert": {}})
    };
    let uses = |keys: &Keys, id: &str, seconds| match keys.choose(id, at(seconds)) {
        KeyChoice::Use(key) => key.jwk()["n"] == id,
        KeyChoice::Fetch | KeyChoice::Unknown => false,
    };
    let mut keys = Keys::default();
    assert_eq!(keys.choose("k1", at(0)), KeyChoice::Fetch);
    keys.fetched(Some(&set(&["k0", "k1"])), at(0));
    assert!(uses(&keys, "k1", 0) && uses(&keys, "k0", 3599));
    assert_eq!(keys.choose("made-up", at(59)), KeyChoice::Unknown);
    assert_eq!(
        keys.choose("k2", at(60)),
        KeyChoice::Fetch,
        "perhaps they were rotated"
    );
    keys.fetched(Some(&set(&["k1", "k2"])), at(60));
    assert!(uses(&keys, "k2", 60));
    assert_eq!(
        keys.choose("k0", at(61)),
        KeyChoice::Unknown,
        "it was taken back"
    );
    assert_eq!(
        keys.choose("k1", at(3660)),
        KeyChoice::Fetch,
        "they are old"
    );
    keys.fetched(None, at(3660));
    assert!(uses(&keys, "k1", 3661), "the team's server is away");
    keys.fetched(
        Some(&json!({"keys": [{"kid": "k1", "kty": "EC", "alg": "ES256"}]})),
        at(3720),
    );
    assert_eq!(
        keys.choose("k1", at(3721)),
        KeyChoice::Unknown,
        "no RSA key"
    );
}
