// When a runtime counts as hung and how long to wait before it is started again: numbers only, no clock and no process.
import { Failure } from "../console.mjs";

/** How often it is asked whether it still answers, and how long one answer may take, in milliseconds. */
const ASK = 2_000;
const ANSWER = 20_000;
/** The waits between a runtime's end and its next start, in milliseconds; the last one for every further one. */
const WAITS = [0, 250, 1_000, 3_000, 10_000, 30_000];
/** Who has served for this long was well: what happens after it is a fault of its own. In milliseconds. */
const WELL = 60_000;

/** `{ask, answer}` in milliseconds. `HEALTH_DEADLINE` in seconds is for slow machines, and for tests. */
export function healthTimes(environment = process.env) {
  const seconds = Number(environment.HEALTH_DEADLINE || ANSWER / 1_000);
  if (!(seconds > 0)) throw new Failure(`HEALTH_DEADLINE is a number of seconds, not "${environment.HEALTH_DEADLINE}".`);
  return { ask: Math.min(ASK, seconds * 1_000), answer: seconds * 1_000 };
}

/** How long to wait before the next start. */
export class Backoff {
  #failures = 0;

  /** `served` says for how many milliseconds the runtime has served before it ended. */
  next(served) {
    if (served >= WELL) this.#failures = 0;
    const wait = WAITS[Math.min(this.#failures, WAITS.length - 1)];
    this.#failures += 1;
    return wait;
  }
}
