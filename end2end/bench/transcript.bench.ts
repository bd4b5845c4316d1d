// A long conversation, read as a whole.

import { RawSocket } from "../fixture/socket.ts";
import { microseconds } from "../model/server.ts";
import { bench, freshName, millisecondsSince, paragraphs, samples } from "./bench.ts";

bench("a transcript of 1,000 messages", async ({ app, note }) => {
  const name = freshName();
  const messages = paragraphs(1000);
  const socket = await RawSocket.open(app.url, name);
  socket.send({ type: "cf_agent_chat_messages", messages });
  // The agent handles frames in order, so this answer shows that the messages are stored.
  socket.send({ type: "cf_agent_stream_resume_request", probeId: "stored" });
  await socket.frame(({ probeId }) => probeId === "stored");
  const address = `${app.url}/agents/coderagent/${name}/get-messages`;
  const taken = await samples(15, async () => {
    const start = microseconds();
    const stored = (await (await fetch(address)).json()) as unknown[];
    if (stored.length !== messages.length) throw new Error(`${stored.length} messages came back`);
    return millisecondsSince(start);
  });
  note({ name: "get-messages of 1,000 messages", unit: "ms", samples: taken });
  socket.close();
});
