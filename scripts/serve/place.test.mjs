import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { Failure } from "../console.mjs";
import { Backoff, healthTimes } from "./patience.mjs";
import { place, requireFreePort, shown } from "./place.mjs";

test("HOST can be an IPv4 address, an IPv6 address or a name", async () => {
  for (const [HOST, addresses, listensOn, address] of [
    [undefined, ["127.0.0.1"], "loopback", "localhost:8787"],
    ["127.0.0.5", ["127.0.0.5"], "loopback", "127.0.0.5:8787"],
    ["::1", ["::1"], "loopback", "localhost:8787"],
    ["[::1]", ["::1"], "loopback", "localhost:8787"],
    ["0.0.0.0", ["0.0.0.0"], "network", "localhost:8787"],
    ["::", ["::"], "network", "localhost:8787"],
    ["192.0.2.7", ["192.0.2.7"], "network", "192.0.2.7:8787"],
    ["2001:db8::7", ["2001:db8::7"], "network", "[2001:db8::7]:8787"],
  ]) {
    const found = await place({ HOST });
    assert.deepEqual([found.addresses, found.listensOn, shown(found)], [addresses, listensOn, address]);
  }
  const named = await place({ HOST: "localhost" });
  assert.equal(named.listensOn, "loopback");
  assert.ok(named.addresses.includes("127.0.0.1") || named.addresses.includes("::1"));
});

test("an invalid HOST or PORT is refused with an explanation", async () => {
  for (const [environment, words] of [
    [{ PORT: "0" }, /PORT must be/],
    [{ PORT: "http" }, /PORT must be/],
    [{ HOST: "no.such.name.invalid" }, /has no address/],
  ]) {
    await assert.rejects(place(environment), (error) => error instanceof Failure && words.test(error.message));
  }
});

test("a taken port and an address of another machine are refused with an explanation", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address();
  await assert.rejects(requireFreePort(await place({ PORT: String(port) })), (error) => error instanceof Failure && /is taken; choose another/.test(error.message));
  other.close();
  await once(other, "close");
  assert.equal((await requireFreePort(await place({ PORT: String(port) }))).port, port);
  await assert.rejects(requireFreePort(await place({ PORT: String(port), HOST: "192.0.2.7" })), (error) => error instanceof Failure && /check HOST/.test(error.message));
});

test("waits between restarts grow, and are reset after a long run", () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 8 }, () => backoff.next(5));
  assert.equal(waits[0], 0, "the first fault costs nobody time");
  for (const [index, wait] of waits.entries()) assert.ok(index === 0 || wait >= waits[index - 1]);
  assert.equal(waits.at(-1), waits.at(-2), "there is a longest one");
  assert.equal(backoff.next(3_600_000), 0);
});

test("a deadline that is not a number of seconds is refused", () => {
  assert.equal(healthTimes({ HEALTH_DEADLINE: "1.5" }).answer, 1_500);
  for (const HEALTH_DEADLINE of ["soon", "-1", "0"]) assert.throws(() => healthTimes({ HEALTH_DEADLINE }), Failure);
});
