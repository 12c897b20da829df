import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MemoryRecord } from "../domain/memory-record.ts";
import { rootScope } from "../domain/scope.ts";
import { rankMatches } from "./rank-matches.ts";

const now = new Date("2026-01-01T00:00:00.000Z");
const dayMs = 24 * 60 * 60 * 1000;
const weights = {
  semanticWeight: 0.5,
  recencyWeight: 0.3,
  importanceWeight: 0.2,
  lexicalWeight: 0,
  recencyHalfLifeDays: 30,
};

function record(id: string, { ageDays = 0, importance = 0.5 } = {}): MemoryRecord {
  const at = new Date(now.getTime() - ageDays * dayMs);
  return {
    id,
    content: "text",
    scope: rootScope,
    categories: [],
    metadata: {},
    importance,
    createdAt: at,
    updatedAt: at,
    lastAccessed: at,
    source: null,
    private: false,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
    expiresAt: null,
  };
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const candidates = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      ageDays: fc.constantFrom(0, 1, 30, 400),
      importance: fc.constantFrom(0, 0.5, 0.9),
      cosine: fc.constantFrom(-1, 0, 0.3, 1),
      wordMatch: fc.constantFrom(undefined, 0, 0.5, 1),
    }),
    { selector: ({ id }) => id },
  )
  .map((all) =>
    all.map(({ id, cosine, wordMatch, ...age }) => ({
      record: record(id, age),
      cosine,
      wordMatch,
    })),
  );
const someWeights = fc.record({
  semanticWeight: fraction,
  recencyWeight: fraction,
  importanceWeight: fraction,
  lexicalWeight: fraction,
  recencyHalfLifeDays: fc.integer({ min: 1, max: 100 }),
});

const scoreOf = (cosine: number, given: { ageDays?: number; importance?: number }) =>
  rankMatches([{ record: record("a", given), cosine, wordMatch: 0 }], weights, now)[0];

describe("rankMatches", () => {
  test.each([
    [1, 0, 1, 0.5 * 1 + 0.3 * 1 + 0.2 * 1],
    [1, 30, 0.5, 0.5 * 1 + 0.3 * 0.5 + 0.2 * 0.5],
    [0, 60, 0, 0.5 / 3 + 0.3 * 0.25],
    [0.5, 0, 0.8, 0.5 * 0.5 + 0.3 * 1 + 0.2 * 0.8],
    [-1, 0, 0, 0.5 * 0.2 + 0.3],
  ])("scores cosine %d, %d days, importance %d with %d", (cosine, ageDays, importance, score) => {
    expect(scoreOf(cosine, { ageDays, importance })?.score).toBeCloseTo(score, 12);
  });

  test("gives words their share of the semantic part, and none of it where none were found", () => {
    const found = (wordMatch: number | undefined) => {
      const candidate = { record: record("a"), cosine: 1, wordMatch };
      return rankMatches([candidate], { ...weights, lexicalWeight: 0.4 }, now)[0]?.explanation;
    };
    expect(found(0.5)).toMatchObject({ semantic: 0.3, lexical: 0.1 });
    expect(found(undefined)).toMatchObject({ semantic: 0.5, lexical: 0 });
  });

  test("reports the similarity of the vectors by itself", () => {
    expect(scoreOf(1, {})?.similarity).toBe(1);
    expect(scoreOf(0, {})?.similarity).toBeCloseTo(1 / 3, 12);
  });

  test.each([
    [{ ageDays: 0, importance: 0.51 }, ["semantic", "recency", "importance"]],
    [{ ageDays: 29, importance: 0.5 }, ["semantic", "recency"]],
    [{ ageDays: 30, importance: 0.9 }, ["semantic", "importance"]],
    [{ ageDays: 31, importance: 0 }, ["semantic"]],
  ])("gives for %j the reasons %j", (given, reasons) => {
    expect(scoreOf(0, given)?.matchReasons).toEqual(reasons);
  });

  test("explains every score by parts that add up to it", () => {
    fc.assert(
      fc.property(candidates, someWeights, (candidates, weights) => {
        for (const { score, explanation } of rankMatches(candidates, weights, now)) {
          const parts = Object.values(explanation);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 10);
          for (const part of parts) expect(part).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test("keeps scores in 0..1 where the weights add up to one", () => {
    fc.assert(
      fc.property(candidates, fraction, (candidates, lexicalWeight) => {
        for (const { score } of rankMatches(candidates, { ...weights, lexicalWeight }, now)) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  test("returns every candidate once, by score, then newer, then id, whatever order they come in", () => {
    fc.assert(
      fc.property(candidates, someWeights, (candidates, weights) => {
        const matches = rankMatches(candidates, weights, now);
        const ids = matches.map(({ record }) => record.id);
        expect([...ids].sort()).toEqual(candidates.map(({ record }) => record.id).sort());
        for (const [i, { record, score }] of matches.slice(1).entries()) {
          const before = matches[i];
          if (before === undefined) throw new Error("no match before");
          expect(before.score).toBeGreaterThanOrEqual(score);
          if (before.score > score) continue;
          expect(+before.record.createdAt).toBeGreaterThanOrEqual(+record.createdAt);
          if (+before.record.createdAt > +record.createdAt) continue;
          expect(before.record.id < record.id).toBe(true);
        }
        const reversed = rankMatches([...candidates].reverse(), weights, now);
        expect(reversed.map(({ record }) => record.id)).toEqual(ids);
      }),
    );
  });

  test("puts the newer of two equal scores first, and then the lower id", () => {
    const candidates = [
      { record: record("c", { ageDays: 9 }), cosine: 0.5, wordMatch: 0 },
      { record: record("b"), cosine: 0.5, wordMatch: 0 },
      { record: record("a"), cosine: 0.5, wordMatch: 0 },
    ];
    const ranked = rankMatches(candidates, { ...weights, recencyWeight: 0 }, now);
    expect(new Set(ranked.map(({ score }) => score)).size).toBe(1);
    expect(ranked.map(({ record }) => record.id)).toEqual(["a", "b", "c"]);
  });
});
