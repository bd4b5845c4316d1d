// Access control: every route and every kind of connection, for every caller.

import { ownerLink } from "../../scripts/sign_in/link.mjs";
import type { App } from "../fixture/app.ts";
import { connects, OWNER_SECRET, Person, redeem, SIGN_IN, type Credential } from "../fixture/people.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";

const PROXY_SECRET = "what-the-proxy-shows";
const SETTINGS = { PROVIDER: "demo", PROXY_SECRET, ...SIGN_IN };
const NAME = "anns-own";
const CONVERSATION = `/agents/coderagent/${NAME}`;
const SECRET_WORDS = "The plans of Ann";

/** The result for a caller: admitted, or a status with a code and a WebSocket's close code. */
type Verdict = "in" | { status: number; code: string; close: number };

const signedOut = (code: string): Verdict => ({ status: 401, code, close: 4401 });
const NOT_YOURS: Verdict = { status: 404, code: "not_found", close: 4403 };
const READS_ONLY: Verdict = { status: 403, code: "shared_for_reading", close: 0 };
const NO_SCOPE: Verdict = { status: 403, code: "missing_scope", close: 0 };

/** All callers of Ann's conversation, with the results of reading it and of changing its files. */
async function everybody(app: App): Promise<[who: string, credential: Credential, reads: Verdict, writes: Verdict][]> {
  const owner = await Person.owner(app);
  const ann = await owner.invites("Ann");
  const socket = await RawSocket.open(app.url, NAME, ann.credential);
  await socket.end(socket.ask(SECRET_WORDS));
  socket.close();
  const guest = await ann.shares(NAME, "Guest");
  const phone = await ann.onAnotherDevice();
  await phone.signsOut();
  const gone = await owner.invites("Gone");
  await owner.removes("Gone");
  const revoked = await ann.token(["chat"]);
  await ann.revokes((await ann.overview()).tokens[0]!.id);
  const chats = await ann.token(["chat"]);
  const [cookieName, session] = ann.credential.cookie!.split("=") as [string, string];
  const forged = { person: "owner", role: "owner", scopes: ["read", "chat", "files", "admin"], credential: "local" };
  const unknown = signedOut("sign_in_unknown");
  const missing = signedOut("not_signed_in");
  const ended = signedOut("sign_in_revoked");
  const out = (who: string, credential: Credential, verdict: Verdict): [string, Credential, Verdict, Verdict] => [who, credential, verdict, verdict];
  return [
    out("nobody", {}, missing),
    out("a made-up session", { cookie: `${cookieName}=coder_s_${"A".repeat(43)}` }, unknown),
    out("a session cut short", { cookie: `${cookieName}=${session.slice(0, -1)}` }, unknown),
    out("an empty session", { cookie: `${cookieName}=` }, unknown),
    out("a made-up token", { authorization: "Bearer coder_t_made-up" }, unknown),
    out("a password", { authorization: "Basic b3duZXI6" }, missing),
    out("a session as a token", { authorization: `Bearer ${session}` }, unknown),
    out("a token as a session", { cookie: `${cookieName}=${chats.credential.authorization!.slice(7)}` }, unknown),
    out("a session that was signed out", phone.credential, ended),
    out("a revoked token", revoked.credential, ended),
    out("a member who was removed", gone.credential, ended),
    out("an object's own header", { "x-coder-caller": JSON.stringify(forged) }, missing),
    out("another member", (await owner.invites("Bob")).credential, NOT_YOURS),
    out("another member with an object's own header", { ...(await owner.invites("Carl")).credential, "X-Coder-Caller": JSON.stringify(forged) }, NOT_YOURS),
    out("the server's owner", owner.credential, NOT_YOURS),
    out("her token for another conversation", (await ann.token(["chat", "files"], "another")).credential, NOT_YOURS),
    ["a viewer", guest.credential, "in", READS_ONLY],
    ["her token for reading", (await ann.token([])).credential, "in", NO_SCOPE],
    ["her token for chatting", chats.credential, "in", NO_SCOPE],
    ["her token for files", (await ann.token(["files"])).credential, "in", "in"],
    ["her token for this conversation", (await ann.token(["chat", "files"], NAME)).credential, "in", "in"],
    ["her session", ann.credential, "in", "in"],
  ];
}

