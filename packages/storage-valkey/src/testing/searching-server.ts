import { onTestFinished } from "vitest";
import { startSearchStandIn } from "./search-stand-in/start-search-stand-in.ts";
import { connectValkey, type ValkeyConnection } from "./valkey-connection.ts";
import { startValkeyServer } from "./valkey-server.ts";

/** An own server with the Search module's stand-in in front, and a bare connection to it, until the test ends. */
export async function searchingServer(): Promise<{
  readonly url: string;
  readonly send: ValkeyConnection["send"];
}> {
  const server = await startValkeyServer({ appendonly: false });
  onTestFinished(() => server.stop());
  const { url, stop } = await startSearchStandIn({ target: server.url });
  onTestFinished(stop);
  const { send, close } = await connectValkey(url);
  onTestFinished(close);
  return { url, send };
}
