// The first chat with a deployed server: one question, and its answer.
import { randomUUID } from "node:crypto";
import { Failure } from "../console.mjs";

const QUESTION = "Answer with one short sentence: are you there?";
/** How long a model may think, in milliseconds. */
const PATIENCE = 90_000;

/** Asks in a separate conversation, which is cleared afterwards. Returns the answer. */
export async function firstChat(address, { headers = {} } = {}) {
  const { WebSocket } = await import("ws");
  const url = `${address.replace(/^http/, "ws")}/agents/coderagent/first-chat?_pk=${randomUUID()}`;
  const socket = new WebSocket(url, { headers });
  try {
    const answer = await converse(socket);
    if (answer.trim() === "") throw new Failure(`${address} answered with no text; ask it something in the browser to see why.`);
    return answer.trim();
  } finally {
    socket.on("error", () => {}); // one that never opened says so here
    socket.terminate();
  }
}

function converse(socket) {
  const id = randomUUID();
  let answer = "";
  return new Promise((resolve, reject) => {
    const fail = (words) => reject(new Failure(words));
    const late = setTimeout(() => fail(`The model has not answered within ${PATIENCE / 1000} seconds; \`npm run doctor -- ADDRESS --model\` says more.`), PATIENCE);
    const send = (frame) => socket.send(JSON.stringify(frame));
    socket.on("open", () => {
      send({ type: "cf_agent_chat_clear" });
      const message = { id: `message-${id}`, role: "user", parts: [{ type: "text", text: QUESTION }] };
      send({ type: "cf_agent_use_chat_request", id, init: { method: "POST", body: JSON.stringify({ messages: [message], trigger: "submit-message" }) } });
    });
    socket.on("message", (data) => {
      const frame = parsed(data.toString());
      if (frame?.type !== "cf_agent_use_chat_response" || frame.id !== id) return;
      if (frame.error) return fail(`The first chat failed: ${frame.body}`);
      answer += wordsOf(frame.body);
      if (frame.done) {
        send({ type: "cf_agent_chat_clear" });
        resolve(answer);
      }
    });
    socket.on("unexpected-response", (_request, { statusCode }) => fail(`The first chat was refused with HTTP ${statusCode}; \`npm run doctor -- ADDRESS\` says why.`));
    socket.on("error", (error) => fail(`The first chat could not connect: ${error.message}; run \`npm run deploy\` again.`));
    socket.on("close", (code, reason) => fail(`The first chat was cut off with code ${code}${reason.length > 0 ? ` (${reason})` : ""}; \`npm run doctor -- ADDRESS\` says why.`));
    socket.once("close", () => clearTimeout(late));
  });
}

/** The text that a response adds. */
function wordsOf(body) {
  const chunk = parsed(body);
  return chunk?.type === "text-delta" ? chunk.delta : "";
}

/** The content of a frame; null when it is not JSON. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
