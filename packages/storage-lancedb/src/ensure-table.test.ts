import { readdir } from "node:fs/promises";
import type { Table } from "@lancedb/lancedb";
import { expect, test } from "vitest";
import { connectLance } from "./connect-lance.ts";
import { ensureTable } from "./ensure-table.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { temporaryDirectory } from "./testing/sample-store.ts";

async function openPlace() {
  const library = loadNativeLibrary();
  const directory = await temporaryDirectory();
  const connection = await connectLance(library, directory, undefined);
  const { Field, Schema, Utf8 } = library.arrow;
  const schema = new Schema([new Field("id", new Utf8(), false)]);
  const plan = (prepare: (table: Table) => Promise<void>) => ({ name: "things", schema, prepare });
  return { place: { library, connection, directory }, plan };
}

test("of two that make a table at once the slower takes over the faster one's, with what is in it", async () => {
  const { place, plan } = await openPlace();
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow = ensureTable(
    place,
    plan(async () => {
      begun.resolve();
      await go.promise;
    }),
  );
  await begun.promise;
  const fast = await ensureTable(
    place,
    plan(async () => {}),
  );
  await fast.add([{ id: "written by the faster one" }]);
  go.resolve();
  expect(await (await slow).countRows()).toBe(1);
  expect(await readdir(place.directory)).toEqual(["things.lance"]);
});

test("a table that is there is opened, and completed where its maker did not come to it", async () => {
  const { place, plan } = await openPlace();
  const prepared: string[] = [];
  for (const who of ["maker", "opener"])
    await ensureTable(
      place,
      plan(async () => {
        prepared.push(who);
      }),
    );
  expect(prepared).toEqual(["maker", "maker", "opener"]);
});

test("what goes wrong while a table is made leaves nothing behind", async () => {
  const { place, plan } = await openPlace();
  const failed = ensureTable(
    place,
    plan(() => Promise.reject(new Error("no index"))),
  );
  await expect(failed).rejects.toThrow("no index");
  expect(await readdir(place.directory)).toEqual([]);
});
