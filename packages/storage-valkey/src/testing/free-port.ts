import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * So many different ports of the loopback that nobody listens on at this moment. They lie below those that systems
 * give to connections, and to servers that ask for any port: of these, any may be given away before it is used, and
 * again while its server is away for a restart.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    // Taken, or kept by the system for something else.
    if (/EADDRINUSE|EACCES/.test(String(error))) return false;
    throw error;
  }
  await once(server.close(), "close");
  return true;
}
