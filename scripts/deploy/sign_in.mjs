// The owner's sign-in of a deployment.
import { freshSecret } from "./plan.mjs";

/** What sessions and the owner's links are signed with. */
const SECRET = "OWNER_SECRET";

/** The secrets that the sign-in `auth` needs and that are not `deployed`; `null`: the sign-in stays as it is. */
export function ownerSecrets({ auth, deployed }) {
  const wanted = auth !== null && /\bowner\b/i.test(auth);
  return wanted && !deployed.includes(SECRET) ? { [SECRET]: freshSecret() } : {};
}
