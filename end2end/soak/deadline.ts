// Waiting with a deadline.

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until `isSo`; after the deadline, `what` describes the condition and the present state. */
export async function until(isSo: () => boolean, milliseconds: number, what: () => string): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds / 1000} s for ${what()}`);
    await pause(25);
  }
}
