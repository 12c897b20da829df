import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** One thing that was measured. `target` is what it is held to, where something is. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  /** What it was measured beside, in the same run. */
  readonly beside?: string;
  readonly target?: string;
  readonly holds?: boolean;
}

/** Prints the findings as a table and keeps them as JSON. A benchmark reports; it never fails a build. */
export function report(name: string, findings: readonly Finding[]): void {
  const rows = findings.map(({ what, measured, beside = "", target = "", holds }) => [
    what,
    measured,
    beside,
    target,
    holds === undefined ? "" : holds ? "yes" : "NO",
  ]);
  const table = [["what", "measured", "beside", "target", "holds"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...table.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = table;
  console.log(
    [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...body.map(line)].join("\n"),
  );

  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cores: cpus().length,
  };
  const path = new URL(`${name}.json`, folder);
  writeFileSync(path, `${JSON.stringify({ name, machine, findings }, null, 2)}\n`);
  console.log(`\nAlso in benchmarks/results/${name}.json`);
}
