import {
  inMemoryStorage,
  parseScope,
  type RecordFilter,
  type StorageBackend,
  type StoredRecord,
} from "@unimem/core/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { expectSameAnswers, expectWhole, serverSite } from "./testing/stored-state.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const runs = process.env.UNIMEM_TESTS === "full" ? 200 : 8;
const ids = ["a", "b", "c", "d", "e", "f", "ü:{}*", "\ud800"];
const scopes = ["/", "/s", "/s/t", "/st", "/s/t/u/v/w/x/y/z", `/s/${"long".repeat(60)}/t`].map(
  (path) => parseScope(path),
);
const categories = ["x", "y", "z *|{}", ""];
const sources = ["alice", "bob"];
const day = 24 * 60 * 60 * 1_000;
const start = Date.UTC(2026, 0, 1);

/** What one revision of an id is, whoever writes it. Two of the large ones fill more than one script. */
const version = fc.record({
  scope: fc.constantFrom(...scopes),
  categories: fc.subarray(categories),
  source: fc.option(fc.constantFrom(...sources)),
  private: fc.boolean(),
  createdAt: fc.integer({ min: 0, max: 3 }).map((days) => new Date(start + days * day)),
  supersededBy: fc.option(fc.constantFrom(...ids), { freq: 2 }),
  expiresAt: fc.option(
    fc.integer({ min: 0, max: 3 }).map((days) => new Date(start + days * day)),
    { freq: 2 },
  ),
  isLarge: fc.boolean(),
});

const versions = fc.array(fc.array(version, { minLength: 3, maxLength: 3 }), {
  minLength: ids.length,
  maxLength: ids.length,
});

/** For each id: left alone, removed, or put in its n-th version. Few are removed, because they stay so. */
const batch = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant("alone") },
    { weight: 1, arbitrary: fc.constant("removed") },
    { weight: 10, arbitrary: fc.nat({ max: 2 }) },
  ),
  { minLength: ids.length, maxLength: ids.length },
);

type Version = typeof version extends fc.Arbitrary<infer Value> ? Value : never;
type Batch = typeof batch extends fc.Arbitrary<infer Value> ? Value : never;

function recordOf(id: string, n: number, { isLarge, ...fields }: Version): StoredRecord {
  const record = sampleRecord(id, { revision: n + 1 });
  return {
    ...record,
    ...fields,
    content: isLarge ? record.content.repeat(12_000) : record.content,
    supersededAt: fields.supersededBy === null ? null : new Date(start + 2 * day),
  };
}

function writeOf(states: Batch, known: readonly (readonly Version[])[]) {
  const put = states.flatMap((state, i) =>
    typeof state === "number"
      ? [recordOf(ids[i] as string, state, known[i]?.[state] as Version)]
      : [],
  );
  return { put, remove: ids.filter((_, i) => states[i] === "removed") };
}

const filters: RecordFilter[] = [
  { visibleTo: "public" },
  { visibleTo: { source: "alice" } },
  { visibleTo: "all", state: "superseded" },
  ...scopes.map((scope): RecordFilter => ({ ...everything, scopes: [scope] })),
  ...categories.map((each): RecordFilter => ({ ...everything, categories: [each] })),
  { visibleTo: { source: "bob" }, scopes: scopes.slice(1, 4), categories: ["x", "y"] },
  { ...everything, aliveAt: new Date(start + day) },
  { visibleTo: "public", state: "any", createdAfter: new Date(start + day) },
];

async function answers(storage: StorageBackend) {
  return Promise.all(
    filters.map(async (filter) => ({
      list: await storage.list({ filter, limit: 100, offset: 0 }),
      page: await storage.list({ filter, limit: 2, offset: 1 }),
      count: await storage.count(filter),
      categories: await storage.categories(filter),
      scopes: (await storage.scopes(filter)).toSorted((a, b) => (a.scope < b.scope ? -1 : 1)),
    })),
  );
}

describeWithServer("batches at random", (url) => {
  test("small and large ones, by two writers at once and during repairs, leave what they leave in memory", async () => {
    const round = fc.record({
      batches: fc.array(batch, { minLength: 1, maxLength: 4, size: "max" }),
      isRepaired: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        versions,
        fc.array(round, { minLength: 1, maxLength: 4, size: "max" }),
        async (known, rounds) => {
          const prefix = samplePrefix();
          const model = inMemoryStorage();
          await model.open(sampleSpace);
          const store = valkeyStorage({ url, prefix, searchConnections: 0 });
          const other = valkeyStorage({ url, prefix, searchConnections: 0 });
          try {
            await Promise.all([store.open(sampleSpace), other.open(sampleSpace)]);
            for (const { batches, isRepaired } of rounds) {
              const writes = batches.map((each) => writeOf(each, known));
              const filled = writes.filter(({ put, remove }) => put.length + remove.length > 0);
              await Promise.all([
                ...filled.map((each, i) => (i % 2 === 0 ? store : other).write(each)),
                isRepaired && store.repair(),
              ]);
              for (const each of filled) await model.write(each);
            }
            await expectSameAnswers(store, model);
            expect(await answers(other)).toEqual(await answers(model));
            await expectWhole(serverSite(url), prefix);
          } finally {
            await Promise.all([store.close(), other.close()]);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});
