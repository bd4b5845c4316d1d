// A connection of a client: the resume handshake, and the rules for every stream.

import { WebSocket } from "ws";
import type { StormRecord } from "./record.ts";
import { Stream, type ChunkFrame } from "./stream.ts";

/** A running server answers a handshake at once; a busy machine may take this long. */
const HANDSHAKE_DEADLINE = 30_000;

interface Frame extends ChunkFrame {
  type?: string;
  id?: string;
  done?: boolean;
  error?: boolean;
  outcome?: string;
  messages?: { id: string }[];
}

/** The end of a turn. */
export interface Ending {
  id: string;
  /** `completed`, or another outcome with its text. */
  outcome: string;
  /** The whole answer, or null when this connection did not receive all of it. */
  heard: string | null;
}

/** The client of a connection. */
export interface Owner {
  name: string;
  opened(): void;
  ended(ending: Ending): void;
  closed(): void;
  /** Reports a chunk of a stream, to be counted if the client already had it. */
  heardChunk(id: string, seq: number): void;
}

export class Connection {
  private readonly streams = new Map<string, Stream>();
  private readonly socket: WebSocket;
  private readonly life: number;
  private wasOpen = false;
  private isDropped = false;
  /** The number of frames until the connection drops; null: it does not drop. */
  private framesLeft: number | null = null;

  constructor(
    url: string,
    private readonly record: StormRecord,
    private readonly owner: Owner,
  ) {
    this.life = record.life;
    this.socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_DEADLINE });
    this.socket.on("open", () => {
      this.wasOpen = true;
      record.connects++;
      this.send(JSON.stringify({ type: "cf_agent_stream_resume_request", probeId: `probe-${record.connects}` }));
      owner.opened();
    });
    this.socket.on("message", (data) => this.receive(data.toString()));
    this.socket.on("error", () => {}); // the close that follows tells
    this.socket.on("close", (code, reason) => this.close(code, reason.toString()));
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: string): void {
    this.socket.send(frame);
  }

  /** Drops the connection like a lost network, after `frames` more frames. */
  dropAfter(frames: number): void {
    this.framesLeft = frames;
    if (frames === 0) this.drop();
  }

  drop(): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.record.drops++;
    this.socket.terminate();
  }

  /** Ends the connection like a closed page. */
  leave(): void {
    this.isDropped = true;
    this.socket.close(1000);
  }

  private close(code: number, reason: string): void {
    const isServersDoing = this.wasOpen && !this.isDropped && this.life === this.record.life;
    if (isServersDoing) this.record.fault(`${this.owner.name}: the server closed the connection (${code} ${reason})`);
    this.owner.closed();
  }

  private receive(text: string): void {
    if (this.isDropped) return;
    if (this.framesLeft !== null && this.framesLeft-- <= 0) return this.drop();
    const frame = JSON.parse(text) as Frame;
    switch (frame.type) {
      case "cf_agent_stream_resuming":
        this.record.offers++;
        this.stream(frame.id!).hold();
        this.send(JSON.stringify({ type: "cf_agent_stream_resume_ack", id: frame.id }));
        break;
      case "cf_agent_use_chat_response":
        this.response(frame.id!, frame);
        break;
      case "cf_agent_chat_messages":
        this.transcript(frame.messages!.map(({ id }) => id));
        break;
      case undefined:
        this.record.fault(`${this.owner.name}: ${text.slice(0, 300)}`);
    }
  }

  private response(id: string, frame: Frame): void {
    if (frame.done) {
      const outcome = frame.outcome ?? (frame.error ? "error" : "completed");
      const words = outcome === "completed" ? outcome : `${outcome}: ${frame.body}`;
      const heard = this.streams.get(id)?.heard ?? null;
      this.streams.delete(id);
      this.owner.ended({ id, outcome: words, heard });
    } else if (frame.body) {
      const stream = this.stream(id);
      if (frame.replay && frame.seq === 0) this.record.resumed++;
      const heard = stream.hear(frame);
      if (heard !== "next") {
        const what = heard === "gap" ? "a chunk is missing before" : "a live chunk came again:";
        this.record.fault(`${this.owner.name}, turn ${id}: ${what} seq ${frame.seq}`);
      }
      this.owner.heardChunk(id, frame.seq ?? -1);
    }
  }

  private transcript(ids: string[]): void {
    if (new Set(ids).size === ids.length) return;
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    this.record.fault(`${this.owner.name}: a transcript with the message ${twice} twice`);
  }

  private stream(id: string): Stream {
    const stream = this.streams.get(id) ?? new Stream();
    this.streams.set(id, stream);
    return stream;
  }
}
