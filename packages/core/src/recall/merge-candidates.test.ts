import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemoryRecord } from "../domain/memory-record.ts";
import type { Candidate } from "./find-candidates.ts";
import { mergeCandidates } from "./merge-candidates.ts";

const candidate = (
  id: string,
  cosine: number,
  wordMatch: number | undefined,
  revision = 1,
): Candidate => ({ record: { id, revision } as MemoryRecord, cosine, wordMatch });

/** As `findCandidates` makes them: ids are distinct, and either all or none have a word match. */
const list = fc.boolean().chain((hasText) =>
  fc.uniqueArray(
    fc
      .tuple(
        fc.constantFrom("a", "b", "c", "d", "e"),
        fc.double({ min: -1, max: 1, noNaN: true }),
        hasText ? fc.double({ min: 0, max: 1, noNaN: true }) : fc.constant(undefined),
      )
      .map(([id, cosine, wordMatch]) => candidate(id, cosine, wordMatch)),
    { selector: ({ record }) => record.id },
  ),
);
const lists = fc.array(list, { maxLength: 5 });
const byId = (candidates: readonly Candidate[]) =>
  candidates.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));

test("a record that several questions found counts once, with its best cosine and its best word match", () => {
  const merged = mergeCandidates([
    [candidate("a", 0.9, 0.1), candidate("b", 0.2, 0)],
    [candidate("a", 0.3, 0.7)],
  ]);
  expect(byId(merged)).toEqual([candidate("a", 0.9, 0.7), candidate("b", 0.2, 0)]);
});

test("a record matches no word where another question found text, and nothing is known where none did", () => {
  const plain = [candidate("a", 0.9, undefined)];
  expect(mergeCandidates([plain, [candidate("b", 0.2, 0.5)]])).toEqual([
    candidate("a", 0.9, 0),
    candidate("b", 0.2, 0.5),
  ]);
  expect(mergeCandidates([plain, plain])).toEqual(plain);
});

test("of a record that was changed between two searches the later revision counts", () => {
  const [old, changed] = [candidate("a", 0.9, 0), candidate("a", 0.1, 0, 2)];
  for (const order of [
    [[old], [changed]],
    [[changed], [old]],
  ])
    expect(mergeCandidates(order)).toEqual([candidate("a", 0.9, 0, 2)]);
});

test("every record that any question found is there once, no worse than any question found it", () => {
  fc.assert(
    fc.property(lists, (lists) => {
      const merged = mergeCandidates(lists);
      const ids = lists.flat().map(({ record }) => record.id);
      expect(byId(merged).map(({ record }) => record.id)).toEqual([...new Set(ids)].sort());
      for (const { record, cosine, wordMatch } of merged) {
        const all = lists.flat().filter((each) => each.record.id === record.id);
        expect(cosine).toBe(Math.max(...all.map((each) => each.cosine)));
        expect(wordMatch ?? 0).toBe(Math.max(...all.map((each) => each.wordMatch ?? 0)));
      }
      expect(new Set(merged.map(({ wordMatch }) => wordMatch === undefined)).size).toBeLessThan(2);
    }),
  );
});

test("neither the order of the questions nor merging some of them first changes anything", () => {
  fc.assert(
    fc.property(lists, lists, (some, others) => {
      const merged = byId(mergeCandidates([...some, ...others]));
      expect(byId(mergeCandidates([...some, ...others].reverse()))).toEqual(merged);
      expect(byId(mergeCandidates([mergeCandidates(some), ...others]))).toEqual(merged);
    }),
  );
});
