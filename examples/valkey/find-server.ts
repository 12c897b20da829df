import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FoundServer {
  readonly url: string;
  /** Ends the server that was started here. */
  stop(): Promise<void>;
}

/** `VALKEY_URL`, else a `valkey-server` from the PATH on a free port; `undefined` where there is neither. */
export async function findServer(): Promise<FoundServer | undefined> {
  const url = process.env.VALKEY_URL;
  if (url) return { url, stop: async () => {} };
  const directory = await mkdtemp(join(tmpdir(), "unimem-valkey-"));
  const port = await freePort();
  const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", directory];
  const child = spawn("valkey-server", [...place, "--save", "", "--appendonly", "yes"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) {
      const exit = once(child, "exit");
      child.kill();
      await exit;
    }
    await rm(directory, { recursive: true, force: true });
  };
  if (await isReady(child)) return { url: `valkey://127.0.0.1:${port}`, stop };
  await stop();
  return undefined;
}

function isReady(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", () => resolve(false));
    let log = "";
    child.stdout?.on("data", (text) => {
      log += text;
      if (log.includes("Ready to accept connections")) resolve(true);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
