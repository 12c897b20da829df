import assert from "node:assert/strict";
import { parseScope, type StorageBackend } from "@unimem/core/storage";
import { checkReads } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { textSearch } from "../need.ts";
import { sampleRecord, sampleRecords } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, listIds, put, removeIds } from "../store-calls.ts";
import { hostileTexts } from "./hostile-texts.ts";

/** Every case here needs text search, so `matching` is there. */
async function match(
  storage: StorageBackend,
  text: string,
  { filter = everything, limit = 100 } = {},
) {
  assert.ok(storage.matching, "The storage says that it has text search, but has no `matching`.");
  return storage.matching({ text, filter, limit });
}

async function matchIds(storage: StorageBackend, text: string): Promise<string[]> {
  return (await match(storage, text)).map(({ record }) => record.id).sort();
}

const supportCases: ConformanceCase[] = casesAbout("Matching", [
  {
    name: "matching is there exactly where supports says so",
    proves: "Core asks `supports` whether a recall may search by words.",
    async run({ open }) {
      const storage = await open();
      assert.equal(storage.matching !== undefined, storage.supports.textSearch);
    },
  },
]);

const searchCases: ConformanceCase[] = casesAbout(
  "Matching",
  [
    {
      name: "matching finds the records that share a word with the text",
      proves: "A name or number that an embedder blurs is found by its letters.",
      async run({ open }) {
        const storage = await open();
        await put(
          storage,
          sampleRecord({ id: "a", content: "The lighthouse keeper likes marmalade." }),
          sampleRecord({ id: "b", content: "Marmalade, they say, is made of oranges." }),
          sampleRecord({ id: "c", content: "Nothing of the kind." }),
          sampleRecord({ id: "d", content: "" }),
        );
        assert.deepEqual(await matchIds(storage, "marmalade"), ["a", "b"]);
        assert.deepEqual(await matchIds(storage, "lighthouse"), ["a"]);
        assert.deepEqual(await matchIds(storage, "oranges lighthouse"), ["a", "b"]);
        assert.deepEqual(await matchIds(storage, "submarine"), []);
      },
    },
    {
      name: "matching does not mind upper and lower case",
      proves: "People type as they like.",
      async run({ open }) {
        const storage = await open();
        await put(
          storage,
          sampleRecord({ id: "a", content: "LIGHTHOUSE" }),
          sampleRecord({ id: "b", content: "lighthouse" }),
          sampleRecord({ id: "c", content: "Lighthouse" }),
        );
        for (const text of ["lighthouse", "LIGHTHOUSE", "Lighthouse"])
          assert.deepEqual(await matchIds(storage, text), ["a", "b", "c"]);
      },
    },
    {
      name: "matching answers the most relevant first, each once, with its record and stored vector",
      proves: "Core can score text matches as it scores all others.",
      async run({ open }) {
        const storage = await open();
        const records = sampleRecords(40, (i) => ({
          content: `${"lighthouse ".repeat(i % 4)}and ${"other words ".repeat(i % 3)}${i}`,
        }));
        await put(storage, ...records);
        const vector = sampleVector("query");
        for (const limit of [1, 5, 30, 100])
          await checkReads(storage, records, {
            filter: everything,
            limit,
            vector,
            word: "lighthouse",
          });
      },
    },
    {
      name: "limit matches are found although the best ones do not match the filter",
      proves: "A search in a small scope is not starved by better matches of others.",
      async run({ open }) {
        const storage = await open();
        const better = sampleRecords(200, () => ({ content: "lighthouse", scope: "/others" }));
        const mine = ["m1", "m2", "m3"].map((id) =>
          sampleRecord({
            id,
            scope: "/mine",
            content: `A long text that names a lighthouse ${id}`,
          }),
        );
        await put(storage, ...better, ...mine);
        const filter = { visibleTo: "all", scopes: [parseScope("/mine")] } as const;
        const found = await match(storage, "lighthouse", { filter, limit: 2 });
        assert.equal(found.length, 2);
        assert.ok(found.every(({ record }) => record.scope === "/mine"));
        assert.equal((await match(storage, "lighthouse", { filter, limit: 9 })).length, 3);
      },
    },
    {
      name: "any text is answered without an error: operators, quotes, brackets, nothing, 10 kB",
      proves: "What a person types is a text, never a query language.",
      async run({ open }) {
        const storage = await open();
        await put(
          storage,
          sampleRecord({ id: "a", content: "The lighthouse keeper said no." }),
          sampleRecord({ id: "b", content: 'it\'s; "DROP" TABLE records; -- * (((' }),
          sampleRecord({ id: "hidden", content: "lighthouse", private: true, source: "x" }),
        );
        const filter = { visibleTo: "public" } as const;
        for (const text of hostileTexts) {
          const found = await match(storage, text, { filter, limit: 2 });
          assert.ok(found.length <= 2);
          for (const { record, relevance } of found) {
            assert.ok(record.id !== "hidden", `${JSON.stringify(text)} found a private record.`);
            assert.ok(relevance > 0 && Number.isFinite(relevance));
          }
          if (text.trim() === "") assert.deepEqual(found, []);
        }
        assert.deepEqual(await listIds(storage), ["a", "b", "hidden"]);
      },
    },
    {
      name: "operators in a text do not keep its words from matching",
      proves: "A question with a minus, a quote or a colon in it still finds its answer.",
      async run({ open }) {
        const storage = await open();
        await put(storage, sampleRecord({ id: "a", content: "The lighthouse keeper" }));
        for (const text of [
          "lighthouse?",
          '"lighthouse',
          "-lighthouse",
          "lighthouse: where",
          "(lighthouse",
          "NOT lighthouse",
          "submarine AND lighthouse",
          "lighthouse!!!",
        ])
          assert.deepEqual(await matchIds(storage, text), ["a"], JSON.stringify(text));
      },
    },
    {
      name: "matching sees writes, updates and removals at once",
      proves: "A text index that lags would show forgotten memories and miss new ones.",
      async run({ open, clock }) {
        const storage = await open();
        for (let i = 0; i < 8; i++) {
          await put(storage, sampleRecord({ id: `r${i}`, content: `harbour number${i}` }));
          assert.deepEqual(await matchIds(storage, `number${i}`), [`r${i}`]);
        }
        await put(storage, sampleRecord({ id: "r0", revision: 2, content: "a windmill" }));
        assert.deepEqual(await matchIds(storage, "windmill"), ["r0"]);
        assert.deepEqual(await matchIds(storage, "number0"), []);
        await removeIds(storage, "r1");
        await storage.remove({ visibleTo: "all", ids: ["r2"] });
        await storage.touch(["r3"], clock.now());
        assert.deepEqual(await matchIds(storage, "harbour"), ["r3", "r4", "r5", "r6", "r7"]);
      },
    },
  ],
  [textSearch],
);

export const matchingCases: readonly ConformanceCase[] = [...supportCases, ...searchCases];
