import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Another process at work on the store in `uri`; answers with the last line it printed. */
export async function runWorker(task: string, uri: string, ...options: string[]): Promise<string> {
  const { output, signal } = await workerEnd(task, uri, ...options);
  if (signal !== null) throw new Error(`The worker "${task}" was killed.`);
  return output;
}

/** The same for one that may be killed on its way; answers whether it was. */
export async function runMortalWorker(
  task: string,
  uri: string,
  ...options: string[]
): Promise<boolean> {
  return (await workerEnd(task, uri, ...options)).signal === "SIGKILL";
}

function workerEnd(
  task: string,
  uri: string,
  ...options: string[]
): Promise<{ output: string; signal: NodeJS.Signals | null }> {
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
    child.on("close", (code, signal) => {
      if (code === 0 || signal !== null)
        resolve({ output: output.trim().split("\n").at(-1) ?? "", signal });
      else reject(new Error(`The worker "${task}" ended with ${code}: ${errors}`));
    });
  });
}
