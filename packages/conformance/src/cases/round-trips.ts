import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { getOne, put } from "../store-calls.ts";
import { roundTrip, texts } from "./round-trip.ts";

export const roundTripCases: ConformanceCase[] = casesAbout("Round trips", [
  {
    name: "a record with every field set comes back whole",
    proves: "Nothing that a user saved is lost or changed on the way.",
    run: (context) =>
      roundTrip(context, [
        {
          content: "Alice prefers tea.",
          scope: "/team/alice",
          categories: ["drinks", "preferences"],
          metadata: { confidence: 0.9, tags: ["a", "b"], nested: { deep: [1, { two: null }] } },
          importance: 0.75,
          createdAt: sampleDay(1),
          updatedAt: sampleDay(2),
          lastAccessed: sampleDay(3),
          source: "chat",
          private: true,
          revision: 7,
          supersededBy: "another",
          supersededAt: sampleDay(4),
          expiresAt: sampleDay(5),
        },
      ]),
  },
  {
    name: "a record with nothing but its required fields comes back with its nulls and empty lists",
    proves: "Absent stays absent: null does not become an empty string, nor an empty list null.",
    run: (context) => roundTrip(context, [{}, { content: "", source: null }]),
  },
  {
    name: "content comes back to the last code unit, whatever characters it holds",
    proves: "Text in any language or encoding form, with any punctuation, is kept as it was given.",
    run: (context) =>
      roundTrip(
        context,
        texts.map((content) => ({ content })),
      ),
  },
  {
    name: "content of 100 kB comes back whole",
    proves: "A long memory is not cut at a limit of some column or index.",
    run: (context) =>
      roundTrip(context, [
        { content: "An élan of 日本. ".repeat(6_000) },
        { content: "x".repeat(100_000) },
      ]),
  },
  {
    name: "dates come back to the millisecond, before 1970 and far ahead too",
    proves: "Order, expiry and history do not depend on a store that rounds times.",
    run: (context) =>
      roundTrip(
        context,
        [
          "2026-01-01T00:00:00.001Z",
          "2026-01-01T00:00:00.999Z",
          "1970-01-01T00:00:00.000Z",
          "1969-12-31T23:59:59.999Z",
          "1900-02-28T12:34:56.789Z",
          "2038-01-19T03:14:08.123Z",
          "9999-12-31T23:59:59.995Z",
        ].map((text) => {
          const time = new Date(text);
          const at = (ms: number) => new Date(time.getTime() + ms);
          return {
            createdAt: time,
            updatedAt: at(1),
            lastAccessed: at(2),
            supersededBy: "another",
            supersededAt: at(3),
            expiresAt: at(4),
          };
        }),
      ),
  },
  {
    name: "importance comes back to the last bit",
    proves: "Scores are the same on every storage; a 32-bit column would change them.",
    run: (context) =>
      roundTrip(
        context,
        [0, 1, 0.1, 0.1 + 0.2, 1 / 3, Number.EPSILON].map((importance) => ({ importance })),
      ),
  },
  {
    name: "revisions come back whole up to the largest safe integer",
    proves: "A counter that outgrows 32 bits does not wrap around and lose its race.",
    run: (context) =>
      roundTrip(
        context,
        [1, 2 ** 31, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER].map((revision) => ({ revision })),
      ),
  },
  {
    name: "sources come back as they were, and an empty one is not null",
    proves: "Who a memory came from decides who may see it, so it must not be confused.",
    run: (context) =>
      roundTrip(
        context,
        [null, ...texts].map((source) => ({ source, private: true })),
      ),
  },
  {
    name: "a superseding id comes back as it was, whatever characters it holds",
    proves: "History is followed by these ids.",
    run: (context) =>
      roundTrip(
        context,
        texts
          .filter((text) => text !== "")
          .map((supersededBy) => ({ supersededBy, supersededAt: sampleDay(1) })),
      ),
  },
  {
    name: "vectors come back with the numbers that were written",
    proves: "Core compares stored vectors itself, to drop repeats and to score text matches.",
    async run({ open }) {
      const storage = await open();
      const axes = Array.from({ length: 8 }, (_, axis) =>
        Float32Array.from({ length: 8 }, (_, i) => (i === axis ? -1 : 0)),
      );
      const vectors = [...axes, ...axes.map((_, i) => sampleVector(`vector ${i}`))];
      const records = vectors.map((vector, i) => sampleRecord({ id: `v${i}`, vector }));
      await put(storage, ...records);
      const found = await storage.get(records.map(({ id }) => id));
      for (const [i, record] of records.entries()) assertStored(found[i], record);
    },
  },
  {
    name: "vectors of 3,072 dimensions come back whole",
    proves: "The default embedder's width is not beyond a storage.",
    async run({ open }) {
      const storage = await open({ dimensions: 3072, embedder: "sample/3072" });
      const record = sampleRecord({ id: "wide", vector: sampleVector("wide", 3072) });
      await put(storage, record);
      assertStored(await getOne(storage, "wide"), record);
    },
  },
]);
