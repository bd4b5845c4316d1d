//! Prices and budgets.

use super::*;
use crate::UserMessage;

/// 3, 0.30, 3.75 and 15 US dollars per million tokens.
fn prices() -> Prices {
    Prices {
        input: 3e-6,
        cached_input: Some(0.3e-6),
        cache_write: Some(3.75e-6),
        output: 15e-6,
        ..Prices::default()
    }
}

fn usage(input: u64, cached: u64, output: u64) -> Usage {
    Usage {
        input_tokens: Some(input),
        output_tokens: Some(output),
        cached_input_tokens: Some(cached),
        ..Usage::default()
    }
}

fn assert_near(left: Option<f64>, right: f64) {
    let left = left.expect("a price");
    assert!((left - right).abs() < 1e-9, "{left} instead of {right}");
}

#[test]
fn each_kind_of_token_has_its_price() {
    let prices = prices();
    assert_near(cost(&usage(1_000_000, 0, 0), 0, &prices), 3.0);
    assert_near(cost(&usage(1_000_000, 900_000, 0), 0, &prices), 0.57);
    assert_near(cost(&usage(1_000_000, 900_000, 0), 100_000, &prices), 0.645);
    assert_near(cost(&usage(0, 0, 1_000_000), 0, &prices), 15.0);
    let reasons = Usage {
        reasoning_tokens: Some(400_000),
        ..usage(0, 0, 1_000_000)
    };
    assert_near(cost(&reasons, 0, &prices), 15.0);
    let dear_reasoning = Prices {
        reasoning: Some(30e-6),
        request: 0.5,
        ..prices
    };
    assert_near(cost(&reasons, 0, &dear_reasoning), 21.5);
}

#[test]
fn odd_figures_of_vendors_cost_no_less_than_nothing() {
    let prices = prices();
    assert_near(cost(&usage(10, 1_000_000, 0), 7, &prices), 3e-6);
    assert_eq!(cost(&Usage::default(), 0, &prices), None);
    let only_output = Usage {
        output_tokens: Some(1_000_000),
        reasoning_tokens: Some(2_000_000),
        ..Usage::default()
    };
    assert_near(cost(&only_output, 0, &prices), 15.0);
}

#[test]
fn the_providers_own_cost_wins() {
    let reported = Usage {
        cost_usd: Some(0.25),
        ..usage(1_000_000, 0, 0)
    };
    let price = |usage, prices: Option<&Prices>| {
        let ProviderEvent::Usage(usage) = with_cost(ProviderEvent::Usage(usage), prices) else {
            panic!("a usage");
        };
        usage.cost_usd
    };
    assert_eq!(price(reported, Some(&prices())), Some(0.25));
    assert_eq!(price(usage(1_000_000, 0, 0), None), None);
    assert_near(price(usage(1_000_000, 0, 0), Some(&prices())), 3.0);
    let text = ProviderEvent::TextDelta("a".to_owned());
    assert_eq!(with_cost(text.clone(), Some(&prices())), text);
}

fn planned(budget: f64, tokens: u64, max_output: Option<u64>) -> Plan {
    let load = Load { tokens, images: 0 };
    plan(budget, &Pricing::Known(prices()), load, max_output)
}

/// The highest cost of a call that reads `tokens` and writes as much as the plan allows.
fn dearest(plan: Plan, tokens: u64, max_output: u64) -> f64 {
    match plan {
        Plan::Go { max_tokens } => {
            let output = max_tokens.map_or(max_output, u64::from).min(max_output);
            dollars(tokens, 3.75e-6) + dollars(output, 15e-6)
        }
        Plan::TooDear { .. } => 0.0,
    }
}

#[test]
fn an_answer_is_shortened_to_what_is_left() {
    assert_eq!(
        planned(1.0, 10_000, Some(64_000)),
        Plan::Go { max_tokens: None }
    );
    // 10,000 tokens cost at most 0.0375, which leaves 0.9625 for the answer.
    assert_eq!(
        planned(1.0, 10_000, Some(128_000)),
        Plan::Go {
            max_tokens: Some(64_166)
        }
    );
    assert_eq!(
        planned(10.0, 10_000, Some(64_000)),
        Plan::Go { max_tokens: None }
    );
    let Plan::TooDear {
        worst_usd: Some(worst),
    } = planned(0.05, 10_000, Some(64_000))
    else {
        panic!("too dear");
    };
    assert!((worst - (0.0375 + 1_024.0 * 15e-6)).abs() < 1e-9, "{worst}");
    // The amount named in the refusal is sufficient.
    assert!(matches!(
        planned(worst, 10_000, Some(64_000)),
        Plan::Go { .. }
    ));
}

