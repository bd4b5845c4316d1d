//! What a model call costs: afterwards by the tokens it used, and before it in the worst case. Pure arithmetic.

pub use common::models::Prices;

use super::{Attachment, Content, ModelMessage, ModelRequest, ProviderEvent, Source, Usage};

/// An answer shorter than this is of no use: a plan does not cut a call below it.
pub const LEAST_OUTPUT: u64 = 1_024;

/// No model writes more at once. A limit beyond it limits nothing, and vendors refuse it as nonsense.
const LARGEST_OUTPUT: u64 = 1_000_000;

/// The most tokens that a vendor counts for one image: the smallest models of OpenAI count the most, some 48,000.
const IMAGE_TOKENS: u64 = 50_000;

/// The most tokens that a vendor counts for the smallest image: one tile of those models.
const SMALLEST_IMAGE_TOKENS: u64 = 10_000;

/// A run of letters and digits longer than this is no word: it is base64, a hash or a minified name.
const LONGEST_WORD: usize = 32;

/// What is known of the price of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pricing {
    /// The provider tells it.
    Known(Prices),
    /// A server of one's own: it charges nobody.
    Free,
    /// The provider charges, and does not say how much.
    Unknown,
}

/// What a request carries, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Tokens.
    pub tokens: u64,
    /// Images.
    pub images: u64,
}

/// Whether a call may be made with what is left of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    /// It may.
    Go {
        /// The most tokens that the answer may have. `None`: also the longest one fits.
        max_tokens: Option<u32>,
    },
    /// It may not.
    TooDear {
        /// What even a short answer may cost. `None`: nobody knows.
        worst_usd: Option<f64>,
    },
}

/// What a call cost, by the list. `cache_write_tokens`: the part of the tokens read that was put into the vendor's
/// cache. `None`: the vendor did not say how many tokens it used.
#[must_use]
pub fn cost(usage: &Usage, cache_write_tokens: u64, prices: &Prices) -> Option<f64> {
    if usage.input_tokens.is_none() && usage.output_tokens.is_none() {
        return None;
    }
    let input = usage.input_tokens.unwrap_or(0);
    let output = usage.output_tokens.unwrap_or(0);
    let cached = usage.cached_input_tokens.unwrap_or(0).min(input);
    let written = cache_write_tokens.min(input - cached);
    let reasoning = usage.reasoning_tokens.unwrap_or(0).min(output);
    Some(
        prices.request
            + dollars(input - cached - written, prices.input)
            + dollars(cached, prices.cached_input.unwrap_or(prices.input))
            + dollars(written, prices.cache_write.unwrap_or(prices.input))
            + dollars(output - reasoning, prices.output)
            + dollars(reasoning, prices.reasoning.unwrap_or(prices.output)),
    )
}

/// The event; a usage without a cost gets the one by the list. The provider's own figure always wins.
#[must_use]
pub fn with_cost(event: ProviderEvent, prices: Option<&Prices>) -> ProviderEvent {
    match (event, prices) {
        (ProviderEvent::Usage(usage), Some(prices)) => ProviderEvent::Usage(Usage {
            cost_usd: usage.cost_usd.or_else(|| cost(&usage, 0, prices)),
            ..usage
        }),
        (event, _) => event,
    }
}

/// Decides on a call before it is made, by the worst that it can cost: every token read at the dearest price, and the
/// longest answer. When the longest answer does not fit, a shorter one is asked for, down to [`LEAST_OUTPUT`].
/// `max_output`: the longest answer of the model; `None`: nobody knows.
///
/// A price that nobody knows is refused: a budget is set by somebody who would rather stop than pay more.
#[must_use]
pub fn plan(budget_usd: f64, pricing: &Pricing, load: Load, max_output: Option<u64>) -> Plan {
    let prices = match pricing {
        Pricing::Known(prices) => prices,
        Pricing::Free => return Plan::Go { max_tokens: None },
        Pricing::Unknown => return Plan::TooDear { worst_usd: None },
    };
    let fixed = prices.request
        + dollars(load.tokens, prices.dearest_input())
        + dollars(load.images, prices.image);
    let per_token = prices.dearest_output();
    let longest = max_output.unwrap_or(LARGEST_OUTPUT).min(LARGEST_OUTPUT);
    let least = LEAST_OUTPUT.min(longest);
    let worst_usd = fixed + dollars(least, per_token);
    if worst_usd > budget_usd {
        return Plan::TooDear {
            worst_usd: Some(worst_usd),
        };
    }
    if fixed + dollars(longest, per_token) <= budget_usd {
        return Plan::Go { max_tokens: None };
    }
    let fits = whole((budget_usd - fixed) / per_token).clamp(least, longest);
    Plan::Go {
        max_tokens: Some(u32::try_from(fits).unwrap_or(u32::MAX)),
    }
}

