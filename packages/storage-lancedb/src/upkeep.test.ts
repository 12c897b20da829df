import { readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { inMemoryStorage, parseScope, type RecordFilter } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import { expect, test } from "vitest";
import { connectLance } from "./connect-lance.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { recordTableName } from "./record-schema.ts";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  sampleVector,
  temporaryDirectory,
} from "./testing/sample-store.ts";
import { upkeepPolicy } from "./upkeep-policy.ts";

async function bytesIn(directory: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  return sum;
}

const mergesAlways = { commitsPerCheck: 1, fewestFragments: 0, mostFragments: 0 };

test("many single writes leave less than ten times their data on disk", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const dimensions = 384;
  // In the second that versions are kept for otherwise a fast machine writes more of them than a slow one.
  const store = await openStore({ uri }, { dimensions, policy: { graceMs: 0 } });
  const count = 300;
  const content = "x".repeat(150);
  for (let seed = 0; seed < count; seed++)
    await store.write({
      put: [sampleRecord(`r${seed}`, { seed, dimensions, content })],
      remove: [],
    });
  await store.close();
  expect(await bytesIn(uri)).toBeLessThan(10 * count * (dimensions * 4 + content.length + 100));
});

test("with every index in use, answers are those of an exact search", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const dimensions = 16;
  const policy = {
    scopeIndexRows: 100,
    stateIndexRows: 100,
    vectorIndexNumbers: 100,
    rowsPerCheck: 300,
  };
  const record = (seed: number, revision = 1) =>
    sampleRecord(`r${seed}`, {
      seed,
      dimensions,
      revision,
      content: `note ${seed} about ${["cats", "dogs", "a running horse"][seed % 3]}`,
      scope: parseScope(`/team${seed % 4}/user${seed % 9}`),
      categories: [`c${seed % 5}`],
      metadata: { n: seed % 10 },
      private: seed % 6 === 0,
      source: `s${seed % 2}`,
      ...(seed % 7 === 0 && { supersededBy: "later", supersededAt: new Date(seed) }),
      ...(seed % 5 === 0 && { expiresAt: new Date(seed) }),
    });
  const records = Array.from({ length: 900 }, (_, seed) => record(seed));
  const later = Array.from({ length: 60 }, (_, i) => record(870 + i, 2));

  const first = await openStore({ uri }, { policy, dimensions });
  for (let from = 0; from < 900; from += 300)
    await first.write({ put: records.slice(from, from + 300), remove: [] });
  await first.close();
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const table = await connection.openTable(recordTableName(sampleSpace(dimensions)));
  const indexed = (await table.listIndices()).flatMap(({ columns }) => columns);
  const columns = ["content", "expiresAt", "private", "scope", "supersededAt", "vector"];
  expect(indexed.sort()).toEqual(columns);

  const store = await openStore({ uri }, { dimensions });
  const reference = inMemoryStorage();
  await reference.open(sampleSpace(dimensions));
  await reference.write({ put: records, remove: [] });
  for (const each of [store, reference]) {
    await each.write({ put: later, remove: ["r5", "r6"] });
    await each.remove({ ...everything, categories: ["c3"], scopes: [parseScope("/team1")] });
  }
  const filters: RecordFilter[] = [
    everything,
    { visibleTo: "public" },
    { visibleTo: "public", state: "superseded" },
    { visibleTo: "public", aliveAt: new Date(400) },
    { visibleTo: "all", state: "any", expiredAt: new Date(600) },
    { visibleTo: "all", asOf: new Date(Date.UTC(2026, 0, 1) + 500_000) },
    { visibleTo: { source: "s1" }, scopes: [parseScope("/team2"), parseScope("/team3/user1")] },
    { visibleTo: "all", categories: ["c1", "c4"], metadata: { n: { gte: 3, lt: 6 } } },
    { visibleTo: "all", scopes: [parseScope("/team0/user3")] },
  ];
  for (const [i, filter] of filters.entries()) {
    const query = { vector: sampleVector(5_000 + i, dimensions), filter, limit: 25 };
    const [found, expected] = [await store.nearest(query), await reference.nearest(query)];
    expect(found.map(({ record: { id } }) => id)).toEqual(expected.map(({ record: { id } }) => id));
    for (const [j, { similarity }] of found.entries())
      expect(Math.abs(similarity - (expected[j]?.similarity ?? 9))).toBeLessThan(1e-5);
    expect(await store.count(filter)).toBe(await reference.count(filter));
    const texts = await store.matching?.({ text: "horse run", filter, limit: 1_000 });
    const horses = (await reference.list({ filter, limit: 1_000, offset: 0 }))
      .filter(({ content }) => content.includes("horse"))
      .map(({ id }) => id);
    expect(texts?.map(({ record: { id } }) => id).sort()).toEqual(horses.sort());
  }
});

