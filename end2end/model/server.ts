// A model server for tests: OpenAI's chat completions over HTTP. The prompt chooses its behaviour.
//
// The last `[[fake:NAME]]` in the last user message names the behaviour (see script.ts), else the request's `model`
// does. The vendor in the model's name chooses the rules for requests (see dialects.ts).

import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { perform } from "./answer.ts";
import { dialectOf, faultOfRequest, refusalOf } from "./dialects.ts";
import { costOf, MODEL_LIST, type TokenCounts } from "./models.ts";
import { Memory } from "./opaque.ts";
import { isContinueRequest, partsOf, textOf, turnStart, type ChatMessage, type ChatRequest } from "./request.ts";
import { behaviourOf, continuationOf, type Situation } from "./script.ts";
import { PromptCache } from "./tokens.ts";

const PATHS = new Set(["/v1/chat/completions", "/api/v1/chat/completions"]);
const MODEL_PATHS = new Set(["/v1/models", "/api/v1/models"]);

/** The texts of OpenAI-compatible servers for the relevant refusals. */
const REFUSALS: Record<number, string> = {
  401: "No auth credentials found",
  402: "Insufficient credits",
  404: "No endpoints found for this model",
  429: "Rate limit exceeded",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  529: "Overloaded",
};

/** A request as it arrived, for assertions. */
export interface RecordedRequest {
  headers: http.IncomingHttpHeaders;
  body: ChatRequest;
  /** Microseconds of the process clock: request complete, first delta written, last delta written. */
  receivedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  /** The number of deltas written. */
  deltas: number;
  /** Whether the caller disconnected before the end of the answer. */
  abandoned: boolean;
}

interface Gate {
  released: Promise<void>;
  release: () => void;
  reached: Promise<void>;
  reach: () => void;
}

export class FakeModel {
  readonly requests: RecordedRequest[] = [];
  /** The faults in requests answered with 400; a healthy agent causes none. */
  readonly faults: string[] = [];
  /** The headers of every request for the model list. */
  readonly modelListRequests: http.IncomingHttpHeaders[] = [];
  /** The response to `GET /models`; null makes it fail. */
  modelList: object | null = MODEL_LIST;
  private readonly memory = new Memory();
  private readonly cache = new PromptCache();
  private readonly gates = new Map<string, Gate>();
  private readonly counts = new Map<string, number>();
  // Idle connections stay open: closing one just when the next request is sent would cause random failures.
  private readonly server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  /** `port`: 0 for any. */
  static async start(port = 0): Promise<FakeModel> {
    const model = new FakeModel();
    model.server.listen(port, "127.0.0.1");
    await once(model.server, "listening");
    return model;
  }

  /** The value for `OPENROUTER_BASE_URL`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v1`;
  }

  /** Opens `gate:key` for every answer that waits there, now or later. */
  release(key: string): void {
    this.gate(key).release();
  }

  /** Resolves when an answer has reached `gate:key`, so that its first words have been sent. */
  async reached(key: string): Promise<void> {
    await this.gate(key).reached;
  }

  /** The requests with `text` in one of their messages, oldest first. */
  requestsWith(text: string): RecordedRequest[] {
    return this.requests.filter(({ body }) => body.messages.some((message) => textOf(message).includes(text)));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private gate(key: string): Gate {
    let gate = this.gates.get(key);
    if (!gate) {
      let release = () => {};
      let reach = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => (reach = resolve));
      gate = { released, release, reached, reach };
      this.gates.set(key, gate);
    }
    return gate;
  }

  private count(key: string): number {
    const before = this.counts.get(key) ?? 0;
    this.counts.set(key, before + 1);
    return before;
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (MODEL_PATHS.has(path)) return this.listModels(request, response);
    if (!PATHS.has(path)) return refuse(response, 404, `no such path: ${path}`);
    if (request.method !== "POST") return refuse(response, 405, "only POST is answered here");
    const text = await textFrom(request);
    const receivedAt = microseconds();
    const body: unknown = parse(text);
    const fault = faultOfRequest(body) ?? this.memory.fault(body as ChatRequest);
    if (fault) return this.refuseFault(response, (body as Partial<ChatRequest> | undefined)?.model, fault);
    const chat = body as ChatRequest;
    const record: RecordedRequest = {
      headers: request.headers,
      body: chat,
      receivedAt,
      answeredAt: null,
      endedAt: null,
      deltas: 0,
      abandoned: false,
    };
    this.requests.push(record);
    await this.perform(chat, record, response);
  }

