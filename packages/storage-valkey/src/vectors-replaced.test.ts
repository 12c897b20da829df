import { expect, onTestFinished, test } from "vitest";
import { connectionSettings } from "./connection-options.ts";
import { fetchStoredRecords } from "./fetch-records.ts";
import { FindRecords } from "./find-records.ts";
import { nearestByModule } from "./nearest-by-module.ts";
import { parseValkeyUrl } from "./parse-valkey-url.ts";
import { vectorName } from "./record-hash.ts";
import { RoundTrips } from "./round-trips.ts";
import type { SearchIndex } from "./search-index.ts";
import { storeKeys } from "./store-keys.ts";
import { StoreReads } from "./store-reads.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { searchingServer } from "./testing/searching-server.ts";
import { vectorFields } from "./vector-fields.ts";

async function opened() {
  const { url, send } = await searchingServer();
  const prefix = samplePrefix();
  const store = await openStore({ url, prefix, index: "hnsw" });
  await store.write({ put: [sampleRecord("a")], remove: [] });
  const trips = new RoundTrips(connectionSettings(parseValkeyUrl(url, []).connection), 0);
  onTestFinished(() => trips.close());
  const keys = storeKeys(prefix, false);
  return { send, store, keys, reads: new StoreReads(trips, keys) };
}

describeWithOwnServers(
  "a record whose vector in a key of its own is replaced while it is read",
  () => {
    test("is read however often that happens", async () => {
      const { store, keys, reads } = await opened();
      const batch = reads.batch.bind(reads);
      let revision = 1;
      reads.batch = async (...args) => {
        const answer = await batch(...args);
        if (revision < 20)
          await store.write({ put: [sampleRecord("a", { revision: ++revision })], remove: [] });
        return answer;
      };
      expect(await fetchStoredRecords(reads, keys, ["a"])).toEqual([
        sampleRecord("a", { revision: 20 }),
      ]);
    });

    test("is corrupt where it names one that is gone", async () => {
      const { send, keys, reads } = await opened();
      await send("DEL", keys.vector(vectorName(sampleRecord("a"), vectorFields(""))));
      const reading = fetchStoredRecords(reads, keys, ["a", "a"]);
      await expect(reading).rejects.toMatchObject({ code: "STORAGE_CORRUPT" });
    });

    test("is found once, also where the search has seen both vectors", async () => {
      const { store, keys, reads } = await opened();
      const [first, second] = [sampleRecord("a"), sampleRecord("a", { revision: 2 })];
      const nameOf = (record: typeof first) => vectorName(record, vectorFields(""));
      const index = {
        isExact: true,
        nearest: async () =>
          [first, second].map((record) => ({ id: "a", vectorName: nameOf(record), similarity: 1 })),
      } as unknown as SearchIndex;
      const batch = reads.batch.bind(reads);
      // Each record of a page is looked at a little later than the one before it.
      reads.batch = async (build, options) => {
        const answers: Awaited<ReturnType<typeof batch>> = [];
        await batch((all, ...rest) => {
          const record = new Proxy(all, {
            get:
              (_, name) =>
              (...args: unknown[]) => {
                commands.push([name as string, args]);
              },
          });
          commands.length = 0;
          build(record, ...rest);
        });
        for (const [name, args] of [...commands]) {
          const [answer] = await batch((one) => {
            (one as unknown as Record<string, (...given: unknown[]) => void>)[name]?.(...args);
          }, options);
          answers.push(answer as (typeof answers)[number]);
          if (name === "hmget") await store.write({ put: [second], remove: [] });
        }
        return answers;
      };
      const commands: [string, unknown[]][] = [];
      const find = new FindRecords(reads, keys);
      const query = { vector: first.vector, filter: everything, limit: 10 };
      const found = await nearestByModule({ reads, keys, find, index }, query);
      expect(found.map(({ record }) => record.revision)).toHaveLength(1);
    });
  },
);
