import { expect, test } from "vitest";
import { VersionCache } from "./version-cache.ts";

function countedCache(size: number) {
  const cache = new VersionCache<number>(size);
  let finds = 0;
  const ask = (key: string, version: number, at: number, until = Number.POSITIVE_INFINITY) =>
    cache.get(key, { version, at }, async () => ({ answer: ++finds, until }));
  return ask;
}

test("an answer holds for its question and version, and for nothing else", async () => {
  const ask = countedCache(2);
  expect(await ask("a", 1, 0)).toBe(1);
  expect(await ask("a", 1, 0)).toBe(1);
  expect(await ask("b", 1, 0)).toBe(2);
  expect(await ask("a", 2, 0)).toBe(3);
});

test("an answer holds from the moment it was asked as of until its time is over", async () => {
  const ask = countedCache(2);
  expect(await ask("a", 1, 10, 20)).toBe(1);
  expect(await ask("a", 1, 19, 20)).toBe(1);
  expect(await ask("a", 1, 9, 20)).toBe(2); // what had expired by 10 was still there
  expect(await ask("a", 1, 20, 30)).toBe(3);
});

test("what was asked for longest ago is forgotten first", async () => {
  const ask = countedCache(2);
  await ask("a", 1, 0);
  await ask("b", 1, 0);
  await ask("a", 1, 0);
  await ask("c", 1, 0);
  expect(await ask("a", 1, 0)).toBe(1);
  expect(await ask("b", 1, 0)).toBe(4);
});
