import { join } from "node:path";
import { systemRuntime } from "@unimem/core/storage";
import { expect, test } from "vitest";
import { connectLance } from "./connect-lance.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { everything, openStore, sampleRecord, temporaryDirectory } from "./testing/sample-store.ts";
import { openTombstones } from "./tombstones.ts";

test("a removal that a killed process left half done is completed at the next opening", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("a"), sampleRecord("b")], remove: [] });
  await store.close();
  const library = loadNativeLibrary();
  const connection = await connectLance(library, uri, undefined);
  const tombstones = await openTombstones({ library, connection, directory: uri });
  await tombstones.add(["a"], systemRuntime.now());

  const next = await openStore({ uri });
  const left = await next.list({ filter: everything, limit: 10, offset: 0 });
  expect(left.map(({ id }) => id)).toEqual(["b"]);
});

test("a write of a record whose removal was left half done completes the removal", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("a")], remove: [] });
  const library = loadNativeLibrary();
  const connection = await connectLance(library, uri, undefined);
  const tombstones = await openTombstones({ library, connection, directory: uri });
  await tombstones.add(["a"], systemRuntime.now());

  await store.write({ put: [sampleRecord("a", { revision: 2 }), sampleRecord("b")], remove: [] });
  const left = await store.list({ filter: everything, limit: 10, offset: 0 });
  expect(left.map(({ id }) => id)).toEqual(["b"]);
});

test("a batch that puts and removes is one version of the table", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("a"), sampleRecord("b")], remove: [] });
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const [name = ""] = await connection.tableNames();
  const table = await connection.openTable(name);
  const before = await table.version();
  await store.write({ put: [sampleRecord("c")], remove: ["a"] });
  expect(await table.version()).toBe(before + 1);
  expect(await store.count(everything)).toBe(2);
});

test("thousands of records are removed at once and stay removed", async () => {
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") });
  const put = Array.from({ length: 2_500 }, (_, seed) =>
    sampleRecord(`r${seed}`, { seed, metadata: { n: seed } }),
  );
  await store.write({ put, remove: [] });
  const ranged = { ...everything, metadata: { n: { gte: 2_400 } } };
  expect(await store.remove(ranged)).toBe(100);
  expect(await store.remove(everything)).toBe(2_400);
  await store.write({ put, remove: [] });
  expect(await store.count(everything)).toBe(0);
});
