// The delay between the model's first word and its arrival at a client.

import type { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { microseconds, type FakeModel } from "../model/server.ts";
import { bench, freshName, isDelta, paragraphs, samples } from "./bench.ts";

/** The time from the question to the first text frame, without the model's own time, on an agent that has answered before. */
async function overhead(app: App, model: FakeModel, history: object[]): Promise<number> {
  const socket = await RawSocket.open(app.url, freshName());
  await socket.end(socket.ask("[[fake:words-1-0]]"));
  socket.frames.length = socket.arrivals.length = 0;
  const question = { id: "question", role: "user", parts: [{ type: "text", text: "[[fake:words-2-0]]" }] };
  const sent = microseconds();
  await socket.end(socket.ask("", { messages: [...history, question] }));
  const first = socket.arrivals[socket.frames.findIndex(isDelta)]!.at;
  const request = model.requests.at(-1)!;
  socket.close();
  return (first - sent - (request.answeredAt! - request.receivedAt)) / 1000;
}

const EMPTY = "first token, overhead";

bench("first token", async ({ app, model, note }) => {
  note({ name: EMPTY, unit: "ms", samples: await samples(30, () => overhead(app, model, [])) });
  const history = paragraphs(100);
  note({
    name: "first token, overhead, 100 messages come with the question",
    unit: "ms",
    samples: await samples(10, () => overhead(app, model, history)),
    against: EMPTY,
  });
});
