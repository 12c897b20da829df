import type { RecordFilter } from "@unimem/core/storage";
import { expect, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";

const empty: Partial<RecordFilter>[] = [
  { scopes: [] },
  { ids: [] },
  { sources: [] },
  { categories: [] },
  { supersededBy: [] },
  { createdAfter: new Date(5), createdBefore: new Date(5) },
];
const others: Partial<RecordFilter>[] = [
  {},
  { categories: ["red"] },
  { categories: ["red", "blue"] },
  { ids: ["a"] },
  { metadata: {} },
  { aliveAt: new Date(9) },
  { expiredAt: new Date(9) },
  { state: "any", visibleTo: { source: "somebody" } },
  ...empty,
];

describeWithServer("a filter that no record can meet", (serverUrl) => {
  test.for(["without", "with"])("is answered with nothing, %s the Search module", async (mode) => {
    const standIn = await startSearchStandIn({ target: serverUrl });
    const url = mode === "with" ? standIn.url : serverUrl;
    const store = await openStore({ url, prefix: samplePrefix() });
    const record = { ...sampleRecord("a"), categories: ["red"] };
    await store.write({ put: [record], remove: [] });
    for (const one of empty)
      for (const other of others) {
        const filter: RecordFilter = { visibleTo: "public", ...other, ...one };
        const { vector } = record;
        expect(
          {
            count: await store.count(filter),
            list: await store.list({ filter, limit: 5, offset: 0 }),
            nearest: await store.nearest({ vector, filter, limit: 5 }),
            scopes: await store.scopes(filter),
            categories: await store.categories(filter),
            get: await store.get(["a"], filter),
            remove: await store.remove(filter),
          },
          JSON.stringify(filter),
        ).toEqual({
          count: 0,
          list: [],
          nearest: [],
          scopes: [],
          categories: new Map(),
          get: [undefined],
          remove: 0,
        });
      }
    expect(await store.count({ visibleTo: "public" })).toBe(1);
    expect(await store.get([])).toEqual([]);
    await store.touch([], new Date(9));
    await store.close();
    await standIn.stop();
  });
});
