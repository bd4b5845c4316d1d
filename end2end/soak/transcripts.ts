// Compares a stored transcript with what was sent: each question once, followed by its answer, in order.

import type { StoredMessage } from "../fixture/transcript.ts";
import type { Submission } from "./submission.ts";

/** The number of messages shown around the first difference. */
const AROUND = 3;

/** One line per message; long texts are shortened. */
function line({ id, role, text }: Entry): string {
  const shown = text.length > 160 ? `${text.slice(0, 110)} … ${text.slice(-40)}` : text;
  return `${role} ${id}: ${JSON.stringify(shown)}`;
}

interface Entry {
  id: string;
  role: string;
  text: string;
}

function entry({ id, role, parts }: StoredMessage): Entry {
  return {
    id,
    role,
    text: parts
      .filter(({ type }) => type === "text")
      .map(({ text }) => text)
      .join(""),
  };
}

/** The differences in the transcript of `agent`; empty when it equals what was sent. */
export function differences(agent: string, stored: StoredMessage[], sent: Submission[]): string[] {
  const transcript = stored.map(entry);
  const problems: string[] = [];
  const say = (at: number, words: string) => {
    const around = transcript.slice(Math.max(0, at - AROUND), at + AROUND + 1).map((other) => `    ${line(other)}`);
    problems.push([`${agent}, message ${at} of ${transcript.length}: ${words}`, ...around].join("\n"));
  };
  const byFirstMessage = new Map(sent.map((submission) => [submission.messages[0]!.id, submission]));
  const ids = new Set<string>();
  /** The last accepted submission of each client. */
  const last = new Map<string, Submission>();
  for (let at = 0; at < transcript.length; ) {
    const submission = byFirstMessage.get(transcript[at]!.id);
    if (!submission) {
      say(at, "it begins no question that was sent and is not answered above");
      return problems;
    }
    byFirstMessage.delete(submission.messages[0]!.id);
    const before = last.get(submission.client);
    if (before && sent.indexOf(before) > sent.indexOf(submission)) say(at, `sent before ${before.id}, stored behind it`);
    last.set(submission.client, submission);
    const expected: Omit<Entry, "id">[] = [
      ...submission.messages.map(entry),
      { role: "assistant", text: submission.answer },
    ];
    for (const [index, wanted] of expected.entries()) {
      const found = transcript[at + index];
      const isIt = found && found.role === wanted.role && found.text === wanted.text && !ids.has(found.id);
      if (isIt && (!("id" in wanted) || wanted.id === found.id)) {
        ids.add(found.id);
        continue;
      }
      say(at + index, `of ${submission.id}, sent ${submission.sendings} times; it is to be\n  - ${line({ id: "…", ...wanted })}`);
      return problems;
    }
    at += expected.length;
  }
  for (const { id, sendings } of byFirstMessage.values()) problems.push(`${agent}: ${id}, sent ${sendings} times, is lost`);
  return problems;
}
