import type { TestProject } from "vitest/node";
import { ensureValkeyServer, waysToGetAServer } from "./ensure-valkey-server.ts";
import { startValkeyServer } from "./valkey-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server that the tests share; `null` where there is none. */
    valkeyUrl: string | null;
    /** Whether tests can start servers of their own. */
    canStartValkey: boolean;
  }
}

/** Finds or starts the one server that all tests of the package share, each with keys of its own. */
export default async function provideServer({ provide }: TestProject): Promise<() => unknown> {
  const given = process.env.VALKEY_URL ?? "";
  const canStart = ensureValkeyServer({ install: given === "" });
  if (!canStart) reportMissing(given);
  const own = given === "" && canStart ? await startValkeyServer() : undefined;
  provide("valkeyUrl", own?.url ?? (given === "" ? null : given));
  provide("canStartValkey", canStart);
  return () => own?.stop();
}

function reportMissing(given: string): void {
  const what =
    given === ""
      ? `Tests of @unimem/valkey need a server. Either ${waysToGetAServer.join(", or ")}.`
      : "VALKEY_URL is tested, but valkey-server is not on the PATH, so tests cannot stop and break servers.";
  // The client has no build for Windows, so there is nothing to test there.
  if (process.env.CI === "true" && process.platform !== "win32") throw new Error(what);
  process.stderr.write(`\nSKIPPED: ${what}\n\n`);
}
