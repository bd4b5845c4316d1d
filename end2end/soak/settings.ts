// The size and intensity of the storm, from the environment; `scripts/soak.mjs` documents the options.

export interface Settings {
  seconds: number;
  connections: number;
  agents: number;
  restarts: number;
  seed: number;
  profile: "dev" | "release";
}

export function settings(): Settings {
  return {
    seconds: number("SOAK_SECONDS", 120),
    connections: number("SOAK_CONNECTIONS", 200),
    agents: number("SOAK_AGENTS", 50),
    restarts: number("SOAK_RESTARTS", 4),
    seed: number("SOAK_SEED", Date.now() % 1_000_000),
    profile: process.env.SOAK_PROFILE === "dev" ? "dev" : "release",
  };
}

function number(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is a whole number, not "${process.env[name]}"`);
  return value;
}