/// What a request carries, at most; `body` is its JSON.
#[must_use]
pub fn load(request: &ModelRequest, body: &str) -> Load {
    let files = request.messages.iter().flat_map(files);
    let (mut images, mut behind_addresses) = (0, 0);
    for file in files {
        images += u64::from(file.media_type.starts_with("image/"));
        behind_addresses += u64::from(matches!(file.source, Source::Url(_)));
    }
    Load {
        tokens: most_tokens(body) + behind_addresses * IMAGE_TOKENS,
        images,
    }
}

fn files(message: &ModelMessage) -> Vec<&Attachment> {
    match message {
        ModelMessage::User(user) => user
            .content
            .iter()
            .filter_map(|content| match content {
                Content::File(file) => Some(file),
                Content::Text(_) => None,
            })
            .collect(),
        ModelMessage::Tool(tool) => tool.files.iter().collect(),
        ModelMessage::System(_) | ModelMessage::Assistant(_) => Vec::new(),
    }
}

/// The most tokens that a text may be for any vendor's tokenizer, without one.
///
/// Half a token for a byte: words, code and JSON have 3 to 5 bytes for each token, and Chinese, Japanese and Korean at
/// least 2, so that what a chat template adds for each message is covered as well. Three kinds of text are denser, and
/// every byte of theirs counts as a token, which is the most that any tokenizer makes of it: digits (some vendors take
/// each by itself), runs that are no words (base64, hashes), and characters of four bytes (emoji). Pictures inside are
/// not read as text: they count as pictures.
#[must_use]
pub fn most_tokens(text: &str) -> u64 {
    const PICTURE: &str = ";base64,";
    let (mut halves, mut rest) = (0, text);
    let mut pictures = 0;
    while let Some((before, after)) = rest.split_once(PICTURE) {
        halves += half_tokens(before);
        let end = after.find('"').unwrap_or(after.len());
        let (data, behind) = after.split_at(end);
        let data_tokens = u64::try_from(data.len()).unwrap_or(u64::MAX) / 2;
        pictures += if is_image(before) {
            data_tokens.clamp(SMALLEST_IMAGE_TOKENS, IMAGE_TOKENS)
        } else {
            data_tokens.max(SMALLEST_IMAGE_TOKENS)
        };
        rest = behind;
    }
    (halves + half_tokens(rest)).div_ceil(2) + pictures
}

/// Whether a data address begins at the end of this text that is one of an image.
fn is_image(before: &str) -> bool {
    let address = before.rsplit_once("data:");
    address.is_some_and(|(_, media_type)| media_type.starts_with("image/"))
}

/// Tokens, counted in halves.
fn half_tokens(text: &str) -> u64 {
    let (mut halves, mut run) = (0_u64, 0_usize);
    for byte in text.bytes() {
        run = if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=') {
            run + 1
        } else {
            0
        };
        // The leading byte of four, and what may belong to it.
        let is_dense = byte.is_ascii_digit() || run > LONGEST_WORD || byte >= 0xf0;
        halves += if byte >= 0xf0 {
            5
        } else {
            1 + u64::from(is_dense)
        };
    }
    halves
}

fn dollars(count: u64, price: f64) -> f64 {
    if count == 0 || price == 0.0 {
        return 0.0;
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of tokens are far below 2^53"
    )]
    let count = count as f64;
    count * price
}

fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` takes the nearest number there is, and nothing for none"
    )]
    let whole = number.floor() as u64;
    whole
}

#[cfg(test)]
mod tests;
