import { checkedStorage, inMemoryStorage } from "@unimem/core/storage";
import { testStorage } from "./vitest.ts";

testStorage({
  name: "in-memory, held to its contract",
  create: async () => ({ handle: (options) => checkedStorage(inMemoryStorage(options)) }),
});
