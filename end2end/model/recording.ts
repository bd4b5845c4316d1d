// Recorded conversations: the model's answers step by step, and the outputs that tools must return.

import { readFileSync } from "node:fs";
import type { Step } from "./script.ts";

/** One call of the model. */
interface RecordedStep {
  /**
   * The outputs since the previous step, in the order of their calls. A text must occur in the output; the fields of
   * an object must all occur in it with equal values.
   */
  expects: (string | object)[];
  /** The model's answer. */
  says: Step[];
}

/** The recording `recordings/NAME.json`; a `gate` in it waits for `key`. */
export function recording(name: string, key: string): RecordedStep[] {
  if (!/^[a-z-]+$/.test(name)) throw new Error(`this is no recording's name: ${name}`);
  const { steps } = JSON.parse(readFileSync(new URL(`recordings/${name}.json`, import.meta.url), "utf8")) as {
    steps: RecordedStep[];
  };
  const says = (step: Step): Step => (step.kind === "gate" ? { kind: "gate", key: `${key}-${step.key}` } : step);
  return steps.map((step) => ({ ...step, says: step.says.map(says) }));
}

/** The difference between the outputs and the recorded ones, as text; null when they match. */
export function faultOfOutputs({ expects }: RecordedStep, outputs: string[]): string | null {
  if (outputs.length !== expects.length) return `${outputs.length} outputs where ${expects.length} were recorded`;
  for (const [index, expected] of expects.entries()) {
    const output = outputs[index]!;
    const fits = typeof expected === "string" ? output.includes(expected) : has(parsed(output), expected);
    if (!fits) return `output ${index} is ${output} where ${JSON.stringify(expected)} was recorded`;
  }
  return null;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

/** Lists must have the same length; numbers and texts must be equal. */
function has(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return actual === expected;
  if (typeof actual !== "object" || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) return false;
  return Object.entries(expected).every(([key, value]) => has((actual as Record<string, unknown>)[key], value));
}
