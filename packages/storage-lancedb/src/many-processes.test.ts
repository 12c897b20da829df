import { join } from "node:path";
import { expect, test } from "vitest";
import { runWorker } from "./testing/run-worker.ts";
import { everything, openStore, sampleVector, temporaryDirectory } from "./testing/sample-store.ts";

const processes = ["0", "1", "2", "3", "4", "5", "6", "7"];

test("eight processes create one store and write to it, and every record is there once", async () => {
  const uri = join(await temporaryDirectory(), "new", "store");
  await Promise.all(
    processes.map((prefix) => runWorker("insert", uri, JSON.stringify({ prefix, count: 15 }))),
  );
  const store = await openStore({ uri });
  const ids = (await store.list({ filter: everything, limit: 1_000, offset: 0 })).map(
    ({ id }) => id,
  );
  expect(ids).toHaveLength(processes.length * 15);
  expect(new Set(ids).size).toBe(ids.length);
});

test("of revisions that four processes write at once the highest stands", async () => {
  const uri = join(await temporaryDirectory(), "store");
  await Promise.all(
    processes
      .slice(0, 4)
      .map((prefix) => runWorker("revise", uri, JSON.stringify({ prefix, count: 15 }))),
  );
  const store = await openStore({ uri });
  expect(await store.count(everything)).toBe(3);
  const found = await store.get(["shared-0", "shared-1", "shared-2"]);
  expect(found.map((record) => record?.revision)).toEqual([124, 134, 144]);
  expect(found.map((record) => record?.content)).toEqual([
    "revision 124 of shared-0",
    "revision 134 of shared-1",
    "revision 144 of shared-2",
  ]);
});

test("ids that several processes write and remove at once stay removed", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const options = JSON.stringify({ count: 6 });
  await Promise.all([1, 2, 3].map(() => runWorker("contend", uri, options)));
  const store = await openStore({ uri });
  expect(await store.list({ filter: everything, limit: 10, offset: 0 })).toEqual([]);
});

test("readers survive that another process prunes the versions they read", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  const policy = {
    commitsPerCheck: 2,
    fewestFragments: 2,
    mostFragments: 2,
    graceMs: 0,
    sharedGraceMs: 0,
  };
  let isWriting = true;
  const worker = runWorker("insert", uri, JSON.stringify({ count: 150, policy })).finally(() => {
    isWriting = false;
  });
  let reads = 0;
  for (let known = 0; isWriting; reads++) {
    const [records, near, matching, scopes] = await Promise.all([
      store.list({ filter: everything, limit: 1_000, offset: 0 }),
      store.nearest({ vector: sampleVector(1), filter: everything, limit: 20 }),
      store.matching?.({ text: "revision", filter: everything, limit: 20 }),
      store.scopes(everything),
    ]);
    expect(records.length).toBeGreaterThanOrEqual(known);
    expect(near.length).toBeGreaterThanOrEqual(Math.min(20, known));
    expect(matching?.length).toBeGreaterThanOrEqual(Math.min(20, known));
    expect(scopes[0]?.count ?? 0).toBeGreaterThanOrEqual(known);
    known = records.length;
  }
  await worker;
  expect(reads).toBeGreaterThan(5);
  expect(await store.count(everything)).toBe(150);
});
