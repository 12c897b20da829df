import { inspect } from "node:util";
import { isMemoryError, Memory } from "unimem";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ensureValkeyServer } from "../packages/storage-valkey/src/testing/ensure-valkey-server.ts";
import {
  startValkeyServer,
  type ValkeyServer,
} from "../packages/storage-valkey/src/testing/valkey-server.ts";

const password = "hunter2 & more";
const offline = { embedder: "lexical", llm: false } as const;

describe.skipIf(!ensureValkeyServer({ install: true }))("unimem on a Valkey server", () => {
  let server: ValkeyServer;
  beforeAll(async () => {
    server = await startValkeyServer({ password });
  });
  afterAll(() => server.stop());

  test("the URL of a server is all that it takes, and two memories share what it holds", async () => {
    const storage = `${server.url}?prefix=by-url`;
    const writer = new Memory({ storage, ...offline });
    const reader = new Memory({ storage, ...offline });
    await writer.remember("The spare key hangs behind the clock.", { scope: "/house" });
    const [match] = await reader.recall("Where is the key?");
    expect(match?.record).toMatchObject({ scope: "/house", content: expect.stringMatching("key") });
    await Promise.all([writer.close(), reader.close()]);
  });

  test("UNIMEM_STORAGE may be such a URL", async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("UNIMEM_STORAGE", `${server.url}?prefix=by-environment`);
    const memory = new Memory(offline);
    await memory.remember("The clock is in the hall.");
    expect(await memory.count()).toBe(1);
    await memory.close();
  });

  test("a password is in no error, with all its causes and details", async () => {
    const secret = encodeURIComponent("not the one, hunter2");
    const wrong = `valkey://:${secret}@127.0.0.1:${server.port}`;
    for (const storage of [wrong, `${wrong}?unknown=1`, `${wrong}/no-number`, `${wrong}#`]) {
      const memory = new Memory({ storage, ...offline });
      const error = await memory.remember("a").catch((reason: unknown) => reason);
      expect(isMemoryError(error)).toBe(true);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("hunter2");
      await memory.close().catch(() => {});
    }
  });
});
