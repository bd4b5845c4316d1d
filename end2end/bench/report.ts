// The reporter of the benchmarks: a table of medians and ratios at the end.

import os from "node:os";
import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import { quantile } from "./quantile.ts";

/** Smaller is better. */
export interface Figure {
  name: string;
  unit: string;
  samples: number[];
  /** The target of the median, in the same unit. */
  target?: number;
  /** The name of the figure that the median is compared with. */
  against?: string;
}

export default class TableReporter implements Reporter {
  private readonly figures: Figure[] = [];
  private readonly failures: string[] = [];

  onTestBegin(test: TestCase): void {
    process.stderr.write(`> measuring: ${test.title}\n`);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status !== "passed") {
      const skipped = test.annotations.find(({ type }) => type === "skip")?.description;
      this.failures.push(`- ${test.title}: ${result.error?.message ?? skipped ?? result.status}`);
    }
    const body = result.attachments.find(({ name }) => name === "figures")?.body;
    if (body) this.figures.push(...(JSON.parse(body.toString()) as Figure[]));
  }

  onEnd(_result: FullResult): void {
    const load = os.loadavg()[0]?.toFixed(1);
    console.log(`${os.cpus().length} cores, node ${process.version}, load ${load} at the end.\n`);
    console.log("| measurement | median | p10 to p90 | samples | ratio |");
    console.log("| --- | ---: | ---: | ---: | --- |");
    for (const figure of this.figures) console.log(this.row(figure));
    if (this.failures.length > 0) console.log(`\nNot measured:\n${this.failures.join("\n")}`);
  }

  printsToStdio(): boolean {
    return true;
  }

  private row(figure: Figure): string {
    const { name, unit, samples } = figure;
    const spread = samples.length > 1 ? `${shown(quantile(samples, 0.1))} to ${shown(quantile(samples, 0.9))}` : "";
    const cells = [name, `${shown(median(figure))} ${unit}`, spread, String(samples.length), this.ratio(figure)];
    return `| ${cells.join(" | ")} |`;
  }

  private ratio(figure: Figure): string {
    const { target, against, unit } = figure;
    const ratios: string[] = [];
    if (target !== undefined) ratios.push(`${shown(median(figure) / target)} × ${shown(target)} ${unit}`);
    const other = this.figures.find(({ name }) => name === against);
    if (other) ratios.push(`${shown(median(figure) / median(other))} × ${other.name}`);
    return ratios.join(", ");
  }
}

function median({ samples }: Figure): number {
  return quantile(samples, 0.5);
}

function shown(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
