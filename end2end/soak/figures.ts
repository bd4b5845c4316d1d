// The figures of a storm, as text.

import { quantile } from "../bench/quantile.ts";
import type { StormRecord } from "./record.ts";

const MEBIBYTE = 1024 * 1024;

export function figures(record: StormRecord, { calls, peak }: { calls: number; peak: number }): string {
  const submissions = record.submissions;
  const resent = submissions.reduce((sum, { sendings }) => sum + Math.max(0, sendings - 1), 0);
  const milliseconds = (part: number) => `${Math.round(quantile(record.settleTimes, part))} ms`;
  const interrupted = record.interrupted.length > 0 ? `${Math.min(...record.interrupted)}, ${Math.max(...record.interrupted)}` : "none";
  const rows: [string, string | number][] = [
    ["turns", `${submissions.length}, settled ${record.settleTimes.length}`],
    ["calls of the model", calls],
    ["connections dropped", record.drops],
    ["restarts of the server", record.restarts],
    ["submissions a restart interrupted, least and most", interrupted],
    ["connections made", record.connects],
    ["submissions sent again", resent],
    ["streams offered, replays heard", `${record.offers}, ${record.resumed}`],
    ["chunks heard again", record.duplicates],
    ["turns settled unheard", record.unheard],
    ["time to settle, p50 and p95", `${milliseconds(0.5)}, ${milliseconds(0.95)}`],
    ["memory of the server's processes, peak", peak > 0 ? `${Math.round(peak / MEBIBYTE)} MiB` : "not known"],
  ];
  return rows.map(([name, value]) => `  ${name}: ${value}`).join("\n");
}
