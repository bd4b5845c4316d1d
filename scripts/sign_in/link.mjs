// The owner's one-time link. server/accounts/src/owner_link.rs describes its format and accepts it.
import { createHmac, randomBytes } from "node:crypto";

/** How long a link is valid, in milliseconds: an hour. */
export const LINK_LIFE = 3_600_000;

/** A link's text; `end` is in milliseconds since 1970. */
export function ownerLink(secret, end, nonce = randomBytes(16).toString("base64url")) {
  const signature = createHmac("sha256", secret).update(`coder-owner-link.${end}.${nonce}`).digest("base64url");
  return `coder_o_${end}.${nonce}.${signature}`;
}

/** The URL to open. `origin` is the server's, such as http://localhost:8787. */
export function signInAddress(origin, secret, now = Date.now()) {
  return `${origin}/sign-in?link=${ownerLink(secret, now + LINK_LIFE)}`;
}
