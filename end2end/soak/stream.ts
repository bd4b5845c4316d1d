// The stream of a turn on one connection.

export interface ChunkFrame {
  body?: string;
  seq?: number;
  replay?: boolean;
}

/** The relation of a chunk to the stream. */
export type Heard = "next" | "again" | "gap";

export class Stream {
  private next = 0;
  private text = "";
  /** Whether the server has offered the stream: it sends nothing until the replay. */
  private isHeldBack = false;

  /** A replay will follow. */
  hold(): void {
    this.isHeldBack = true;
  }

  hear({ body = "", seq, replay = false }: ChunkFrame): Heard {
    if (seq === undefined) return "gap";
    if (replay && seq === 0) {
      // A replay starts from the beginning.
      this.next = 0;
      this.text = "";
      this.isHeldBack = false;
    }
    if (seq !== this.next) return seq < this.next ? "again" : "gap";
    this.next += 1;
    const chunk = JSON.parse(body) as { type: string; delta?: string };
    if (chunk.type === "text-delta") this.text += chunk.delta ?? "";
    return "next";
  }

  /** The whole text, or null when a part may be missing. */
  get heard(): string | null {
    return this.next > 0 && !this.isHeldBack ? this.text : null;
  }
}
