//! The cost of a model call: after it, from the tokens used; before it, in the worst case. Pure arithmetic.

pub use common::models::Prices;

use super::{Attachment, Content, ModelMessage, ModelRequest, ProviderEvent, Source, Usage};

/// The minimum length of a useful answer in tokens: a plan never cuts an answer below it.
pub const LEAST_OUTPUT: u64 = 1_024;

/// No model writes more in one answer. A higher limit has no effect, and vendors reject it.
const LARGEST_OUTPUT: u64 = 1_000_000;

/// The maximum number of tokens for an image: OpenAI's smallest models count the most, some 48,000.
const IMAGE_TOKENS: u64 = 50_000;

/// The maximum number of tokens for the smallest image: one tile of those models.
const SMALLEST_IMAGE_TOKENS: u64 = 10_000;

/// A longer run of letters and digits is not a word: it is base64, a hash or a minified name.
const LONGEST_WORD: usize = 32;

/// The price of a call, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pricing {
    /// The provider publishes it.
    Known(Prices),
    /// A private server, which charges nobody.
    Free,
    /// The provider charges, but publishes no price.
    Unknown,
}

/// The maximum size of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// The number of tokens.
    pub tokens: u64,
    /// The number of images.
    pub images: u64,
}

/// Whether a call fits the rest of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    /// The call may be made.
    Go {
        /// The limit for the answer in tokens. `None` when even the longest answer fits.
        max_tokens: Option<u32>,
    },
    /// The call may cost too much.
    TooDear {
        /// The cost of even a short answer in the worst case. `None` when unknown.
        worst_usd: Option<f64>,
    },
}

/// The cost of a call by the price list. `cache_write_tokens`: the input tokens written to the vendor's cache. `None`
/// when the vendor reported no token counts.
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

/// Adds the cost by the price list to a usage without a cost. The provider's own figure always wins.
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

/// Decides on a call by its worst-case cost: the highest price for every input token, and the longest answer. If the
/// longest answer does not fit, a shorter one is requested, down to [`LEAST_OUTPUT`]. `max_output`: the longest
/// answer of the model; `None` when unknown.
///
/// An unknown price is refused: a budget means to stop rather than to pay more.
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

/// The maximum load of a request; `body` is its JSON.
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

/// The maximum number of tokens in a text with any vendor's tokenizer.
///
/// Half a token per byte: text, code and JSON have 3 to 5 bytes per token, and Chinese, Japanese and Korean at least
/// 2, so that the tokens of chat templates are covered as well. Three kinds of text are denser, and each of their
/// bytes counts as a token, the maximum of any tokenizer: digits (some vendors count each one), runs that are not
/// words (base64, hashes), and characters of four bytes (emoji). Images inside are counted as images, not as text.
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

/// Whether a data URL of an image begins at the end of this text.
fn is_image(before: &str) -> bool {
    let address = before.rsplit_once("data:");
    address.is_some_and(|(_, media_type)| media_type.starts_with("image/"))
}

/// The number of half tokens.
fn half_tokens(text: &str) -> u64 {
    let (mut halves, mut run) = (0_u64, 0_usize);
    for byte in text.bytes() {
        run = if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=') {
            run + 1
        } else {
            0
        };
        // The leading byte of a four-byte character, and what may belong to it.
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
