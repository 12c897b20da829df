import { describe, expect, test } from "vitest";
import { isMemoryError } from "../domain/memory-error.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { unhandledDuring } from "../testing/unhandled-during.ts";
import { Memory } from "./memory.ts";

const open = () => new Memory({ storage: inMemoryStorage(), embedder: scriptedEmbedder() });
const throwing = () => {
  throw new Error("canary");
};
const throwingList = () => new Proxy(["/a"], { get: throwing }) as never;
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy as never;
};
const content = () => Object.defineProperty({}, "content", { enumerable: true, get: throwing });

describe("what throws when it is read is refused, without what it threw", () => {
  test.each<[string, (memory: Memory) => unknown]>([
    ["a content", (memory) => memory.rememberMany([content() as never])],
    [
      "the class of a content",
      (memory) => memory.rememberMany([new Proxy({}, { getPrototypeOf: throwing }) as never]),
    ],
    ["a list of contents", (memory) => memory.rememberMany(throwingList())],
    ["a revoked list of contents", (memory) => memory.rememberMany(revoked())],
    ["a list of categories", (memory) => memory.remember("a", { categories: throwingList() })],
    ["a revoked list of ids", (memory) => memory.forget({ ids: revoked() })],
    ["the scopes of a slice", (memory) => memory.slice({ scopes: throwingList() })],
    [
      "a date that is a proxy",
      (memory) => memory.remember("a", { createdAt: new Proxy(new Date(), {}) }),
    ],
  ])("%s", async (_, call) => {
    const error: unknown = await (async () => call(open()))().catch((error) => error);
    expect(isMemoryError(error, "INVALID_INPUT")).toBe(true);
    expect(String(error)).not.toContain("canary");
  });
});

test("options are read once, so a signal that is another thing the second time harms nobody", async () => {
  const changing = () => {
    let reads = 0;
    const get = () => (reads++ === 0 ? undefined : "no signal");
    return Object.defineProperty({ scope: "/a" }, "signal", { enumerable: true, get });
  };
  const unhandled = await unhandledDuring(async () => {
    const memory = open();
    const slice = memory.slice({ scopes: ["/a"], readOnly: false });
    await memory.remember("a fact", changing());
    await memory.rememberMany(["another"], changing());
    await slice.remember("a third", changing());
    expect(await memory.count("/a")).toBe(3);
  });
  expect(unhandled).toEqual([]);
});