/** The possible responses for an admitted caller, by route. A 404 of the workspace itself has no code. */
const ROUTES: { method: string; path: string; writes?: true; in: number[]; body?: string }[] = [
  { method: "GET", path: `/chat/${NAME}`, in: [200] },
  { method: "GET", path: `${CONVERSATION}/get-messages`, in: [200] },
  { method: "GET", path: `${CONVERSATION}/get-messages?include=growing`, in: [200] },
  { method: "GET", path: `${CONVERSATION}/files`, in: [200] },
  { method: "GET", path: `${CONVERSATION}/files/a.txt`, in: [200, 404] },
  { method: "HEAD", path: `${CONVERSATION}/files/a.txt`, in: [200, 404] },
  { method: "GET", path: `${CONVERSATION}/archive.zip`, in: [200] },
  { method: "GET", path: `${CONVERSATION}/nothing`, in: [404] },
  { method: "PUT", path: `${CONVERSATION}/files/a.txt`, writes: true, in: [200, 201, 204], body: "a" },
  { method: "POST", path: `${CONVERSATION}/files/a.txt`, writes: true, in: [400, 404, 405] },
  { method: "PATCH", path: `${CONVERSATION}/files/a.txt`, writes: true, in: [400, 404, 405] },
  { method: "DELETE", path: `${CONVERSATION}/files/a.txt`, writes: true, in: [204, 200, 404] },
  { method: "PUT", path: `${CONVERSATION}/archive.zip`, writes: true, in: [400, 422], body: "no archive" },
];

test("every route answers everybody as they deserve", async ({ startApp }) => {
  const app = await startApp({ settings: SETTINGS });
  const people = await everybody(app);
  for (const { method, path, writes: isWrite, in: letIn, body } of ROUTES) {
    for (const [who, credential, reads, writes] of people) {
      const verdict = isWrite ? writes : reads;
      const isPage = path.startsWith("/chat/");
      const response = await fetch(`${app.url}${path}`, { method, body, headers: { ...credential, accept: isPage ? "text/html" : "*/*" } });
      const text = await response.text();
      const context = `${method} ${path} by ${who}: ${response.status} ${text.slice(0, 200)}`;
      if (verdict === "in") {
        expect(letIn, context).toContain(response.status);
        if (!isPage) expect(text, context).not.toContain(`"code":"`);
        continue;
      }
      expect(response.status, context).toBe(verdict.status);
      expect(text, context).not.toContain(SECRET_WORDS);
      if (isPage) expect(response.headers.get("content-type"), context).toContain("text/html");
      else if (method !== "HEAD") expect(JSON.parse(text), context).toEqual({ error: expect.any(String), code: verdict.code });
    }
  }
});

test("a WebSocket opens for everybody, and closes with a code and a reason for callers without access", async ({ startApp }) => {
  const app = await startApp({ settings: SETTINGS });
  for (const [who, credential, reads] of await everybody(app)) {
    const seen = await connects(app, CONVERSATION, credential);
    if (reads === "in") expect(seen, who).toBe("open");
    else expect(seen, who).toEqual({ code: reads.close, reason: expect.stringMatching(/^[A-Z].+\.$/) });
  }
});

test("a viewer is refused every changing frame, with a reason, and stays connected", async ({ startApp }) => {
  const app = await startApp({ settings: SETTINGS });
  const people = await everybody(app);
  const readers = people.filter(([who]) => ["a viewer", "her token for reading", "her token for files"].includes(who));
  const [, ann] = people.at(-1)!;
  const before = await (await fetch(`${app.url}${CONVERSATION}/get-messages`, { headers: ann })).text();
  for (const [who, credential] of [...readers, ["her own read-only tab", ann] as const]) {
    const path = who.includes("read-only") ? `${NAME}?readonly=true&x=` : NAME;
    const socket = await RawSocket.open(app.url, path, credential);
    const refused = async (frame: object, fits: (frame: Record<string, unknown>) => boolean) => {
      socket.send(frame);
      await socket.frame(fits);
    };
    const ask = socket.ask("Delete everything");
    expect(await socket.end(ask), who).toMatchObject({ error: true });
    const frameError = (kind: string) => (frame: Record<string, unknown>) => frame.type === "cf_agent_frame_error" && frame.frame === kind;
    await refused({ type: "cf_agent_chat_clear" }, frameError("cf_agent_chat_clear"));
    await refused({ type: "cf_agent_chat_messages", messages: [] }, frameError("cf_agent_chat_messages"));
    await refused({ type: "cf_agent_chat_request_cancel", id: "r" }, frameError("cf_agent_chat_request_cancel"));
    await refused({ type: "cf_agent_tool_approval", toolCallId: "c", approved: true }, frameError("cf_agent_tool_approval"));
    await refused({ type: "cf_agent_tool_result", toolCallId: "c", toolName: "t", output: 1 }, frameError("cf_agent_tool_result"));
    await refused({ type: "cf_agent_state", state: { title: "Mine" } }, ({ type }) => type === "cf_agent_state_error");
    await expect(socket.call("setProjectContext", "mine"), who).rejects.toThrow(/readonly|reading|scope/);
    expect(await socket.call("echo", "still here"), who).toBe("still here");
    socket.close();
  }
  const after = await (await fetch(`${app.url}${CONVERSATION}/get-messages`, { headers: ann })).text();
  expect(after).toBe(before);
});

