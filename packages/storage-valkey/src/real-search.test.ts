import { testStorage } from "@unimem/conformance/vitest";
import type { Runtime } from "@unimem/core/storage";
import { afterAll, beforeAll, describe } from "vitest";
import { connectValkey, type ValkeyConnection } from "./testing/valkey-connection.ts";
import { valkeyStorage } from "./valkey-storage.ts";

/** A server with the real Search module, which these tests empty. */
const url = process.env.VALKEY_SEARCH_URL ?? "";

describe.skipIf(url === "")("the storage contract on a real Search module", () => {
  let connection: ValkeyConnection;
  let stores = 0;

  beforeAll(async () => {
    connection = await connectValkey(url);
  });
  afterAll(() => connection.close());

  for (const index of ["flat", "hnsw"] as const) {
    const create = async () => {
      const prefix = `unimem-test-${process.pid}-${stores++}`;
      return {
        handle: ({ runtime }: { runtime: Runtime }) =>
          valkeyStorage({ url, prefix, search: "module", index, runtime }),
        dispose: () => connection.send("FLUSHDB").then(() => {}),
      };
    };
    testStorage({ name: `valkey-search, ${index}`, create });
  }
});
