// region five-lines
import { testStorage } from "@unimem/conformance/vitest";
import { inMemoryStorage } from "@unimem/core/storage";

testStorage({
  name: "in-memory",
  create: async () => ({ handle: ({ runtime }) => inMemoryStorage({ runtime }) }),
});
// endregion five-lines
