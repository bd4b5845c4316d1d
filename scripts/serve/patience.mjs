// When a runtime counts as hung, and how long to wait before it is restarted: numbers only, no clock and no process.
import { Failure } from "../console.mjs";

/** The interval of health checks and the time limit for an answer, in milliseconds. */
const ASK = 2_000;
const ANSWER = 20_000;
/** The delays between a runtime's end and its next start, in milliseconds; the last one repeats. */
const WAITS = [0, 250, 1_000, 3_000, 10_000, 30_000];
/** A runtime that has served for this long was healthy: a later failure counts as a new one. In milliseconds. */
const WELL = 60_000;

/** `{ask, answer}` in milliseconds. `HEALTH_DEADLINE` in seconds is for slow machines, and for tests. */
export function healthTimes(environment = process.env) {
  const seconds = Number(environment.HEALTH_DEADLINE || ANSWER / 1_000);
  if (!(seconds > 0)) throw new Failure(`HEALTH_DEADLINE must be a number of seconds, not "${environment.HEALTH_DEADLINE}".`);
  return { ask: Math.min(ASK, seconds * 1_000), answer: seconds * 1_000 };
}

/** The delay before the next start. */
export class Backoff {
  #failures = 0;

  /** `served`: how many milliseconds the runtime served before it ended. */
  next(served) {
    if (served >= WELL) this.#failures = 0;
    const wait = WAITS[Math.min(this.#failures, WAITS.length - 1)];
    this.#failures += 1;
    return wait;
  }
}
