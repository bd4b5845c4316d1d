// An agent as a user of the official SDK would write it: it answers through the AI SDK. Our client is tested against
// it.

import { AIChatAgent, createToolsFromClientSchemas, type OnChatMessageOptions } from "@cloudflare/ai-chat";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { callable, routeAgentRequest, type StreamingResponse } from "agents";
import { convertToModelMessages, stepCountIs, streamText, tool, type ModelMessage } from "ai";
import { z } from "zod";

interface Env {
  /** An OpenAI-compatible server. */
  OPENROUTER_BASE_URL: string;
}

export class CoderAgent extends AIChatAgent<Env, { counter: number }> {
  /** Provided by the platform, whose types these tests do without. */
  declare env: Env;

  override initialState = { counter: 0 };

  @callable()
  add(left: number, right: number): number {
    return left + right;
  }

  @callable({ streaming: true })
  async countTo(stream: StreamingResponse, last: number): Promise<void> {
    for (let number = 1; number <= last; number++) stream.send(number);
    stream.end("done");
  }

  /** Ends the caller's connections, so that a test can observe the client's reaction to the code. */
  @callable()
  closeAll(code: number, reason: string): void {
    for (const connection of this.getConnections()) connection.close(code, reason);
  }

  override async onChatMessage(_onFinish: unknown, options?: OnChatMessageOptions) {
    const provider = createOpenAICompatible({ name: "fake", apiKey: "test", baseURL: this.env.OPENROUTER_BASE_URL });
    const result = streamText({
      // The library writes requests for OpenAI: only Coder makes requests that every vendor accepts.
      model: provider.chatModel("openai/any"),
      messages: forModel(await convertToModelMessages(this.messages), options?.continuation === true),
      tools: { ...createToolsFromClientSchemas(options?.clientTools), ...TOOLS },
      stopWhen: stepCountIs(10),
      maxRetries: 0,
      abortSignal: options?.abortSignal,
      onError: () => {}, // told to the client below
    });
    return result.toUIMessageStreamResponse({ sendReasoning: true, onError: wordsOf });
  }
}

/** A server tool, a tool that needs an approval, and a client tool. */
const TOOLS = {
  getWeather: tool({
    description: "Tells the weather in a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => ({ city, condition: "sunny" }),
  }),
  deleteFile: tool({
    description: "Deletes a file",
    inputSchema: z.object({ path: z.string() }),
    needsApproval: true,
    execute: async ({ path }) => ({ deleted: path }),
  }),
  getTimeZone: tool({
    description: "Tells the time zone of the user",
    inputSchema: z.object({}),
  }),
};

/** No model continues its own text: the question comes last, or else the request for the rest of an answer. */
function forModel(messages: ModelMessage[], isContinuation: boolean): ModelMessage[] {
  if (messages.at(-1)?.role !== "assistant") return messages;
  if (isContinuation) return [...messages, { role: "user", content: "Your previous answer was cut off. Go on where it stopped." }];
  // The SDK stores an answer after the questions that were sent while it was written.
  const question = messages.findLast(({ role }) => role === "user");
  return question ? [...messages.filter((message) => message !== question), question] : messages;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return (await routeAgentRequest(request, env)) ?? new Response("An agent lives here.");
  },
};
