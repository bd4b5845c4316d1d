// The size of a word of the model on the wire.

import type { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { bench, freshName, isDelta, wordsIn } from "./bench.ts";

async function bytesPerToken(app: App, behaviour: string): Promise<number> {
  const socket = await RawSocket.open(app.url, freshName());
  await socket.end(socket.ask(`[[fake:${behaviour}]]`));
  const bytes = socket.frames.map((frame, index) => (isDelta(frame) ? socket.arrivals[index]!.bytes : 0));
  socket.close();
  return bytes.reduce((sum, some) => sum + some, 0) / wordsIn(socket);
}

const PLAIN = "bytes on the wire of one token, 100 tokens/s";

bench("bytes of a token", async ({ app, note }) => {
  note({ name: PLAIN, unit: "B", samples: [await bytesPerToken(app, "words-300-10")] });
  const burst = await bytesPerToken(app, "words-1000-0");
  note({ name: "bytes on the wire of one token, at once", unit: "B", samples: [burst], against: PLAIN });
});
