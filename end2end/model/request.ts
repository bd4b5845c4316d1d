// A request for a chat completion, and the rules that real model servers hold it to.

export interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content?: string | { type: string; text?: string }[] | null;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
}

export interface Tool {
  type: "function";
  function: { name: string; description?: string; parameters?: object };
}

export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  tools?: Tool[];
  stream?: boolean;
  max_tokens?: number;
  stream_options?: { include_usage?: boolean };
  usage?: { include?: boolean };
}

export function textOf(message: ChatMessage): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => part.text ?? "").join("");
}

/** What is wrong with the request, in words, or null when nothing is. */
export function faultOf(body: unknown): string | null {
  if (!isRecord(body)) return "the body is not an object";
  if (typeof body.model !== "string" || body.model === "") return "`model` is missing";
  const messages = body.messages;
  if (!Array.isArray(messages) || messages.length === 0) return "`messages` is missing or empty";
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const fault = faultOfMessage(message, open);
    if (fault) return `messages[${index}]: ${fault}`;
    if (message.role === "assistant") open = new Set(callsOf(message).map((call) => call.id));
  }
  if (open.size > 0) return `no output for the tool calls ${[...open].join(", ")}`;
  if (messages.at(-1).role === "assistant") return "the last message is the assistant's own";
  return body.tools === undefined ? null : faultOfTools(body.tools);
}

function faultOfTools(tools: unknown): string | null {
  if (!Array.isArray(tools) || tools.length === 0) return "`tools` is no list, or an empty one";
  const seen = new Set<string>();
  for (const tool of tools) {
    const named = isRecord(tool) && tool.type === "function" && isRecord(tool.function) ? tool.function : null;
    const name = named?.name;
    if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name)) return `malformed tool ${JSON.stringify(tool)}`;
    if (seen.has(name)) return `two tools with the name ${name}`;
    seen.add(name);
    const schema = named?.parameters;
    if (schema !== undefined && !(isRecord(schema) && schema.type === "object")) return `the input of ${name} is no object`;
  }
  return null;
}

/** `open` holds the calls that still wait for their output; an output takes its call away. */
function faultOfMessage(message: unknown, open: Set<string>): string | null {
  if (!isRecord(message)) return "not an object";
  if (message.role === "tool") {
    const id = message.tool_call_id;
    if (typeof id !== "string" || !open.delete(id)) return `output for a call that is not open: ${id}`;
    return typeof message.content === "string" ? null : "the output is not a text";
  }
  if (open.size > 0) return `comes before the output of the tool calls ${[...open].join(", ")}`;
  switch (message.role) {
    case "system":
    case "user":
      return hasContent(message.content) ? null : "no content";
    case "assistant":
      return faultOfAssistant(message);
    default:
      return `unknown role ${JSON.stringify(message.role)}`;
  }
}

function faultOfAssistant(message: Record<string, unknown>): string | null {
  const calls = callsOf(message);
  if (calls.length === 0) return hasContent(message.content) ? null : "neither content nor tool calls";
  const seen = new Set<string>();
  for (const call of calls) {
    if (!isRecord(call) || call.type !== "function" || typeof call.id !== "string") return "malformed tool call";
    if (seen.has(call.id)) return `two tool calls with the id ${call.id}`;
    seen.add(call.id);
    if (typeof call.function?.name !== "string") return `the tool call ${call.id} has no name`;
    if (!isJsonObject(call.function.arguments)) return `the arguments of ${call.id} are not a JSON object`;
  }
  return null;
}

function callsOf(message: Record<string, unknown>): ToolCall[] {
  return Array.isArray(message.tool_calls) ? message.tool_calls : [];
}

function hasContent(content: unknown): boolean {
  if (typeof content === "string") return content !== "";
  if (!Array.isArray(content) || content.length === 0) return false;
  return content.every((part) => isRecord(part) && typeof part.type === "string");
}

function isJsonObject(text: unknown): boolean {
  if (typeof text !== "string") return false;
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
