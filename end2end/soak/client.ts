// A correct client: it keeps each submission until it is settled, and sends it again after every reconnect.

import type { StoredMessage } from "../fixture/transcript.ts";
import { Connection, type Ending, type Owner } from "./connection.ts";
import { pause } from "./deadline.ts";
import type { Random } from "./random.ts";
import type { StormRecord } from "./record.ts";
import { submission, type Submission } from "./submission.ts";

/** The maximum number of unsettled submissions of a client. */
const MOST_OPEN = 3;
/** Milliseconds that a client waits for the transcript before it submits without it. */
const FETCH_DEADLINE = 10_000;
/** A lost connection is reopened within this many milliseconds. */
const LONGEST_RETRY = 700;

export class Client implements Owner {
  /** Unsettled submissions, in the order of sending. */
  private readonly open = new Map<string, Submission>();
  /** The highest `seq` of each turn, over all connections. */
  private readonly highest = new Map<string, number>();
  private connection: Connection;
  private hasLeft = false;
  private serial = 0;

  constructor(
    readonly name: string,
    private readonly agent: string,
    private readonly origin: string,
    private readonly record: StormRecord,
    private readonly random: Random,
  ) {
    this.connection = this.connect();
  }

  /** The ids of unsettled submissions. */
  get unsettled(): string[] {
    return [...this.open.keys()];
  }

  get isConnected(): boolean {
    return this.connection.isOpen;
  }

  /** Submits, and loses its connection now and then, until the storm is over. The pauses are `thinking` ms on average. */
  async run(isOver: () => boolean, thinking: number): Promise<void> {
    await pause(this.random.whole(0, thinking));
    while (!isOver() && !this.hasLeft) {
      if (this.open.size < MOST_OPEN) await this.ask();
      if (this.random.chance(0.2)) this.connection.dropAfter(this.random.whole(0, 30));
      await pause(this.random.whole(0, 2 * thinking));
    }
  }

  leave(): void {
    this.hasLeft = true;
    this.connection.leave();
  }

  opened(): void {
    for (const submission of this.open.values()) this.send(submission);
  }

  ended({ id, outcome, heard }: Ending): void {
    this.record.acknowledged.add(id);
    const submission = this.open.get(id);
    if (outcome !== "completed") this.record.fault(`${this.name}: the turn ${id} ended with ${outcome}`);
    if (!submission) return;
    this.open.delete(id);
    this.record.settleTimes.push(performance.now() - submission.askedAt);
    if (heard === null) this.record.unheard++;
    else if (heard !== submission.answer) {
      this.record.fault(`${this.name}, turn ${id}: heard ${JSON.stringify(heard)}, not ${JSON.stringify(submission.answer)}`);
    }
  }

  closed(): void {
    if (this.hasLeft) return;
    setTimeout(() => {
      if (!this.hasLeft) this.connection = this.connect();
    }, this.random.whole(0, LONGEST_RETRY));
  }

  heardChunk(id: string, seq: number): void {
    this.record.acknowledged.add(id);
    if (seq <= (this.highest.get(id) ?? -1)) this.record.duplicates++;
    else this.highest.set(id, seq);
  }

  private connect(): Connection {
    const url = `${this.origin.replace(/^http/, "ws")}/agents/coderagent/${this.agent}?_pk=${this.name}`;
    return new Connection(url, this.record, this);
  }

  private async ask(): Promise<void> {
    const before = await this.known();
    const asked = submission(this.random, this.name, this.serial++, before);
    this.record.send(this.agent, asked);
    this.open.set(asked.id, asked);
    if (this.connection.isOpen) this.send(asked);
  }

  private send(submission: Submission): void {
    submission.sendings++;
    this.connection.send(submission.frame);
  }

  /** The messages sent with a submission: none, or all, with or without the answer being written. */
  private async known(): Promise<StoredMessage[]> {
    if (this.random.chance(0.7)) return [];
    const growing = this.random.chance(0.5) ? "?include=growing" : "";
    const address = `${this.origin}/agents/coderagent/${this.agent}/get-messages${growing}`;
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_DEADLINE) });
      return (await response.json()) as StoredMessage[];
    } catch {
      return []; // the server is away
    }
  }
}