test("a ticket opens one WebSocket, is not handed on and is not logged", async ({ startApp }) => {
  const app = await startApp({ settings: SETTINGS });
  const owner = await Person.owner(app);
  const token = await owner.token(["chat"]);
  for (const person of [owner, token]) {
    const ticket = await person.ticket();
    const path = `/agents/coderagent/with-a-ticket?_pk=1&ticket=${ticket}`;
    const http = await fetch(`${app.url}/agents/coderagent/with-a-ticket/get-messages?ticket=${ticket}`);
    expect(http.status, "it is for WebSockets alone").toBe(401);
    expect(await connects(app, path, {})).toBe("open");
    expect(await connects(app, path, {}), "once").toEqual({ code: 4401, reason: expect.stringContaining("used already") });
    expect(app.log).not.toContain(ticket);
  }
  expect(await connects(app, "/agents/coderagent/with-a-ticket?ticket=made-up", {})).toMatchObject({ code: 4401 });
  const anonymous = await fetch(`${app.url}/tickets`, { method: "POST" });
  expect(anonymous.status).toBe(401);
  expect((await fetch(`${app.url}/tickets`, { headers: owner.credential })).status, "not by GET").toBe(405);
});

test("a link signs in once, and only when its button is pressed", async ({ startApp }) => {
  const app = await startApp({ settings: SETTINGS });
  const link = ownerLink(OWNER_SECRET, Date.now() + 60_000);
  for (let look = 0; look < 3; look += 1) {
    const preview = await fetch(`${app.url}/sign-in?link=${link}`);
    expect([preview.status, preview.headers.get("set-cookie")]).toEqual([200, null]);
  }
  const first = await redeem(app, link);
  expect([first.status, first.headers.get("location")]).toEqual([303, "/"]);
  expect(first.headers.get("set-cookie")).toMatch(new RegExp(`^coder-session-${app.port}=coder_s_[\\w-]{43}; Max-Age=\\d+; Path=/; HttpOnly; SameSite=Lax$`));
  for (const [what, spoilt] of [
    ["used", link],
    ["expired", ownerLink(OWNER_SECRET, Date.now() - 1)],
    ["of another secret", ownerLink("another-secret-another-secret-another", Date.now() + 60_000)],
    ["changed", link.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
    ["made up", "coder_l_made-up"],
  ] as const) {
    const refused = await redeem(app, spoilt);
    expect([refused.status, refused.headers.get("set-cookie")], what).toEqual([401, null]);
  }
  expect(app.log).not.toContain(link);
  const behindTls = await fetch(`${app.url}/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ link: ownerLink(OWNER_SECRET, Date.now() + 60_000) }),
    redirect: "manual",
    headers: { "x-forwarded-proto": "https", "x-proxy-secret": PROXY_SECRET },
  });
  expect(behindTls.headers.get("set-cookie")).toMatch(/^__Host-coder=.*; Secure$/);
});

test("people who are signed out or removed are disconnected at once", async ({ startApp }) => {
  const app = await startApp({ settings: SETTINGS });
  const owner = await Person.owner(app);
  const phone = await owner.onAnotherDevice();
  const ann = await owner.invites("Ann");
  const token = await ann.token(["chat"]);
  const stays = await RawSocket.open(app.url, "of-the-owner", owner.credential);
  await stays.end(stays.ask("Hello"));
  const open = async (person: Person, name: string) => {
    const socket = await RawSocket.open(app.url, name, person.credential);
    await socket.frame(({ type }) => type === "cf_agent_identity");
    return socket;
  };
  const [onPhone, anns, program] = [await open(phone, "of-the-owner"), await open(ann, "of-ann"), await open(token, "of-ann")];
  await phone.signsOut();
  expect(await onPhone.closed()).toEqual({ code: 4401, reason: "The sign-in was revoked; sign in again." });
  await owner.removes("Ann");
  for (const socket of [anns, program]) expect(await socket.closed()).toMatchObject({ code: 4401 });
  expect(await stays.call("echo", "still here")).toBe("still here");
  stays.close();
});
