// The benchmarks' reporter: one table of medians when all is measured.

import os from "node:os";
import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

export interface Figure {
  name: string;
  unit: string;
  samples: number[];
  /** What the median is held against, in the same unit; smaller is better. */
  target?: number;
}

export default class TableReporter implements Reporter {
  private readonly rows: string[] = [];
  private readonly failures: string[] = [];

  onTestBegin(test: TestCase): void {
    process.stderr.write(`> measuring: ${test.title}\n`);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status !== "passed") {
      this.failures.push(`- ${test.title}: ${result.error?.message ?? result.status}`);
    }
    const body = result.attachments.find(({ name }) => name === "figures")?.body;
    const figures: Figure[] = body ? JSON.parse(body.toString()) : [];
    this.rows.push(...figures.map(row));
  }

  onEnd(_result: FullResult): void {
    const load = os.loadavg()[0]?.toFixed(1);
    console.log(`${os.cpus().length} cores, node ${process.version}, load ${load} at the end.\n`);
    console.log("| measurement | median | p10 to p90 | samples | target | median : target |");
    console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
    console.log(this.rows.join("\n"));
    if (this.failures.length > 0) console.log(`\nNot measured:\n${this.failures.join("\n")}`);
  }

  printsToStdio(): boolean {
    return true;
  }
}

function row({ name, unit, samples, target }: Figure): string {
  const middle = quantile(samples, 0.5);
  const spread = samples.length > 1 ? `${shown(quantile(samples, 0.1))} to ${shown(quantile(samples, 0.9))}` : "";
  const cells = [
    name,
    `${shown(middle)} ${unit}`,
    spread,
    String(samples.length),
    target === undefined ? "" : `${shown(target)} ${unit}`,
    target === undefined ? "" : (middle / target).toFixed(2),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Between the two samples next to the place, in proportion. */
export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

function shown(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
