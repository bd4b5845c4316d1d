// What all clients of a storm have seen, and the faults.

import type { Submission } from "./submission.ts";

/** Further faults add nothing new. */
const MOST_FAULTS = 20;

export class StormRecord {
  /** Every submission, by agent, in the order of sending. */
  readonly sent = new Map<string, Submission[]>();
  readonly faults: string[] = [];
  /** The ids of submissions with any part of an answer: they are accepted, whatever happens to the server. */
  readonly acknowledged = new Set<string>();
  /** Milliseconds from the first sending of each settled submission to its end. */
  readonly settleTimes: number[] = [];
  connects = 0;
  drops = 0;
  offers = 0;
  resumed = 0;
  /** Chunks that arrived again, in replays. */
  duplicates = 0;
  /** Turns that ended while their client was away or had not resumed the stream. */
  unheard = 0;
  restarts = 0;
  /** How many submissions were unsettled at each restart. */
  readonly interrupted: number[] = [];
  /** Counts the starts of the server. A connection of an earlier one may end unnoticed. */
  life = 0;

  fault(words: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(words);
  }

  send(agent: string, submission: Submission): void {
    const sent = this.sent.get(agent) ?? [];
    this.sent.set(agent, sent);
    sent.push(submission);
  }

  get submissions(): Submission[] {
    return [...this.sent.values()].flat();
  }
}
