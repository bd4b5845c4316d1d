// A submission of a client, and its only correct answer.

import type { StoredMessage } from "../fixture/transcript.ts";
import { words } from "../model/script.ts";
import type { Random } from "./random.ts";

export interface Submission {
  id: string;
  /** The client that submitted it. */
  client: string;
  /** The user messages in it, oldest first. */
  messages: StoredMessage[];
  /** The text of the answer, exactly. */
  answer: string;
  /** The frame, sent again after a lost connection. */
  frame: string;
  /** How often it was sent. */
  sendings: number;
  /** When the user asked, in milliseconds of the process clock. */
  askedAt: number;
}

/** The fake model's behaviour, and its answer to `question`. */
function behaviour(random: Random, question: string): { model: string; answer: string } {
  switch (random.whole(0, 9)) {
    case 0:
      return { model: "reasoning", answer: "The answer is 42." };
    case 1:
      return { model: "usage", answer: words(5) };
    case 2:
    case 3:
    case 4:
      return { model: "echo", answer: `You said: ${question}` };
    default: {
      const count = random.whole(1, 40);
      return { model: `words-${count}-${random.whole(0, 25)}`, answer: words(count) };
    }
  }
}

/** A submission of one or two messages. `before` is the transcript that the client sends along. */
export function submission(random: Random, client: string, serial: number, before: StoredMessage[]): Submission {
  const id = `${client}-${serial}`;
  const count = random.chance(0.2) ? 2 : 1;
  const messages = Array.from({ length: count }, (_, index): StoredMessage => {
    const text = `${id}, message ${index + 1} of ${count}: wie "schön" ist es, 🦀?\n${"more ".repeat(random.whole(0, 9))}`;
    return { id: `${id}-m${index}`, role: "user", parts: [{ type: "text", text }] };
  });
  // Messages of one submission reach the model as one question.
  const question = messages.map(({ parts }) => parts[0]!.text!).join("\n\n");
  const { model, answer } = behaviour(random, question);
  const body = JSON.stringify({ messages: [...before, ...messages], trigger: "submit-message", model });
  const frame = JSON.stringify({ type: "cf_agent_use_chat_request", id, init: { method: "POST", body } });
  return { id, client, messages, answer, frame, sendings: 0, askedAt: performance.now() };
}
