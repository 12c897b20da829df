import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Table } from "@lancedb/lancedb";
import type { Reembedding, StorageBackend, StoredRecord } from "@unimem/core/storage";
import { expect, test } from "vitest";
import { createRecordTable } from "./bound-table.ts";
import { connectLance } from "./connect-lance.ts";
import { lanceStorage } from "./lance-storage.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { recordRows } from "./record-rows.ts";
import { recordSchema, recordTableName } from "./record-schema.ts";
import { otherSpace, otherVector } from "./testing/reembedded.ts";
import { runMortalWorker } from "./testing/run-worker.ts";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  temporaryDirectory,
} from "./testing/sample-store.ts";

const held = ["a", "b", "c", "d", "e"].map((id, seed) =>
  sampleRecord(id, { seed, revision: seed + 1, ...(seed === 2 && { expiresAt: new Date(5) }) }),
);
const moved = (record: StoredRecord) => ({ ...record, vector: otherVector(record).vector });

async function begin(store: StorageBackend): Promise<Reembedding> {
  if (store.reembed === undefined) throw new Error("The storage has no reembed().");
  return store.reembed(otherSpace);
}

async function embedPending(work: Reembedding): Promise<void> {
  for (;;) {
    const { records } = await work.pending(100);
    if (records.length === 0) return;
    await work.write(records.map(otherVector));
  }
}

async function reembed(store: StorageBackend): Promise<void> {
  const work = await begin(store);
  do await embedPending(work);
  while (!(await work.finish()));
}

async function tableNames(uri: string): Promise<string[]> {
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  return (await connection.tableNames()).map((name) => name.replace(/_[0-9a-f]{12}.*/, ""));
}

test("a process that is killed at any step leaves the store whole, and the next one goes on", async () => {
  const directory = await temporaryDirectory();
  const original = join(directory, "original");
  const first = await openStore({ uri: original });
  await first.write({ put: held, remove: [] });
  await first.close();

  const outcomes = new Set<string>();
  let wasKilled = true;
  for (let steps = 1; wasKilled; steps++) {
    const uri = join(directory, `killed-after-${steps}`);
    await cp(original, uri, { recursive: true });
    const options = { steps, scratch: join(directory, `scratch-${steps}`) };
    wasKilled = await runMortalWorker("reembed", uri, JSON.stringify(options));

    const store = lanceStorage({ uri });
    const space = await store.open();
    outcomes.add(space?.embedder ?? "none");
    const expected = space?.embedder === otherSpace.embedder ? held.map(moved) : held;
    expect(await store.get(held.map(({ id }) => id))).toEqual(expected);
    expect(await store.count(everything)).toBe(held.length);
    await reembed(store);
    expect(await store.get(held.map(({ id }) => id))).toEqual(held.map(moved));
    await store.close();
    expect(await tableNames(uri)).toEqual(["records_4", "records_5", "tombstones"]);
  }
  expect([...outcomes]).toEqual(["sample-embedder", "other-embedder"]);
});

test("puts of many handles at the moment of the switch are in the new table or refused", async () => {
  for (let round = 0; round < 4; round++) {
    const uri = join(await temporaryDirectory(), "store");
    const store = await openStore({ uri });
    await store.write({ put: held, remove: [] });
    const writers = await Promise.all([1, 2, 3, 4].map(() => openStore({ uri })));
    const work = await begin(store);
    await embedPending(work);
    const puts = writers.map(async (writer, i) => {
      const record = sampleRecord(`put ${i}`);
      await writer.write({ put: [record], remove: [] });
      return record;
    });
    do await embedPending(work);
    while (!(await work.finish()));
    for (const outcome of await Promise.allSettled(puts)) {
      if (outcome.status === "rejected")
        expect(outcome.reason).toMatchObject({ code: "DIMENSION_MISMATCH" });
      else expect(await store.get([outcome.value.id])).toEqual([moved(outcome.value)]);
    }
  }
});

