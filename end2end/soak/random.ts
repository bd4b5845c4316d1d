// Seeded random numbers: the same seed makes the same choices.

export class Random {
  constructor(private state: number) {}

  /** From 0 up to, but not including, 1 (the generator known as mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  /** Another source, whose choices do not depend on how often this one is asked later. */
  fork(): Random {
    return new Random(this.whole(0, 2 ** 32 - 1));
  }
}
