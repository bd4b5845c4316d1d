// The storm: clients that come and go, and a server that is killed and restarted during it.

import type { App } from "../fixture/app.ts";
import { rowsOfStores } from "../fixture/storage.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { Client } from "./client.ts";
import { pause, until } from "./deadline.ts";
import { Random } from "./random.ts";
import type { StormRecord } from "./record.ts";
import type { Settings } from "./settings.ts";
import { differences } from "./transcripts.ts";

/** Submissions per second, of all clients together: the load for two processors. An agent bears about one. */
const PACE = 12;
/** How long submissions may take to settle after the traffic has ended, or after a restart. */
const SETTLE_DEADLINE = 90_000;
/** The maximum number of unsettled turns that are listed. */
const MOST_NAMED = 10;

export async function storm(app: App, record: StormRecord, settings: Settings): Promise<void> {
  const random = new Random(settings.seed);
  const agents = Array.from({ length: settings.agents }, (_, index) => `soak-${index}`);
  const clients = Array.from({ length: settings.connections }, (_, index) => {
    const agent = agents[index % agents.length]!;
    return new Client(`client-${index}`, agent, app.url, record, random.fork());
  });
  try {
    await traffic(app, clients, record, random, settings);
  } finally {
    for (const client of clients) client.leave();
  }
  for (const agent of agents) {
    const stored = await storedMessages(app.url, agent);
    for (const difference of differences(agent, stored, record.sent.get(agent) ?? [])) record.fault(difference);
  }
}

async function traffic(
  app: App,
  clients: Client[],
  record: StormRecord,
  random: Random,
  { seconds, agents, restarts }: Settings,
): Promise<void> {
  await until(
    () => connected(clients) === clients.length,
    SETTLE_DEADLINE,
    () => `${clients.length} connections; ${connected(clients)} are there`,
  );
  const end = Date.now() + seconds * 1000;
  const thinking = (clients.length / Math.min(PACE, agents)) * 1000;
  // The last restart needs traffic like the first one, however long those in between took.
  let haveRestarted = false;
  const restarting = restartNowAndThen(app, clients, record, random.fork(), restarts, end).finally(() => (haveRestarted = true));
  const isOver = () => haveRestarted && Date.now() >= end;
  await Promise.all([restarting, ...clients.map((client) => client.run(isOver, thinking))]);
  await settled(clients, unsettled(clients), "the traffic's end");
}

/** The next restart waits until everything that the last one interrupted is settled, so that no turn runs out of attempts. */
async function restartNowAndThen(
  app: App,
  clients: Client[],
  record: StormRecord,
  random: Random,
  restarts: number,
  end: number,
): Promise<void> {
  for (let left = restarts; left > 0; left--) {
    const share = (end - Date.now()) / (left + 1);
    await pause(Math.max(0, share * (0.7 + 0.6 * random.next())));
    // A restart that interrupts nothing would test nothing.
    await until(() => unsettled(clients).length > 0, SETTLE_DEADLINE, () => "a submission");
    const interrupted = unsettled(clients);
    record.restarts++;
    record.interrupted.push(interrupted.length);
    // A connection made while the server dies may still succeed, and is cut off as well.
    record.life++;
    await app.kill();
    record.life++;
    await requireOnDisk(app, record);
    await pause(random.whole(0, 1_000));
    await app.launch();
    await settled(clients, interrupted, `restart ${record.restarts}`);
  }
}

/** Acknowledged submissions must be on the disk of a killed server: later, clients submit again and would hide a loss. */
async function requireOnDisk(app: App, record: StormRecord): Promise<void> {
  const rows = await rowsOfStores<{ id: string }>(app.dataFolder, "SELECT id FROM messages");
  const stored = new Set(rows.map(({ id }) => id));
  for (const { id, messages } of record.submissions) {
    const lost = record.acknowledged.has(id) && messages.some((message) => !stored.has(message.id));
    if (lost) record.fault(`${id} was answered before restart ${record.restarts}, and is not on the disk`);
  }
}

async function settled(clients: Client[], ids: string[], after: string): Promise<void> {
  const wanted = new Set(ids);
  const left = () => unsettled(clients).filter((id) => wanted.has(id));
  await until(
    () => left().length === 0,
    SETTLE_DEADLINE,
    () =>
      `${left().length} turns to settle after ${after}, with ${connected(clients)} of ${clients.length} clients connected: ` +
      left().slice(0, MOST_NAMED).join(", "),
  );
}

function unsettled(clients: Client[]): string[] {
  return clients.flatMap((client) => client.unsettled);
}

function connected(clients: Client[]): number {
  return clients.filter(({ isConnected }) => isConnected).length;
}
