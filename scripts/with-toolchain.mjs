// Runs a command with this repository's Node and pnpm, and with its dependencies installed.
// Plain JavaScript, because it must start on a Node that cannot run TypeScript.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const NODE = "24.21.0";
const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);
const command = process.argv.slice(2);
// Where the user stands: npm says it in INIT_CWD, which the next npm or pnpm overwrites.
const env = {
  ...process.env,
  UNIMEM_CALLER_DIR: process.env.UNIMEM_CALLER_DIR ?? process.env.INIT_CWD ?? process.cwd(),
};

const [major, minor] = process.versions.node.split(".").map(Number);
const nodeIsNew = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
const pnpm = run("pnpm", ["--version"], { stdio: "pipe", encoding: "utf8" }).stdout?.trim() ?? "";

if (nodeIsNew && pnpm.startsWith("12.")) {
  const install = ["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"];
  // What the install prints is not what the command prints: keep standard output for the latter.
  const installed = run("pnpm", install, { stdio: ["inherit", 2, "inherit"] });
  process.exit(exitCode(installed) || exitCode(run("pnpm", ["exec", ...command])));
}
if (process.env.UNIMEM_TOOLCHAIN) {
  console.error(
    `Still on Node ${process.versions.node} and pnpm ${pnpm || "(none)"} after fetching.`,
  );
  process.exit(1);
}
console.error(
  `Using Node ${NODE} and ${packageManager} from the npm registry (cached for next time).`,
);
const packages = [`--package=node@${NODE}`, `--package=${packageManager}`];
const again = ["node", fileURLToPath(import.meta.url), ...command];
// --prefer-offline: without it npm asks the registry again on every run, and fails with no network.
const fetched = run("npm", ["exec", "--yes", "--prefer-offline", ...packages, "--", ...again], {
  env: { ...env, UNIMEM_TOOLCHAIN: "1" },
});
process.exit(exitCode(fetched));

/** A program ended by a signal has no status, and has not succeeded. */
function exitCode({ status }) {
  return status ?? 1;
}

function run(program, args, options) {
  const windows = process.platform === "win32"; // pnpm and npm are .cmd files there: they need a shell
  const quoted = windows ? args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)) : args;
  return spawnSync(program, quoted, {
    cwd: root,
    env,
    stdio: "inherit",
    shell: windows,
    ...options,
  });
}
