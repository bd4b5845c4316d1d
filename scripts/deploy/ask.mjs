// Asks questions on a terminal; without one, nothing is asked.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Whether there is a terminal. */
export const canAsk = () => Boolean(process.stdin.isTTY && process.stdout.isTTY) && !process.env.CI;

/** The answer, or `proposed` for an empty line. */
export async function ask(question, proposed = "") {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(proposed ? `${question} [${proposed}] ` : `${question} `);
    return answer.trim() || proposed;
  } finally {
    lines.close();
  }
}

/** An answer that is not echoed. */
export async function askSecret(question) {
  process.stdout.write(`${question} (it is not shown) `);
  const silent = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return (await lines.question("")).trim();
  } finally {
    lines.close();
    process.stdout.write("\n");
  }
}

/** Whether the answer is yes. */
export async function askYes(question) {
  return /^y(es)?$/i.test(await ask(`${question} (yes or no)`, "no"));
}