#[test]
fn a_model_of_short_answers_is_not_asked_for_longer_ones() {
    let short = planned(0.04, 10_000, Some(100));
    assert_eq!(short, Plan::Go { max_tokens: None });
}

#[test]
fn an_unknown_longest_answer_is_limited_by_the_budget_alone() {
    assert_eq!(
        planned(1.0, 10_000, None),
        Plan::Go {
            max_tokens: Some(64_166)
        }
    );
    assert_eq!(planned(100.0, 10_000, None), Plan::Go { max_tokens: None });
}

#[test]
fn without_prices_the_server_decides() {
    let load = Load {
        tokens: 1_000_000,
        images: 9,
    };
    assert_eq!(
        plan(0.01, &Pricing::Free, load, None),
        Plan::Go { max_tokens: None }
    );
    assert_eq!(
        plan(100.0, &Pricing::Unknown, load, None),
        Plan::TooDear { worst_usd: None }
    );
    let free = Pricing::Known(Prices::default());
    assert_eq!(plan(0.01, &free, load, None), Plan::Go { max_tokens: None });
}

#[test]
fn calls_and_images_have_their_price() {
    let prices = Prices {
        request: 0.01,
        image: 0.02,
        ..Prices::default()
    };
    let decide = |budget, images| {
        plan(
            budget,
            &Pricing::Known(prices),
            Load { tokens: 5, images },
            None,
        )
    };
    assert_eq!(decide(0.05, 2), Plan::Go { max_tokens: None });
    assert!(matches!(decide(0.05, 3), Plan::TooDear { .. }));
}

#[test]
fn no_plan_exceeds_its_budget() {
    let mut rng = fastrand::Rng::with_seed(11);
    for _ in 0..20_000 {
        let budget = rng.f64() * 2.0;
        let tokens = rng.u64(0..400_000);
        let max_output = rng.u64(1..200_000);
        let plan = planned(budget, tokens, Some(max_output));
        let cost = dearest(plan, tokens, max_output);
        assert!(cost <= budget + 1e-9, "{plan:?} costs {cost} of {budget}");
        if let Plan::Go {
            max_tokens: Some(most),
        } = plan
        {
            assert!(u64::from(most) >= LEAST_OUTPUT.min(max_output));
        }
    }
}

#[test]
fn texts_are_bounded_by_their_kind() {
    assert_eq!(most_tokens(""), 0);
    assert_eq!(most_tokens("some words"), 5);
    assert_eq!(most_tokens("1234567890"), 10);
    assert_eq!(most_tokens("漢字"), 3);
    assert!(most_tokens("😀😀") >= 8, "a token for each byte");
    let base64 = "aB+/".repeat(1_000);
    let tokens = most_tokens(&base64);
    assert!((3_900..=4_000).contains(&tokens), "{tokens}");
}

#[test]
fn pictures_are_no_texts() {
    let data = "A".repeat(1_000_000);
    let body = format!(r#"{{"url":"data:image/png;base64,{data}"}},"more words here""#);
    let tokens = most_tokens(&body);
    assert!((50_000..50_100).contains(&tokens), "{tokens}");
    let body = format!(r#"{{"url":"data:application/pdf;base64,{data}"}}"#);
    assert!(most_tokens(&body) >= 500_000);
}

#[test]
fn files_behind_addresses_weigh_something() {
    let file = Attachment {
        media_type: "image/png".to_owned(),
        name: None,
        source: Source::Url("https://example.com/a.png".to_owned()),
    };
    let request = ModelRequest {
        messages: vec![ModelMessage::User(UserMessage {
            content: vec![Content::File(file)],
            origin: None,
        })],
        ..ModelRequest::default()
    };
    assert_eq!(
        load(&request, ""),
        Load {
            tokens: 50_000,
            images: 1
        }
    );
}
