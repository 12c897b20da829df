import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Another process at work on the store in `uri`; answers with the last line it printed. */
export function runWorker(task: string, uri: string, ...options: string[]): Promise<string> {
  const script = fileURLToPath(new URL("store-worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, task, uri, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output.trim().split("\n").at(-1) ?? "");
      else reject(new Error(`The worker "${task}" ended with ${code}: ${errors}`));
    });
  });
}
