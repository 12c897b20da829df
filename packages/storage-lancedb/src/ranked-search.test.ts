import { join } from "node:path";
import { inMemoryStorage, type RecordFilter } from "@unimem/core/storage";
import { expect, test } from "vitest";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  sampleVector,
  temporaryDirectory,
} from "./testing/sample-store.ts";

test("a range of metadata that thousands satisfy is applied before the limit", async () => {
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") });
  const reference = inMemoryStorage();
  await reference.open(sampleSpace());
  const put = Array.from({ length: 2_400 }, (_, seed) =>
    sampleRecord(`r${seed}`, { seed, metadata: { n: seed % 2 }, categories: [`c${seed % 3}`] }),
  );
  for (const each of [store, reference]) await each.write({ put, remove: [] });
  const filter: RecordFilter = { visibleTo: "all", metadata: { n: { gt: 0 } } };

  const query = { vector: sampleVector(9_999), filter, limit: 300 };
  const [found, expected] = [await store.nearest(query), await reference.nearest(query)];
  expect(found.map(({ record }) => record.id)).toEqual(expected.map(({ record }) => record.id));
  const texts = await store.matching?.({ text: "note", filter, limit: 300 });
  expect(texts?.length).toBe(300);
  expect(texts?.every(({ record }) => record.metadata.n === 1)).toBe(true);
  expect(await store.count(filter)).toBe(1_200);
  expect(await store.categories(filter)).toEqual(await reference.categories(filter));
  expect(await store.scopes(filter)).toEqual(await reference.scopes(filter));
  const page = { filter, limit: 50, offset: 700 };
  expect(await store.list(page)).toEqual(await reference.list(page));
});

test("of equal vectors at the limit the newest are answered", async () => {
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") });
  const vector = sampleVector(1);
  const put = Array.from({ length: 200 }, (_, seed) =>
    sampleRecord(`r${seed}`, { seed, vector, content: "the same words" }),
  );
  await store.write({ put: put.slice(100), remove: [] });
  await store.write({ put: put.slice(0, 100), remove: [] });
  const newest = ["r199", "r198", "r197", "r196", "r195"];
  const filter: RecordFilter = { visibleTo: "all" };
  const near = await store.nearest({ vector, filter, limit: 5 });
  expect(near.map(({ record }) => record.id)).toEqual(newest);
});

test("a record has its whole self back, and a vector of its own", async () => {
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") });
  const record = sampleRecord("r", {
    content: "",
    metadata: { __proto_: 1, deep: [{ a: [null, "😀"] }], long: "x".repeat(100_000) },
    importance: 0.1 + 0.2,
    revision: Number.MAX_SAFE_INTEGER,
    createdAt: new Date(-8.64e15),
    supersededBy: "s",
    supersededAt: new Date(8.64e15),
    expiresAt: new Date(8.64e15),
  });
  await store.write({ put: [record], remove: [] });
  const [first] = await store.get(["r"]);
  expect(first).toEqual(record);
  first?.vector.fill(0);
  expect((await store.get(["r"]))[0]?.vector).toEqual(record.vector);
});

test("a text between quotation marks is words like any other, also where they are indexed", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const put = Array.from({ length: 1_200 }, (_, seed) => sampleRecord(`r${seed}`, { seed }));
  const first = await openStore({ uri });
  await first.write({ put, remove: [] });
  await first.close(); // merges, and so indexes
  const store = await openStore({ uri });
  const ids = async (text: string) =>
    (await store.matching?.({ text, filter: everything, limit: 9 }))?.map(
      ({ record: { id } }) => id,
    );
  expect(await ids("note 7")).toHaveLength(9);
  for (const text of ['"note 7"', ' "7 note" ', '"note"', '"', '""']) {
    const words = text.replaceAll('"', "");
    expect(await ids(text)).toEqual(await ids(words));
  }
});
