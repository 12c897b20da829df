// pnpm bench NAME [options]: measures, prints a table, and writes JSON to benchmarks/results/.
import { parseArgs } from "node:util";
import { report } from "./report.ts";

const benchmarks = {
  agent: async () => (await import("./agent-overhead.ts")).agentOverhead(),
  latency: async () => (await import("./latency.ts")).latency(),
  recall: async (data: string | undefined) => (await import("./recall.ts")).recall(data),
  valkey: async () => (await import("./valkey.ts")).valkey(),
  cost: async () => (await import("./cost.ts")).cost(),
};

const usage = `Usage: pnpm bench agent
       pnpm bench latency
       pnpm bench valkey
       pnpm bench cost
       pnpm bench recall --data FOLDER   (conversations in the format of LoCoMo, one JSON file each)`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, help: { type: "boolean" } },
});
const [name = ""] = positionals;
if (values.help || !Object.hasOwn(benchmarks, name)) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}
report(name, await benchmarks[name as keyof typeof benchmarks](values.data));
