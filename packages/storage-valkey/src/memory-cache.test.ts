import { memoryCache } from "@unimem/core";
import { manualRuntime } from "@unimem/core/testing";
import { testCache } from "./testing/cache-cases.ts";

// The cache that core has in the process is held to what the shared one does: who changes one for the other sees
// no difference.
testCache({
  name: "core's memoryCache, as every cache",
  async create(options) {
    const runtime = manualRuntime();
    return {
      cache: memoryCache({ ...options, runtime }),
      // It keeps a value through the last millisecond.
      outlive: async (ttlMs) => runtime.advance(ttlMs + 1),
    };
  },
});
