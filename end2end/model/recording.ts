// Conversations that were written down: what the model says, step by step, and what its tools have to answer.

import { readFileSync } from "node:fs";
import type { Step } from "./script.ts";

/** One call of the model. */
interface RecordedStep {
  /**
   * What the tools have said since the step before, in the order of their calls. A text stands in the output; of an object
   * the output has every field, and each is the same.
   */
  expects: (string | object)[];
  /** What the model answers. */
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

/** How the outputs differ from the recorded ones, in words; null: they do not. */
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

/** Lists have the same length, and numbers and texts are the same. */
function has(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return actual === expected;
  if (typeof actual !== "object" || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) return false;
  return Object.entries(expected).every(([key, value]) => has((actual as Record<string, unknown>)[key], value));
}
