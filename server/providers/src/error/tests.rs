use super::*;

#[test]
fn the_missing_key_text_leads_with_the_cause() {
    let text = ProviderError::MissingKey.to_string();
    assert!(text.starts_with("OPENROUTER_API_KEY is not set"), "{text}");
    assert!(
        text.contains("npx wrangler secret put OPENROUTER_API_KEY"),
        "{text}"
    );
    assert!(text.contains(".dev.vars"), "{text}");
}

#[test]
fn a_rate_limit_says_when() {
    let text = |seconds: Option<u64>| {
        let retry_after = seconds.map(Duration::from_secs);
        ProviderError::RateLimited {
            retry_after,
            message: VendorMessage::default(),
        }
        .to_string()
    };
    let start = "The model provider limits the rate of requests (429). ";
    assert_eq!(
        text(None),
        format!("{start}Try again in a moment, or choose another model with MODEL.")
    );
    assert_eq!(text(Some(0)), format!("{start}Try again in 1 second."));
    assert_eq!(text(Some(30)), format!("{start}Try again in 30 seconds."));
    assert_eq!(text(Some(3601)), format!("{start}Try again in 61 minutes."));
}

#[test]
fn a_budget_says_what_is_missing() {
    let error = |worst_usd| ProviderError::Budget {
        worst_usd,
        left_usd: 0.0412,
    };
    assert_eq!(error(None).code(), "budget");
    assert!(error(Some(1.5)).to_string().starts_with(
        "The next call of the model may cost $1.50, and $0.0412 of the budget is left."
    ));
    assert!(
        error(None)
            .to_string()
            .starts_with("The price of the model is not known")
    );
}

#[test]
fn a_vendor_message_is_one_short_line_without_the_key() {
    let secret = Secret::new("sk-or-v1-0123456789");
    let message = |text: &str| VendorMessage::new(text, secret.as_ref()).0;
    assert_eq!(
        message(" bad\r\n key\u{7} sk-or-v1-0123456789! "),
        "bad key ***!"
    );
    // A cut inside the key must not leave its beginning.
    let padding = "é".repeat(VendorMessage::MAX_CHARS - 4);
    let cut = message(&format!("{padding}sk-or-v1-0123456789 and more"));
    assert_eq!(cut, format!("{padding}*** …"));
}

#[test]
fn an_empty_message_leaves_no_trace() {
    let message = VendorMessage::new("  ", None);
    let text = ProviderError::Upstream {
        status: 502,
        retry_after: None,
        message,
    }
    .to_string();
    assert_eq!(
        text,
        "The model provider has a problem of its own (502). Try again, or choose another model with MODEL."
    );
}

#[test]
fn a_vendors_text_is_a_sentence_that_another_one_can_follow() {
    for (said, shown) in [
        ("try increasing it", " It said: try increasing it."),
        ("loading (3 %)", " It said: loading (3 %)."),
        ("Overloaded.", " It said: Overloaded."),
        ("What?", " It said: What?"),
        ("cut…", " It said: cut…"),
    ] {
        assert_eq!(VendorMessage::new(said, None).to_string(), shown);
    }
}

#[test]
fn a_network_error_is_shown_without_the_name_of_its_class() {
    for cause in [
        "Error: connection lost.",
        "TypeError: Error: connection lost.",
    ] {
        let error = ProviderError::unreachable(cause, None);
        assert_eq!(
            error.reason_to_retry(),
            "The model provider cannot be reached: connection lost."
        );
    }
}
