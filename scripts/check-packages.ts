// Looks at every package as it would be published: does publint accept it, do its types resolve, and does unimem
// install and run from the tarballs alone?
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll, withPackedUnimem } from "./packed-unimem.ts";

const folder = mkdtempSync(join(tmpdir(), "unimem-pack-"));
try {
  for (const [name, tarball] of Object.entries(packAll(folder))) {
    run("publint", ["run", tarball, "--strict"]);
    run("attw", [tarball, "--profile", "esm-only"]);
    console.log(`${name}: publint and attw accept it`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const app = `import { Memory } from "unimem";
const memory = new Memory({ embedder: "lexical", llm: false });
await memory.remember("We ship on Fridays.", { scope: "/team" });
const [match] = await memory.recall("When do we ship?");
if (match?.record.scope !== "/team") throw new Error("the packed package does not recall");
await memory.close();`;

await withPackedUnimem((installed) => {
  writeFileSync(join(installed, "app.mjs"), app);
  execFileSync(process.execPath, ["app.mjs"], { cwd: installed, stdio: "inherit" });
});
console.log("unimem: installs from its tarball, remembers and recalls");

function run(program: string, args: string[]): void {
  execFileSync(program, args, {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}