test("what is not indexed yet is indexed once nobody writes", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const runtime = manualRuntime();
  const policy = { rowsPerCheck: 100 };
  const store = await openStore({ uri, runtime }, { policy });
  const write = (from: number, count: number) =>
    store.write({
      put: Array.from({ length: count }, (_, i) =>
        sampleRecord(`r${from + i}`, { seed: from + i }),
      ),
      remove: [],
    });
  await write(0, 1_000);
  await write(1_000, 110);
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const table = await connection.openTable(recordTableName(sampleSpace()));
  const unindexed = async () => (await table.listIndices())[0]?.numUnindexedRows;
  await store.touch([], runtime.now()); // waits for the upkeep that the writes have begun
  expect(await unindexed()).toBe(110);
  runtime.advance(upkeepPolicy.idleMs);
  await store.touch([], runtime.now());
  expect(await unindexed()).toBe(0);
});

test("what was only looked at waits for the next write to be indexed again", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const runtime = manualRuntime();
  const store = await openStore({ uri, runtime }, { policy: { rowsPerCheck: 100 } });
  const put = Array.from({ length: 1_000 }, (_, seed) => sampleRecord(`r${seed}`, { seed }));
  await store.write({ put, remove: [] });
  await store.touch([], runtime.now());
  runtime.advance(upkeepPolicy.idleMs);
  await store.touch(
    put.slice(0, 110).map(({ id }) => id),
    new Date("2030-01-01"),
  );
  runtime.advance(upkeepPolicy.idleMs);
  await store.touch([], runtime.now());
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const table = await connection.openTable(recordTableName(sampleSpace()));
  expect((await table.listIndices())[0]?.numUnindexedRows).toBe(110);
});

test("versions are kept for long while another handle is open, and deleted soon when it has closed", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const policy = {
    ...mergesAlways,
    graceMs: 0,
    sharedGraceMs: 3_600_000,
  };
  const store = await openStore({ uri }, { policy });
  const other = await openStore({ uri });
  const connection = await connectLance(loadNativeLibrary(), uri, undefined);
  const table = await connection.openTable(recordTableName(sampleSpace()));
  const writes = 8;
  const write = async () => {
    for (let seed = 0; seed < writes; seed++)
      await store.write({ put: [sampleRecord(crypto.randomUUID(), { seed })], remove: [] });
    await store.touch([], new Date(0)); // waits for the upkeep that the writes have begun
    return (await table.listVersions()).length;
  };
  expect(await write()).toBeGreaterThan(writes);
  await other.close();
  expect(await write()).toBeLessThan(writes);
});

test("upkeep that fails disturbs neither writes nor closing, and is told", async () => {
  const noTime = 1n as unknown as number; // nothing can be reckoned with it: each merge throws
  const policy = {
    ...mergesAlways,
    graceMs: noTime,
    sharedGraceMs: noTime,
  };
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") }, { policy });
  const told: [unknown[], unknown[]] = [[], []];
  for (const each of told) store.onUpkeepFailed?.((error) => each.push(error));
  for (let seed = 0; seed < 5; seed++)
    await store.write({ put: [sampleRecord(`r${seed}`, { seed })], remove: [] });
  expect(await store.count(everything)).toBe(5);
  await store.close();
  expect(told[0]).toContainEqual(
    expect.objectContaining({
      code: "STORAGE_UNAVAILABLE",
      message: expect.stringContaining("could not do its upkeep"),
    }),
  );
  expect(told[1]).toEqual(told[0]);
});

test("vectors of a width that cannot be indexed are searched without an index, and no upkeep fails", async () => {
  const policy = { commitsPerCheck: 1, vectorIndexNumbers: 100 };
  const dimensions = 12;
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri }, { policy, dimensions });
  const told: unknown[] = [];
  store.onUpkeepFailed?.((error) => told.push(error));
  const put = Array.from({ length: 300 }, (_, seed) =>
    sampleRecord(`r${seed}`, { seed, dimensions }),
  );
  await store.write({ put, remove: [] });
  const query = { vector: sampleVector(7, dimensions), filter: everything, limit: 1 };
  expect((await store.nearest(query))[0]?.record.id).toBe("r7");
  await store.close();
  expect(told).toEqual([]);
});

/** How many files of a store are deleted and still open. */
async function openDeletedFiles(uri: string): Promise<number> {
  const links = (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`));
  const files = (await Promise.allSettled(links)).map((link) =>
    link.status === "fulfilled" ? link.value : "",
  );
  return files.filter((file) => file.startsWith(uri) && file.endsWith("(deleted)")).length;
}

test.runIf(process.platform === "linux")(
  "the indexes that merges replace do not stay open for ever",
  async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const uri = join(await temporaryDirectory(), "store");
    const policy = {
      ...mergesAlways,
      graceMs: 0,
      mostMerges: 4,
    };
    const store = await openStore({ uri }, { policy });
    const put = Array.from({ length: 1_200 }, (_, seed) => sampleRecord(`r${seed}`, { seed }));
    await store.write({ put, remove: [] });
    for (let i = 0; i < 40; i++) {
      await store.write({ put: [sampleRecord(`s${i}`, { seed: i })], remove: [] });
      expect(
        (await store.matching?.({ text: "note 7", filter: everything, limit: 1_300 }))?.length,
      ).toBe(1_201 + i);
    }
    await expect
      .poll(async () => {
        collectGarbage();
        return openDeletedFiles(uri);
      })
      .toBeLessThan(20);
    expect(await store.count(everything)).toBe(1_240);
  },
);
