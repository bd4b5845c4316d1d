//! Limits the answer of a call to what is left of a budget.

use common::models::ModelInfo;

use super::{ProviderSettings, Traits, encode, models::pricing};
use crate::{
    DayBudget, MaxPrice, ModelRequest, ProviderError,
    price::{self, Plan},
    too_dear,
};

/// Limits a request so that it costs at most `left_usd`, even in the worst case. `day` is the daily budget, when that is
/// what is left.
///
/// # Errors
/// When even a short answer may cost more, or the price is unknown.
pub fn fit_budget(
    request: &mut ModelRequest,
    settings: &ProviderSettings,
    info: Option<&ModelInfo>,
    left_usd: f64,
    day: Option<&DayBudget>,
) -> Result<(), ProviderError> {
    // Whoever answers must not charge more than the plan assumes.
    request.max_price = info.and_then(|info| info.prices).map(|prices| MaxPrice {
        input: prices.input,
        output: prices.output,
    });
    let load = price::load(request, &encode(request, settings, &Traits::default()).body);
    let listed = info.and_then(|info| info.max_output.or(info.context));
    let requested = request.max_tokens.map(u64::from);
    let longest = listed.into_iter().chain(requested).min();
    match price::plan(left_usd, &pricing(settings, info), load, longest) {
        Plan::Go { max_tokens } => {
            request.max_tokens = request.max_tokens.into_iter().chain(max_tokens).min();
            Ok(())
        }
        Plan::TooDear { worst_usd } => Err(too_dear(worst_usd, left_usd, day)),
    }
}

#[cfg(test)]
mod tests {
    use common::models::Prices;

    use super::*;
    use crate::ModelMessage;

    fn settings() -> ProviderSettings {
        ProviderSettings {
            base_url: "https://models.example/v1".to_owned(),
            api_key: None,
            model: "m".to_owned(),
        }
    }

    fn request() -> ModelRequest {
        ModelRequest {
            messages: vec![ModelMessage::user("Hi")],
            ..ModelRequest::default()
        }
    }

    fn info() -> ModelInfo {
        ModelInfo {
            max_output: Some(100_000),
            prices: Some(Prices {
                input: 0.0,
                output: 0.0001,
                ..Prices::default()
            }),
            ..ModelInfo::default()
        }
    }

    #[test]
    fn an_answer_is_as_long_as_the_rest_allows() {
        let tokens = |left_usd| {
            let mut request = request();
            let fits = fit_budget(&mut request, &settings(), Some(&info()), left_usd, None);
            fits.map(|()| request.max_tokens)
        };
        assert_eq!(tokens(20.0), Ok(None), "even the longest one fits");
        assert_eq!(tokens(0.5), Ok(Some(5_000)));
        assert_eq!(tokens(0.01).unwrap_err().code(), "budget");
    }

    #[test]
    fn whoever_answers_may_charge_the_listed_price_at_most() {
        let mut request = request();
        fit_budget(&mut request, &settings(), Some(&info()), 1.0, None).unwrap();
        assert_eq!(request.max_price.map(|most| most.output), Some(0.0001));
    }

    #[test]
    fn an_unknown_price_is_refused() {
        let refused = fit_budget(&mut request(), &settings(), None, 1_000.0, None);
        assert_eq!(refused.unwrap_err().code(), "budget");
    }
}
