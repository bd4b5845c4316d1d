// The app from a client's side of the socket.

import { RawSocket } from "../fixture/socket.ts";
import { microseconds } from "../model/server.ts";
import { bench, freshName, isDelta, samples, wordsIn } from "./bench.ts";
import { processorSeconds } from "./processor.ts";

const MILLISECONDS = 1000;

bench("first token", async ({ app, model, note }) => {
  const taken = await samples(30, async () => {
    const socket = await RawSocket.open(app.url, freshName());
    await socket.end(socket.ask("[[fake:words-1-0]]"));
    socket.frames.length = socket.arrivals.length = 0;
    const sent = microseconds();
    const id = socket.ask("[[fake:words-2-0]]");
    await socket.end(id);
    const first = socket.arrivals[socket.frames.findIndex(isDelta)]!.at;
    const request = model.requests.at(-1)!;
    socket.close();
    return (first - sent - (request.answeredAt! - request.receivedAt)) / MILLISECONDS;
  });
  note({ name: "send to first text frame, less the model's own time", unit: "ms", samples: taken });
});

bench("connect to identity", async ({ app, note }) => {
  const identity = async (name: string) => {
    const start = microseconds();
    const socket = await RawSocket.open(app.url, name);
    await socket.frame(({ type }) => type === "cf_agent_identity");
    const at = socket.arrivals[socket.frames.findIndex(({ type }) => type === "cf_agent_identity")]!.at;
    socket.close();
    return (at - start) / MILLISECONDS;
  };
  note({ name: "connect to identity, new agent", unit: "ms", samples: await samples(25, () => identity(freshName())) });
  const name = freshName();
  const keepsAwake = await RawSocket.open(app.url, name);
  note({ name: "connect to identity, agent awake", unit: "ms", samples: await samples(25, () => identity(name)) });
  keepsAwake.close();
});

for (const tabs of [1, 20]) {
  bench(`processor time of a delta, ${tabs} tabs`, async ({ app, note }) => {
    const deltas = 3000;
    const name = freshName();
    const sockets = await Promise.all(Array.from({ length: tabs }, () => RawSocket.open(app.url, name)));
    const before = await processorSeconds(app.pid);
    const start = microseconds();
    const id = sockets[0]!.ask(`[[fake:words-${deltas}-0]]`);
    await Promise.all(sockets.map((socket) => socket.end(id)));
    const took = (microseconds() - start) / 1_000_000;
    const after = await processorSeconds(app.pid);
    if (sockets.some((socket) => wordsIn(socket) !== deltas)) throw new Error("a tab did not get every delta once");
    const label = tabs === 1 ? "1 tab" : `${tabs} tabs`;
    note({ name: `${deltas} deltas at once to ${label}`, unit: "s", samples: [took] });
    if (before !== null && after !== null) {
      note({
        name: `processor time of one delta to ${label}`,
        unit: "µs",
        samples: [((after - before) * 1_000_000) / deltas],
      });
    }
    for (const socket of sockets) socket.close();
  });
}

bench("50 agents at once", async ({ app, note }) => {
  const deltas = 200;
  const sockets = await Promise.all(Array.from({ length: 50 }, () => RawSocket.open(app.url, freshName())));
  const before = await processorSeconds(app.pid);
  const start = microseconds();
  await Promise.all(sockets.map((socket) => socket.end(socket.ask(`[[fake:words-${deltas}-20]]`))));
  const took = (microseconds() - start) / 1_000_000;
  const after = await processorSeconds(app.pid);
  if (sockets.some((socket) => wordsIn(socket) !== deltas)) throw new Error("an agent lost or repeated a delta");
  note({ name: "50 agents, 200 deltas each at 50/s", unit: "s", samples: [took], target: 4 });
  if (before !== null && after !== null) {
    note({ name: "50 agents, processor time", unit: "s", samples: [after - before] });
  }
  for (const socket of sockets) socket.close();
});

bench("a transcript of 1,000 messages", async ({ app, note }) => {
  const name = freshName();
  const address = `${app.url}/agents/coderagent/${name}/get-messages`;
  const messages = Array.from({ length: 1000 }, (_, index) => ({
    id: `message-${index}`,
    role: index % 2 === 0 ? "user" : "assistant",
    parts: [{ type: "text", text: `message ${index} ${"lorem ipsum dolor sit amet ".repeat(10)}` }],
  }));
  const socket = await RawSocket.open(app.url, name);
  socket.send({ type: "cf_agent_chat_messages", messages });
  // The agent answers frames in their order, so this answer says that the messages are stored.
  socket.send({ type: "cf_agent_stream_resume_request", probeId: "stored" });
  await socket.frame(({ probeId }) => probeId === "stored");
  const taken = await samples(15, async () => {
    const start = microseconds();
    const stored = (await (await fetch(address)).json()) as unknown[];
    if (stored.length !== messages.length) throw new Error(`${stored.length} messages came back`);
    return (microseconds() - start) / MILLISECONDS;
  });
  note({ name: "get-messages of 1,000 messages", unit: "ms", samples: taken });
  socket.close();
});

bench("bytes of a token", async ({ app, note }) => {
  const perToken = async (behaviour: string) => {
    const socket = await RawSocket.open(app.url, freshName());
    await socket.end(socket.ask(`[[fake:${behaviour}]]`));
    const bytes = socket.frames.reduce(
      (sum, frame, index) => sum + (isDelta(frame) ? socket.arrivals[index]!.bytes : 0),
      0,
    );
    const tokens = wordsIn(socket);
    socket.close();
    return bytes / tokens;
  };
  note({ name: "bytes on the wire of one token, 100 tokens/s", unit: "B", samples: [await perToken("words-300-10")] });
  note({ name: "bytes on the wire of one token, at once", unit: "B", samples: [await perToken("words-1000-0")] });
});
