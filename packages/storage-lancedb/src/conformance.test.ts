import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStorage } from "@unimem/conformance/vitest";
import { lanceStorage } from "./lance-storage.ts";

testStorage({
  name: "lancedb",
  async create() {
    const directory = await mkdtemp(join(tmpdir(), "unimem-lancedb-"));
    return {
      handle: ({ runtime }) => lanceStorage({ uri: join(directory, "store"), runtime }),
      dispose: () => rm(directory, { recursive: true, force: true }),
    };
  },
});
