import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./free-port.ts";
import { endServerProcess, startServerProcess } from "./server-process.ts";

export interface ValkeyServerOptions {
  /** When the append-only file reaches the disk; `false` keeps nothing over a restart. @default "everysec" */
  readonly appendonly?: "always" | "everysec" | "no" | false;
  readonly password?: string;
  /** As the server writes it: "3mb". */
  readonly maxmemory?: string;
  /** Which argument names one port more: "--tls-port". */
  readonly secondPort?: string;
  /** More arguments of the command line. */
  readonly args?: readonly string[];
}

/** A server of the test's own, on the loopback, with a folder of its own. */
export interface ValkeyServer {
  /** With the password where there is one. */
  readonly url: string;
  readonly port: number;
  /** The one that `secondPort` asked for; 0 where nothing did. */
  readonly secondPort: number;
  /** Ends it in good order and deletes its folder. */
  stop(): Promise<void>;
  /** Ends it as a crash would, with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on its port and folder, after `kill`. */
  restart(): Promise<void>;
  /** Stops it in the middle of what it does; connections stay open, nothing is answered. */
  freeze(): void;
  thaw(): void;
}

/** Starts an own `valkey-server`; `ensureValkeyServer` says whether that can be done here. */
export async function startValkeyServer({
  appendonly = "everysec",
  password,
  maxmemory,
  secondPort,
  args = [],
}: ValkeyServerOptions = {}): Promise<ValkeyServer> {
  const directory = await mkdtemp(join(tmpdir(), "unimem-valkey-"));
  const settings = [
    ...["--bind", "127.0.0.1", "--dir", directory, "--save", "", "--daemonize", "no"],
    ...(appendonly === false
      ? ["--appendonly", "no"]
      : ["--appendonly", "yes", "--appendfsync", appendonly]),
    ...(password === undefined ? [] : ["--requirepass", password]),
    ...(maxmemory === undefined ? [] : ["--maxmemory", maxmemory]),
    ...args,
  ];
  const named = secondPort === undefined ? ["--port"] : ["--port", secondPort];
  const started = await startOnFreePorts(named, settings);
  const [port = 0, second = 0] = started.ports;
  let { child } = started;
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  return {
    url: `valkey://${secret}127.0.0.1:${port}`,
    port,
    secondPort: second,
    async stop() {
      await endServerProcess(child, "SIGTERM");
      await rm(directory, { recursive: true, force: true });
    },
    kill: () => endServerProcess(child, "SIGKILL"),
    async restart() {
      child = await startServerProcess(started.args);
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}

// Another program may take a free port before the server does; then others are tried.
async function startOnFreePorts(named: readonly string[], settings: readonly string[]) {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(named.length);
    const args = [...named.flatMap((name, i) => [name, String(ports[i])]), ...settings];
    try {
      return { ports, args, child: await startServerProcess(args) };
    } catch (error) {
      if (attempt === 5 || !String(error).includes("Address already in use")) throw error;
    }
  }
}
