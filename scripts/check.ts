// Everything that must hold before a change lands, in the order in which it fails fastest.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const skipTests = process.argv.includes("--without-tests"); // .ci/run has run them by the time it comes here

const examples = globSync("examples/*.ts")
  .filter((path) => !path.endsWith("demo.ts"))
  .sort();

const steps: Step[] = [
  { name: "format and lint", command: ["biome", "ci", "--error-on-warnings", "."] },
  { name: "types", command: ["tsc"] },
  { name: "docs are cut from code that runs", command: ["node", "scripts/docs.ts", "--check"] },
  ...(skipTests
    ? []
    : [{ name: "tests", command: ["vitest", "run", "--config", "vitest.workspace.ts"] }]),
  ...examples.map((path) => ({ name: path, command: ["node", path] })),
  { name: "build", command: ["turbo", "run", "build", "--output-logs=errors-only"] },
  { name: "packages as published", command: ["node", "scripts/check-packages.ts"] },
];

for (const { name, command } of steps) {
  const [program = "", ...args] = command;
  console.log(`\n== ${name}`);
  const { status } = spawnSync(program, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) {
    console.error(`\nFailed: ${name} (${command.join(" ")})`);
    process.exit(status ?? 1);
  }
}
console.log("\nAll checks hold.");
