import { execFileSync } from "node:child_process";
import { withPackedUnimem } from "../scripts/packed-unimem.ts";
import { median } from "./interleave.ts";
import type { Finding } from "./report.ts";

const script = `
const start = performance.now();
await import("unimem");
console.log(JSON.stringify({ ms: performance.now() - start, mb: process.memoryUsage().rss / 1e6 }));`;

/** What `import "unimem"` costs as installed from its packages, before anything is used. */
export async function measureImport(): Promise<Finding[]> {
  return withPackedUnimem((app) => {
    const runs = Array.from({ length: 9 }, () => {
      const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: app,
        encoding: "utf8",
      });
      return JSON.parse(printed) as { ms: number; mb: number };
    });
    const ms = median(runs.map((run) => run.ms));
    const mb = median(runs.map((run) => run.mb));
    const bare = Number(
      execFileSync(process.execPath, ["-p", "process.memoryUsage().rss / 1e6"], {
        encoding: "utf8",
      }),
    );
    return [
      {
        what: 'import "unimem": time',
        measured: `${ms.toFixed(0)} ms`,
        target: "≤ 80 ms",
        holds: ms <= 80,
      },
      {
        what: 'import "unimem": memory',
        measured: `${mb.toFixed(0)} MB`,
        beside: `bare Node ${bare.toFixed(0)} MB`,
        target: "≤ 70 MB",
        holds: mb <= 70,
      },
    ];
  });
}
