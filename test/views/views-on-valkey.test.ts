import { valkeyStorage } from "@unimem/valkey";
import type { ManualRuntime } from "unimem/testing";
import { test } from "vitest";
import { describeWithServer } from "../../packages/storage-valkey/src/testing/provided-server.ts";
import { samplePrefix } from "../../packages/storage-valkey/src/testing/sample-record.ts";
import { makeView } from "./view-plan.ts";
import { viewsHold } from "./views-hold.ts";

describeWithServer("what views.test.ts shows of views", (url) => {
  const onServer = async (runtime: ManualRuntime) => {
    const prefix = samplePrefix();
    return { storage: valkeyStorage({ url, prefix, searchConnections: 1, runtime }) };
  };

  test("holds on Valkey", async () => {
    await viewsHold(onServer, makeView, { runs: 40, shrink: false });
  });
});
