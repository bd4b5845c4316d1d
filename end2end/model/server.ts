// A model server for tests: OpenAI's chat completions over HTTP, with behaviour that the prompt chooses.
//
// `[[fake:NAME]]` in the last user message names the behaviour (see script.ts), else the request's `model` does.

import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { faultOf, textOf, type ChatMessage, type ChatRequest } from "./request.ts";
import { behaviourOf, continuationOf, type Situation, type Step } from "./script.ts";

/** How the agent asks for the rest of an answer that was cut off. */
const CONTINUE_REQUEST = "Your previous answer was cut off";

const PATHS = new Set(["/v1/chat/completions", "/api/v1/chat/completions"]);

/** The words of OpenAI-compatible servers for the refusals that matter. */
const REFUSALS: Record<number, string> = {
  401: "No auth credentials found",
  402: "Insufficient credits",
  404: "No endpoints found for this model",
  429: "Rate limit exceeded",
  500: "Internal Server Error",
};

/** A request as it arrived, for assertions. */
export interface RecordedRequest {
  headers: http.IncomingHttpHeaders;
  body: ChatRequest;
  /** Microseconds of the process clock: request complete here, first delta written here, the last one. */
  receivedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  /** Deltas written so far. */
  deltas: number;
  /** True once the caller hung up before the answer's end. */
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
  /** What was wrong with the requests answered with 400; a healthy agent leaves this empty. */
  readonly faults: string[] = [];
  private readonly gates = new Map<string, Gate>();
  private readonly counts = new Map<string, number>();
  // No end to idle connections: one that is closed just when the next request leaves would be a failure by chance.
  private readonly server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<FakeModel> {
    const model = new FakeModel();
    model.server.listen(0, "127.0.0.1");
    await once(model.server, "listening");
    return model;
  }

  /** What the app takes as `OPENROUTER_BASE_URL`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v1`;
  }

  /** Lets every answer waiting at `gate:key` go on, and those that come there later. */
  release(key: string): void {
    this.gate(key).release();
  }

