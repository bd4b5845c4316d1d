// `npm run sign-in-link`: prints a one-time link for the owner's sign-in, for a running or future server.
//
// `npm run sign-in-link -- https://coder.example.com` creates it for the address behind a proxy. DATA_DIR and PORT
// are those of the server.
import { Failure, main } from "./console.mjs";
import { place, shown } from "./serve/place.mjs";
import { workerSettings } from "./settings.mjs";
import { signInAddress } from "./sign_in/link.mjs";
import { ownerSecret, usesLinks } from "./sign_in/secret.mjs";

await main(async () => {
  const where = await place();
  const settings = await workerSettings();
  if (!usesLinks(settings)) throw new Failure("AUTH does not name `owner`, so this server accepts no sign-in links. Set AUTH as on the server, and run this again.");
  const secret = settings.OWNER_SECRET ?? (await ownerSecret(where.data)).secret;
  console.log(signInAddress(origin(where), secret));
  console.error("It works once, within an hour. Whoever opens it is signed in as the owner.");
});

function origin(where) {
  const given = process.argv[2];
  if (given === undefined) return `http://${shown(where)}`;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Failure(`"${given}" is not an address like https://coder.example.com.`);
  return url.origin;
}
