import { join } from "node:path";
import { expect, test } from "vitest";
import { connectLance } from "./connect-lance.ts";
import { lanceStorage } from "./index.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { recordRows } from "./record-rows.ts";
import { recordSchema, recordTableName } from "./record-schema.ts";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  temporaryDirectory,
} from "./testing/sample-store.ts";

/** A store as it was written before records could expire: its table has no column `expiresAt`. */
async function formerStore(): Promise<string> {
  const uri = join(await temporaryDirectory(), "store");
  const library = loadNativeLibrary();
  const connection = await connectLance(library, uri, undefined);
  const { fields, metadata } = recordSchema(library, sampleSpace());
  const former = new library.arrow.Schema(
    fields.filter(({ name }) => name !== "expiresAt"),
    metadata,
  );
  const table = await connection.createEmptyTable(recordTableName(sampleSpace()), former);
  await table.add(recordRows(library, former, [sampleRecord("a"), sampleRecord("b")]));
  table.close();
  connection.close();
  return uri;
}

test("the records of a store that was written before records could expire never expire", async () => {
  const store = await openStore({ uri: await formerStore() });
  const found = await store.get(["a", "b"]);
  expect(found).toEqual([sampleRecord("a"), sampleRecord("b")]);
  const faraway = new Date("9999-12-31T23:59:59.999Z");
  expect(await store.count({ ...everything, aliveAt: faraway })).toBe(2);
  expect(await store.remove({ ...everything, expiredAt: faraway })).toBe(0);
});

test("records that expire are written to such a store, beside those that do not", async () => {
  const store = await openStore({ uri: await formerStore() });
  const expiresAt = new Date(1_000);
  const put = [sampleRecord("a", { revision: 2, expiresAt }), sampleRecord("c", { expiresAt })];
  await store.write({ put, remove: [] });
  expect(await store.get(["a", "b", "c"])).toEqual([put[0], sampleRecord("b"), put[1]]);
  expect(await store.remove({ ...everything, expiredAt: expiresAt })).toBe(2);
  expect(await store.count(everything)).toBe(1);
});

test("eight handles that open such a store at once all find it whole", async () => {
  const uri = await formerStore();
  const stores = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => openStore({ uri })));
  for (const store of stores)
    expect(await store.count({ ...everything, aliveAt: new Date(0) })).toBe(2);
});

test("a store is read without a space, although its column is still missing", async () => {
  const uri = await formerStore();
  const store = lanceStorage({ uri });
  await store.open();
  expect(
    (await store.list({ filter: everything, limit: 5, offset: 0 })).map(({ id }) => id),
  ).toEqual(["a", "b"]);
  await store.close();
});
