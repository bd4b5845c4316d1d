// The Rust toolchain and the C compiler that links its build scripts.
import { Failure, output } from "../console.mjs";
import { ensureWasmStd } from "./wasm_std.mjs";

/** The tools for programs of this machine. */
export async function ensureCargo() {
  for (const program of ["cargo", "rustc"]) {
    if ((await output(program, ["--version"])) === null) {
      throw new Failure(`${program} was not found; install Rust from https://rustup.rs and open a new terminal.`);
    }
  }
  if ((await output("cc", ["--version"])) === null) {
    throw new Failure("No C compiler (cc) was found and Rust links with it; install one, on Debian or Ubuntu with `apt install build-essential`.");
  }
}

/** The tools for a build. */
export async function ensureRust() {
  await ensureCargo();
  await ensureWasmStd();
}
