import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../console.mjs";
import { ownerLink, signInAddress } from "./link.mjs";
import { ownerSecret, usesLinks, withOwnerSecret } from "./secret.mjs";

test("the link is the one that the server's test accepts", async () => {
  const taken = await readFile(join(root, "server/accounts/src/owner_link.txt"), "utf8");
  const made = ownerLink("a-secret-of-the-tests-a-secret-of-the-tests", 1_800_000_000_000, "AAECAwQFBgcICQoLDA0ODw");
  assert.equal(made, taken.trim());
});

test("each link is unique and expires within an hour", () => {
  const links = [1, 2].map(() => new URL(signInAddress("http://localhost:8787", "s", 1_000)).searchParams.get("link"));
  assert.notEqual(links[0], links[1]);
  for (const link of links) assert.match(link, /^coder_o_3601000\./);
});

test("the secret is created once, is long, and only its user can read it", async () => {
  const data = await mkdtemp(join(tmpdir(), "coder-secret-"));
  try {
    const first = await ownerSecret(data);
    assert.ok(first.isNew && first.secret.length >= 43);
    assert.deepEqual(await ownerSecret(data), { secret: first.secret, isNew: false });
    assert.equal((await stat(join(data, "owner-secret"))).mode & 0o777, 0o600);
  } finally {
    await rm(data, { recursive: true });
  }
});

test("a secret is created only for `owner`, and an existing one is kept", async () => {
  for (const [auth, uses] of [["owner", true], ["tokens, Owner", true], ["access,tokens", false], ["none", false], [undefined, false]]) {
    assert.equal(usesLinks({ AUTH: auth }), uses, String(auth));
  }
  const own = { AUTH: "owner", OWNER_SECRET: "mine" };
  assert.deepEqual(await withOwnerSecret(own, "/nowhere", "http://localhost"), { settings: own, firstLink: null });
});
