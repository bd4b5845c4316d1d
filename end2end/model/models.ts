// The model list of the fake server, in OpenRouter's format.

interface Listed {
  id: string;
  name: string;
  context: number;
  /** US dollars per million tokens. */
  prices: { prompt: number; completion: number; cached: number };
  sees: boolean;
  parameters: string[];
}

const TOOLS = ["tools", "tool_choice", "max_tokens", "temperature"];

const LISTED: Listed[] = [
  {
    id: "openai/fake-mini",
    name: "OpenAI: Fake Mini",
    context: 400_000,
    prices: { prompt: 0.25, completion: 2, cached: 0.025 },
    sees: true,
    parameters: [...TOOLS, "reasoning", "include_reasoning", "parallel_tool_calls"],
  },
  {
    id: "anthropic/fake-sonnet",
    name: "Anthropic: Fake Sonnet",
    context: 200_000,
    prices: { prompt: 3, completion: 15, cached: 0.3 },
    sees: true,
    parameters: [...TOOLS, "reasoning", "include_reasoning"],
  },
  {
    id: "google/fake-flash",
    name: "Google: Fake Flash",
    context: 1_048_576,
    prices: { prompt: 0.3, completion: 2.5, cached: 0.03 },
    sees: true,
    parameters: [...TOOLS, "reasoning", "include_reasoning"],
  },
  {
    id: "mistralai/fake-small",
    name: "Mistral: Fake Small",
    context: 131_072,
    prices: { prompt: 0.1, completion: 0.3, cached: 0.1 },
    sees: false,
    parameters: TOOLS,
  },
  {
    id: "fake/no-tools",
    name: "Fake: No Tools",
    context: 8_192,
    prices: { prompt: 0, completion: 0, cached: 0 },
    sees: false,
    parameters: ["max_tokens", "temperature"],
  },
];

/** The price of a model that is not listed. */
const USUAL = { prompt: 1, completion: 4, cached: 0.1 };

const PER_MILLION = 1_000_000;

/** The answer to `GET /models`. */
export const MODEL_LIST = {
  data: LISTED.map(({ id, name, context, prices, sees, parameters }) => ({
    id,
    canonical_slug: id,
    name,
    created: 1_760_000_000,
    description: `${name}, for tests.`,
    context_length: context,
    architecture: {
      modality: sees ? "text+image->text" : "text->text",
      input_modalities: sees ? ["text", "image"] : ["text"],
      output_modalities: ["text"],
      tokenizer: "Other",
      instruct_type: null,
    },
    pricing: {
      prompt: perToken(prices.prompt),
      completion: perToken(prices.completion),
      input_cache_read: perToken(prices.cached),
      image: "0",
      request: "0",
    },
    top_provider: { context_length: context, max_completion_tokens: Math.min(context, 32_000), is_moderated: false },
    per_request_limits: null,
    supported_parameters: parameters,
  })),
};

/** Prices are texts, per token. */
function perToken(price: number): string {
  return String(Number((price / PER_MILLION).toPrecision(6)));
}

export interface TokenCounts {
  prompt: number;
  cached: number;
  completion: number;
}

/** The cost of an answer in US dollars. */
export function costOf(model: string, { prompt, cached, completion }: TokenCounts): number {
  const prices = LISTED.find(({ id }) => id === model)?.prices ?? USUAL;
  const millionths = (prompt - cached) * prices.prompt + cached * prices.cached + completion * prices.completion;
  return Number((millionths / PER_MILLION).toPrecision(9));
}
