// Loaded into wrangler: when the script that started it was killed outright, it ends too and leaves no server behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
}, 1_000).unref();
