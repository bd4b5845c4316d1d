// Cloudflare Access: its header is trusted only when the team's key has signed it.

import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { connects } from "../fixture/people.ts";
import { expect, test } from "../fixture/test.ts";

const AUDIENCE = "aud-of-this-application";

/** Replaces a team at Cloudflare: its keys, and the tokens it issues. */
class Team {
  private readonly keys = new Map<string, { privateKey: KeyObject; jwk: object }>();
  fetches = 0;

  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<Team> {
    const server = http.createServer();
    const team = new Team(server);
    server.on("request", (request, response) => {
      if (request.url !== "/cdn-cgi/access/certs") return response.writeHead(404).end();
      team.fetches += 1;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ keys: [...team.keys.values()].map(({ jwk }) => jwk) }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return team;
  }

  get domain(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Adds a key, or removes all others. */
  rotate(id: string, { only = false } = {}): void {
    if (only) this.keys.clear();
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.keys.set(id, { privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid: id, alg: "RS256", use: "sig" } });
  }

  /** A token for a person, with some claims changed. */
  token(email: string, { key = "k1", header = {}, claims = {} }: { key?: string; header?: object; claims?: object } = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = { alg: "RS256", kid: key, typ: "JWT", ...header };
    const body = { iss: `http://${this.domain}`, aud: [AUDIENCE], email, iat: now, nbf: now, exp: now + 300, type: "app", ...claims };
    const signed = `${part(head)}.${part(body)}`;
    const { privateKey } = this.keys.get(key)!;
    const pem = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
    return `${signed}.${sign("sha256", Buffer.from(signed), pem).toString("base64url")}`;
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, "close");
  }
}

test("the header of Cloudflare Access is checked, and names owner and members", async ({ startApp }) => {
  const team = await Team.start();
  team.rotate("k1");
  const app = await startApp({
    settings: { PROVIDER: "demo", AUTH: "access", ACCESS_TEAM_DOMAIN: team.domain, ACCESS_AUD: AUDIENCE, ACCESS_OWNER: "Boss@example.com" },
  });
  const account = async (token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { "cf-access-jwt-assertion": token };
    const response = await fetch(`${app.url}/account`, { headers });
    const body = await response.json();
    return response.ok ? body.role : `${response.status} ${body.code}`;
  };
  expect(await account(team.token("boss@example.com"))).toBe("owner");
  expect(await account(team.token("ann@example.com"))).toBe("member");
  const good = team.token("boss@example.com");
  const [head, body, signature] = good.split(".");
  const now = Math.floor(Date.now() / 1000);
  const none = Buffer.from(JSON.stringify({ alg: "none", kid: "k1" })).toString("base64url");
  const others = await Team.start();
  others.rotate("k1");
  for (const [what, token, answer] of [
    ["nothing", undefined, "401 not_signed_in"],
    ["no token", "x", "401 sign_in_unknown"],
    ["no signature", `${head}.${body}.`, "401 sign_in_unknown"],
    ["no algorithm", `${none}.${body}.`, "401 sign_in_unknown"],
    ["another algorithm", team.token("boss@example.com", { header: { alg: "HS256" } }), "401 sign_in_unknown"],
    ["another's claims", `${head}.${team.token("ann@example.com").split(".")[1]}.${signature}`, "401 sign_in_unknown"],
    ["another team's signature", others.token("boss@example.com", { claims: { iss: `http://${team.domain}` } }), "401 sign_in_unknown"],
    ["another issuer", team.token("boss@example.com", { claims: { iss: "https://other.cloudflareaccess.com" } }), "401 sign_in_unknown"],
    ["another audience", team.token("boss@example.com", { claims: { aud: ["other"] } }), "401 sign_in_unknown"],
    ["an expired one", team.token("boss@example.com", { claims: { exp: now - 61 } }), "401 sign_in_expired"],
    ["one of tomorrow", team.token("boss@example.com", { claims: { nbf: now + 3600 } }), "401 sign_in_unknown"],
    ["a service", team.token("", { claims: { email: undefined, common_name: "svc" } }), "401 sign_in_unknown"],
  ] as const) {
    expect(await account(token), what).toBe(answer);
  }
  const agent = "/agents/coderagent/by-access";
  expect(await connects(app, agent, { "cf-access-jwt-assertion": good })).toBe("open");
  expect(await connects(app, agent, {})).toMatchObject({ code: 4401 });
  expect(team.fetches, "the keys are kept").toBe(1);
  team.rotate("k2", { only: true });
  const rotated = () => account(team.token("boss@example.com", { key: "k2" }));
  expect(await rotated(), "asked for a minute ago at most").toBe("401 sign_in_unknown");
  expect(team.fetches).toBe(1);
  await others.close();
  await team.close();
});