  /** Resolves when an answer has reached `gate:key`, so that its first words are on their way. */
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
    if (!PATHS.has(request.url ?? "")) return refuse(response, 404, `no such path: ${request.url}`);
    if (request.method !== "POST") return refuse(response, 405, "only POST is answered here");
    const body: unknown = parse(await textFrom(request));
    const fault = faultOf(body);
    if (fault) {
      this.faults.push(fault);
      return refuse(response, 400, fault);
    }
    const chat = body as ChatRequest;
    const record: RecordedRequest = {
      headers: request.headers,
      body: chat,
      receivedAt: microseconds(),
      answeredAt: null,
      endedAt: null,
      deltas: 0,
      abandoned: false,
    };
    this.requests.push(record);
    await this.perform(chat, record, response);
  }

  private async perform(chat: ChatRequest, record: RecordedRequest, response: http.ServerResponse): Promise<void> {
    const { delivered, ...situation } = situationOf(chat);
    const name = /\[\[fake:(.+?)\]\]/s.exec(situation.userText)?.[1] ?? chat.model;
    const behaviour = behaviourOf(name, situation, (key) => this.count(key));
    if (behaviour.kind === "fault") {
      this.faults.push(behaviour.words);
      return refuse(response, 400, behaviour.words);
    }
    if (behaviour.kind === "refuse") {
      return refuse(response, behaviour.status, behaviour.words ?? REFUSALS[behaviour.status] ?? "refused");
    }
    const steps = delivered === null ? behaviour.steps : continuationOf(behaviour.steps, delivered);
    if (!steps) {
      const fault = `the partial answer is not a beginning of \`${name}\`: ${JSON.stringify(delivered)}`;
      this.faults.push(fault);
      return refuse(response, 400, fault);
    }
    const foreign = steps.find((step) => step.kind === "call" && !isOffered(chat, step.name));
    if (foreign) {
      const fault = `a tool that \`${name}\` calls is not offered: ${JSON.stringify(chat.tools)}`;
      this.faults.push(fault);
      return refuse(response, 400, fault);
    }
    const abandoned = new Promise<void>((resolve) => {
      response.once("close", () => {
        record.abandoned = !response.writableFinished;
        resolve();
      });
    });
    const usage = behaviour.tellUsage || chat.stream_options?.include_usage || chat.usage?.include;
    await this.stream(steps, usage === true, record, response, abandoned);
  }

  private async stream(
    steps: Step[],
    tellUsage: boolean,
    record: RecordedRequest,
    response: http.ServerResponse,
    abandoned: Promise<void>,
  ): Promise<void> {
    response.socket?.setNoDelay(true);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.flushHeaders();
    const send = (choice: object[], extra: object = {}) => {
      const chunk = {
        id: "gen-fake",
        object: "chat.completion.chunk",
        created: 0,
        model: record.body.model,
        choices: choice,
      };
      response.write(`data: ${JSON.stringify({ ...chunk, ...extra })}\n\n`);
    };
    const delta = (fields: object, finishReason: string | null = null) =>
      send([{ index: 0, delta: fields, finish_reason: finishReason }]);
    for (const step of steps) {
      if (response.destroyed) return;
      switch (step.kind) {
        case "text":
        case "reasoning":
          record.answeredAt ??= microseconds();
          record.deltas++;
          delta(
            step.kind === "text"
              ? { role: "assistant", content: step.text }
              : { role: "assistant", reasoning: step.text },
          );
          break;
        case "call": {
          record.deltas++;
          const id = `call_${this.count("call")}`;
          const call = { index: step.index, id, type: "function", function: { name: step.name, arguments: "" } };
          delta({ role: "assistant", tool_calls: [call] });
          for (const piece of step.input.match(/[^]{1,7}/g) ?? []) {
            delta({ tool_calls: [{ index: step.index, function: { arguments: piece } }] });
          }
          break;
        }
        case "pause":
          await Promise.race([abandoned, new Promise((resolve) => setTimeout(resolve, step.milliseconds))]);
          break;
        case "gate":
          this.gate(step.key).reach();
          await Promise.race([abandoned, this.gate(step.key).released]);
          break;
        case "drop":
          // The bytes written so far must leave before the socket goes.
          await new Promise((resolve) => response.write(":\n\n", resolve));
          response.destroy();
          return;
        case "hang":
          await abandoned;
          return;
      }
    }
    delta({}, steps.some(({ kind }) => kind === "call") ? "tool_calls" : "stop");
    if (tellUsage)
      send([], {
        usage: { prompt_tokens: 12, completion_tokens: record.deltas, total_tokens: 12 + record.deltas, cost: 0.00042 },
      });
    record.endedAt = microseconds();
    response.end("data: [DONE]\n\n");
  }
}

/** What the request is about, and, when the rest of a cut-off answer is wanted, what was delivered of it. */
function situationOf({ messages, tools }: ChatRequest): Situation & { delivered: string | null } {
  const asked = messages.findLastIndex((message) => message.role === "user" && !isContinueRequest(message));
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
    delivered: messages.slice(-1).some(isContinueRequest) ? partial.map(textOf).join("") : null,
  };
}

function isOffered({ tools }: ChatRequest, name: string): boolean {
  return tools?.some((tool) => tool.function.name === name) ?? false;
}

function isContinueRequest(message: ChatMessage): boolean {
  return message.role === "user" && textOf(message).startsWith(CONTINUE_REQUEST);
}

function refuse(response: http.ServerResponse, status: number, message: string): void {
  const headers: http.OutgoingHttpHeaders = { "content-type": "application/json" };
  if (status === 429) headers["retry-after"] = "7";
  response.writeHead(status, headers);
  response.end(JSON.stringify({ error: { message, code: status, type: "fake_error", param: null } }));
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