  private listModels(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.modelListRequests.push(request.headers);
    if (this.modelList === null) return refuse(response, 503, "Service Unavailable");
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(this.modelList));
  }

  private async perform(chat: ChatRequest, record: RecordedRequest, response: http.ServerResponse): Promise<void> {
    const tokens = this.cache.read(chat);
    const { delivered, ...situation } = situationOf(chat, tokens.prompt);
    // The last one: messages without an answer between them are merged.
    const named = [...situation.userText.matchAll(/\[\[fake:([^]+?)\]\]/g)].at(-1);
    const name = named?.[1] ?? nameIn(chat.model);
    const behaviour = behaviourOf(name, situation, (key) => this.count(key));
    switch (behaviour.kind) {
      case "fault":
        return this.refuseFault(response, chat.model, behaviour.words);
      case "drop":
        response.destroy();
        return;
      case "refuse": {
        const { status, words = REFUSALS[status] ?? "refused", retryAfter } = behaviour;
        return refuse(response, status, words, chat.model, retryAfter);
      }
      case "answer":
        break;
    }
    const steps = delivered === null ? behaviour.steps : continuationOf(behaviour.steps, delivered);
    if (!steps) {
      const words = `the partial answer is not a beginning of \`${name}\`: ${JSON.stringify(delivered)}`;
      return this.refuseFault(response, chat.model, words);
    }
    const foreign = steps.find((step) => step.kind === "call" && !isOffered(chat, step.name));
    if (foreign) {
      const words = `a tool that \`${name}\` calls is not offered: ${JSON.stringify(chat.tools)}`;
      return this.refuseFault(response, chat.model, words);
    }
    const abandoned = new Promise<void>((resolve) => {
      response.once("close", () => {
        record.abandoned = !response.writableFinished;
        resolve();
      });
    });
    if (behaviour.headAfter !== undefined) {
      await Promise.race([abandoned, new Promise((resolve) => setTimeout(resolve, behaviour.headAfter))]);
      if (response.destroyed) return;
    }
    const wantsUsage = behaviour.tellUsage || chat.stream_options?.include_usage || chat.usage?.include;
    await perform(steps, behaviour.whole === true, {
      record,
      response,
      abandoned,
      pass: (key) => {
        this.gate(key).reach();
        return this.gate(key).released;
      },
      nextCallId: () => {
        const count = this.count("call");
        return dialectOf(chat.model)?.callId(count) ?? `call_${count}`;
      },
      nextKey: () => this.count("key"),
      memory: this.memory.step(chat),
      usage: (completion) => (wantsUsage ? usageOf(chat.model, { ...tokens, completion }) : null),
      now: microseconds,
    });
  }

  /** Refuses a request that the agent must not send. */
  private refuseFault(response: http.ServerResponse, model: unknown, words: string): void {
    this.faults.push(words);
    refuse(response, 400, words, typeof model === "string" ? model : "");
  }
}

/** The facts about the request and, when the rest of an answer is requested, the text delivered so far. */
function situationOf(chat: ChatRequest, tokens: number): Situation & { delivered: string | null } {
  const { messages, tools } = chat;
  const asked = turnStart(messages);
  const question = messages[asked];
  const since = messages.slice(asked + 1);
  const said = since.slice(since.findLastIndex(({ role }) => role === "tool") + 1);
  const partial = said.filter(({ role }) => role === "assistant");
  const lastCalls = since.slice(since.findLastIndex((message) => message.tool_calls) + 1);
  const outputsOf = (some: ChatMessage[]) => some.filter(({ role }) => role === "tool").map(textOf);
  return {
    userText: question ? textOf(question) : "",
    calls: since.filter((message) => message.tool_calls).length,
    outputs: outputsOf(since),
    lastOutputs: outputsOf(lastCalls),
    offersTools: tools !== undefined,
    model: chat.model,
    tokens,
    showsImages: messages.some(({ content }) => partsOf(content).some(({ type }) => type === "image_url")),
    fields: Object.keys(chat),
    delivered: messages.slice(-1).some(isContinueRequest) ? partial.map(textOf).join("") : null,
  };
}

function isOffered({ tools }: ChatRequest, name: string): boolean {
  return tools?.some((tool) => tool.function.name === name) ?? false;
}

/** `openai/NAME` behaves like NAME. */
function nameIn(model: string): string {
  const prefix = dialectOf(model)?.prefix ?? "";
  return model.slice(prefix.length);
}

function usageOf(model: string, counts: TokenCounts): object {
  const { prompt, cached, completion } = counts;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
    cost: costOf(model, counts),
  };
}

function refuse(response: http.ServerResponse, status: number, message: string, model = "", retryAfter?: string): void {
  const headers: http.OutgoingHttpHeaders = { "content-type": "application/json" };
  const seconds = retryAfter ?? (status === 429 ? "7" : null);
  if (seconds !== null) headers["retry-after"] = seconds;
  response.writeHead(status, headers);
  response.end(JSON.stringify(refusalOf(model, message, status)));
}

async function textFrom(request: http.IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
