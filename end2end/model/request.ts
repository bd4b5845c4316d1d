// A request for a chat completion, and the rules that every model server applies.

export interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
  extra_content?: ExtraContent;
}

/** The place of Gemini's signature: at a call, or at a message. */
export interface ExtraContent {
  google?: { thought_signature?: string };
}

export interface ContentPart {
  type: string;
  text?: string;
  image_url?: { url: string };
  cache_control?: object;
}

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content?: string | ContentPart[] | null;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  extra_content?: ExtraContent;
  reasoning_content?: string;
  reasoning_details?: Record<string, unknown>[];
}

export interface Tool {
  type: "function";
  function: { name: string; description?: string; parameters?: object };
  cache_control?: object;
}

export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  tools?: Tool[];
  tool_choice?: unknown;
  parallel_tool_calls?: boolean;
  stream?: boolean;
  max_tokens?: number;
  stream_options?: { include_usage?: boolean };
  usage?: { include?: boolean };
}

/** The beginning of the agent's request for the rest of an answer that was cut off. */
const CONTINUE_REQUEST = "Your previous answer was cut off";

/** The tool names that every server accepts. */
const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function textOf(message: ChatMessage): string {
  return textsOf(message).join("");
}

/** The texts of a message. */
export function textsOf({ content }: ChatMessage): string[] {
  if (typeof content === "string") return [content];
  return partsOf(content).flatMap(({ text }) => (typeof text === "string" ? [text] : []));
}

/** The parts of a content that is a list; a plain text has none. */
export function partsOf(content: ChatMessage["content"]): ContentPart[] {
  return Array.isArray(content) ? content : [];
}

export function callsOf(message: ChatMessage): ToolCall[] {
  return message.tool_calls ?? [];
}

export function isContinueRequest(message: ChatMessage): boolean {
  return message.role === "user" && textOf(message).startsWith(CONTINUE_REQUEST);
}

/** The start of the turn: the index of the user's last message, -1 without one. */
export function turnStart(messages: ChatMessage[]): number {
  return messages.findLastIndex((message) => message.role === "user" && !isContinueRequest(message));
}

/** Why the body is not a well-formed request, as text; null when it is. */
export function faultOfShape(body: unknown): string | null {
  if (!isRecord(body)) return "the body is not an object";
  if (typeof body.model !== "string" || body.model === "") return "`model` is missing";
  const { messages, tools } = body;
  if (!Array.isArray(messages) || messages.length === 0) return "`messages` is missing or empty";
  for (const [index, message] of messages.entries()) {
    const fault = faultOfMessageShape(message);
    if (fault) return `messages[${index}]: ${fault}`;
  }
  if (tools === undefined) return null;
  if (!Array.isArray(tools)) return "`tools` is no list";
  const malformed = tools.find((tool) => !isNamedFunction(tool));
  return malformed === undefined ? null : `malformed tool ${JSON.stringify(malformed)}`;
}

function faultOfMessageShape(message: unknown): string | null {
  if (!isRecord(message)) return "not an object";
  const { role, content, tool_calls: calls, tool_call_id: id } = message;
  if (typeof role !== "string") return `unknown role ${JSON.stringify(role)}`;
  if (Array.isArray(content)) {
    if (!content.every((part) => isRecord(part) && typeof part.type === "string")) return "malformed content";
  } else if (typeof content !== "string" && content !== null && content !== undefined) {
    return "the content is neither a text nor a list";
  }
  if (id !== undefined && typeof id !== "string") return `output for a call that is not open: ${id}`;
  if (calls === undefined) return null;
  if (!Array.isArray(calls)) return "`tool_calls` is no list";
  const sound = (call: unknown) =>
    isNamedFunction(call) && typeof call.id === "string" && typeof call.function.arguments === "string";
  return calls.every(sound) ? null : "malformed tool call";
}

function isNamedFunction(value: unknown): value is { id: unknown; function: { name: string; arguments: unknown } } {
  return (
    isRecord(value) && value.type === "function" && isRecord(value.function) && typeof value.function.name === "string"
  );
}

/** The fault for every server, as text; null without one. */
export function faultOf({ messages, tools }: ChatRequest): string | null {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const fault = faultOfMessage(message, open);
    if (fault) return `messages[${index}]: ${fault}`;
    if (message.role === "assistant") open = new Set(callsOf(message).map((call) => call.id));
  }
  if (open.size > 0) return `no output for the tool calls ${[...open].join(", ")}`;
  if (messages.at(-1)?.role === "assistant") return "the last message is the assistant's own";
  return tools === undefined ? null : faultOfTools(tools);
}

function faultOfTools(tools: Tool[]): string | null {
  if (tools.length === 0) return "`tools` is an empty list";
  const seen = new Set<string>();
  for (const { function: described } of tools) {
    const { name, parameters: schema } = described;
    if (!TOOL_NAME.test(name)) return `no name of a tool: ${JSON.stringify(name)}`;
    if (seen.has(name)) return `two tools with the name ${name}`;
    seen.add(name);
    if (schema !== undefined && !(isRecord(schema) && schema.type === "object"))
      return `the input of ${name} is no object`;
  }
  return null;
}

/** `open` contains the calls without output; an output removes its call. */
function faultOfMessage(message: ChatMessage, open: Set<string>): string | null {
  if (message.role === "tool") {
    const id = message.tool_call_id;
    if (id === undefined || !open.delete(id)) return `output for a call that is not open: ${id}`;
    return faultOfContent(message);
  }
  if (open.size > 0) return `comes before the output of the tool calls ${[...open].join(", ")}`;
  switch (message.role) {
    case "system":
    case "user":
      return faultOfContent(message);
    case "assistant":
      return faultOfAssistant(message);
    default:
      return `unknown role ${JSON.stringify(message.role)}`;
  }
}

function faultOfAssistant(message: ChatMessage): string | null {
  const calls = callsOf(message);
  if (calls.length === 0) return faultOfContent(message);
  // Beside calls it may be missing, but must not be empty.
  if (message.content !== null && message.content !== undefined) {
    const fault = faultOfContent(message);
    if (fault) return fault;
  }
  const seen = new Set<string>();
  for (const call of calls) {
    if (call.id === "") return "a tool call without id";
    if (seen.has(call.id)) return `two tool calls with the id ${call.id}`;
    seen.add(call.id);
    if (!TOOL_NAME.test(call.function.name)) return `no name of a tool: ${JSON.stringify(call.function.name)}`;
    if (!isJsonObject(call.function.arguments)) return `the arguments of ${call.id} are not a JSON object`;
  }
  return null;
}

function faultOfContent(message: ChatMessage): string | null {
  const texts = textsOf(message);
  if (texts.length === 0 && partsOf(message.content).length === 0) return "no content";
  return texts.every((text) => text.trim() !== "") ? null : "a text that is empty or blank";
}

function isJsonObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
