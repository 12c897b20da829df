import { join } from "node:path";
import type { Table } from "@lancedb/lancedb";
import { expect, test } from "vitest";
import { connectLance } from "./connect-lance.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { recordReads } from "./record-reads.ts";
import { recordTableName } from "./record-schema.ts";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  temporaryDirectory,
} from "./testing/sample-store.ts";

/** Lets `act` run once, right after the next query of the table was answered. */
function afterNextAnswer(table: Table, act: () => Promise<unknown>): void {
  const query = table.query.bind(table);
  table.query = () => {
    table.query = query;
    const asked = query();
    const toArrow = asked.toArrow.bind(asked);
    asked.toArrow = async () => {
      const answer = await toArrow();
      await act();
      return answer;
    };
    return asked;
  };
}

test("a page is full although another handle removes some of it while it is read", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  const put = Array.from({ length: 6 }, (_, seed) => sampleRecord(`r${seed}`, { seed }));
  await store.write({ put, remove: [] });
  const library = loadNativeLibrary();
  const connection = await connectLance(library, uri, undefined);
  const table = await connection.openTable(recordTableName(sampleSpace()));

  afterNextAnswer(table, () => store.write({ put: [], remove: ["r4"] }));
  const page = await recordReads(library, table).list({ filter: everything, limit: 3, offset: 0 });
  expect(page.map(({ id }) => id)).toEqual(["r5", "r3", "r2"]);
});
