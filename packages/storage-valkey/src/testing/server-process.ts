import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts `valkey-server` and waits until it takes connections, with everything loaded that it had stored. */
export async function startServerProcess(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn("valkey-server", args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let log = "";
  await new Promise<void>((resolve, reject) => {
    const read = (text: Buffer) => {
      log += text;
      if (log.includes("Ready to accept connections")) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`valkey-server ended with ${code ?? signal} as it started:\n${log}`)),
    );
  });
  return child;
}

/** Ends the process, also one that is stopped, and waits until it is gone. */
export async function endServerProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  child.kill("SIGCONT");
  await exit;
}