test("a table whose records have moved takes no row, not even from who does not look", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: held, remove: [] });
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const [name = ""] = await connection.tableNames();
  const table = await connection.openTable(name);
  const rows = await table.query().toArrow();
  await reembed(store);
  const upsert = table.mergeInsert("id").whenMatchedUpdateAll().whenNotMatchedInsertAll();
  await expect(upsert.execute(rows)).rejects.toThrow("movedTo_");
  await expect(table.add(rows)).rejects.toThrow("movedTo_");
  expect(await table.countRows()).toBe(0);
});

test("while it runs, nothing but vectors is kept beside the records, and none of what is removed", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: [...held, sampleRecord("secret", { content: "canary" })], remove: [] });
  await embedPending(await begin(store));
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const [name = ""] = (await connection.tableNames()).filter((each) => each.startsWith("vectors"));
  const table = await connection.openTable(name);
  expect((await table.schema()).fields.map((field) => field.name)).toEqual([
    "id",
    "revision",
    "vector",
  ]);
  expect(await table.countRows()).toBe(6);
  await store.remove({ ...everything, ids: ["secret"] });
  await store.write({ put: [], remove: ["a"] });
  expect(await table.countRows("id IN ('secret', 'a')")).toBe(0);
});

test("after the switch the former table holds neither rows nor files of them", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("a", { content: "canary" })], remove: [] });
  await reembed(store);
  expect(await store.remove({ ...everything, ids: ["a"] })).toBe(1);
  const former = (await readdir(uri)).find((name) => name.startsWith("records_4_")) ?? "";
  const files = await readdir(join(uri, former), { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  expect(texts.filter((text) => text.includes("canary"))).toEqual([]);
});

/** What a process leaves that is killed before its switch to a third space: a copy that nobody uses. */
async function leaveCopy(uri: string): Promise<Table> {
  const library = loadNativeLibrary();
  const connection = await connectLance(library, uri, undefined);
  const third = { dimensions: 7, embedder: "third" };
  const place = { library, connection, directory: uri };
  const origin = recordTableName(sampleSpace());
  const copy = await createRecordTable(place, recordTableName(third, "cafe"), third, origin);
  const vector = Float32Array.of(1, 0, 0, 0, 0, 0, 0);
  const rows = held.map((record) => ({ ...record, vector }));
  await copy.add(recordRows(library, recordSchema(library, third), rows));
  return copy;
}

test("a copy that was left behind is no store, and is dropped with the switch to another", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: held, remove: [] });
  await leaveCopy(uri);
  expect(await store.open(sampleSpace())).toEqual(sampleSpace());
  expect(await store.count(everything)).toBe(held.length);

  await reembed(store);
  expect(await store.open()).toEqual(otherSpace);
  expect(await store.get(held.map(({ id }) => id))).toEqual(held.map(moved));
  expect(await tableNames(uri)).toEqual(["records_4", "records_5", "tombstones"]);
});

test("what is removed goes from a copy that was left behind too", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: held, remove: [] });
  await embedPending(await begin(store)); // the vectors tell that there may be copies
  const copy = await leaveCopy(uri);
  await store.write({ put: [], remove: ["a"] });
  expect(await store.remove({ ...everything, ids: ["b"] })).toBe(1);
  const rows = await copy.query().select(["id"]).toArray();
  expect(rows.map((row) => row.id).sort()).toEqual(["c", "d", "e"]);
});

test("a removal that comes after the switch through a handle of the old space removes nothing", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  const old = await openStore({ uri });
  await store.write({ put: held, remove: [] });
  await reembed(store);
  const late = old.write({ put: [], remove: ["a"] });
  await expect(late).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
  const next = lanceStorage({ uri });
  await next.open(otherSpace);
  expect(await next.get(["a"])).toEqual(held.slice(0, 1).map(moved));
  await next.close();
});
