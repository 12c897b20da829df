import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { similarityFromCosine } from "../domain/score.ts";
import { cosine, unitVector } from "../domain/vector.ts";
import { type EmbeddedDraft, parseDraft, type RememberOptions } from "./draft.ts";
import { takeBatch } from "./take-batch.ts";

interface Item {
  readonly draft: EmbeddedDraft;
}

function item(degrees: number, options: RememberOptions = {}, content = "text"): Item {
  const radians = (degrees * Math.PI) / 180;
  const vector = unitVector([Math.cos(radians), Math.sin(radians)]);
  return { draft: { ...parseDraft(content, options), vector } };
}

const limits = { analysisBatchSize: 8, consolidationThreshold: 0.85 };

function isSimilar(a: Item, b: Item, threshold = limits.consolidationThreshold): boolean {
  return similarityFromCosine(cosine(a.draft.vector, b.draft.vector)) >= threshold;
}

function batchesOf<Each extends Item>(waiting: readonly Each[], given = limits): Each[][] {
  const batches: Each[][] = [];
  for (let left = [...waiting]; left.length > 0; ) {
    const taken = takeBatch(left, given);
    expect(taken.batch.length).toBeGreaterThan(0); // else this never ends
    batches.push(taken.batch);
    left = taken.left;
  }
  return batches;
}

const alice = { source: "alice", private: true };
const audience = fc.constantFrom<RememberOptions>(
  {},
  { source: "alice" },
  alice,
  { source: "bob", private: true },
  { rootScope: "/team" },
  { scope: "/team" },
);
const items = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), audience, fc.constantFrom(1, 10, 60_000, 200_000))
    .map(([step, options, length]) => item(step * 15, options, "x".repeat(length))),
  { maxLength: 30 },
);
const size = fc.integer({ min: 1, max: 9 });
const threshold = fc.constantFrom(0, 0.5, 0.85, 1);

describe("takeBatch", () => {
  test("shares out every draft once, into batches of the asked size that hold nothing similar", () => {
    fc.assert(
      fc.property(items, size, threshold, (items, analysisBatchSize, consolidationThreshold) => {
        const batches = batchesOf(items, { analysisBatchSize, consolidationThreshold });
        const shared = batches.flat();
        expect(shared).toHaveLength(items.length);
        expect(new Set(shared)).toEqual(new Set(items));
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(analysisBatchSize);
          const characters = batch.reduce((sum, { draft }) => sum + draft.content.length, 0);
          expect(batch.length === 1 || characters <= 100_000).toBe(true);
          for (const [i, a] of batch.entries())
            for (const b of batch.slice(i + 1))
              expect(isSimilar(a, b, consolidationThreshold)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("asks about drafts of one root and one circle of readers at a time", () => {
    fc.assert(
      fc.property(items, (items) => {
        for (const batch of batchesOf(items)) {
          const groups = batch.map(({ draft }) => [draft.root, draft.private && draft.source]);
          expect(new Set(groups.map((group) => JSON.stringify(group))).size).toBe(1);
        }
      }),
    );
  });

  test("takes similar drafts in the order in which they came, whoever reads them", () => {
    fc.assert(
      fc.property(items, (items) => {
        const batches = batchesOf(items);
        const turn = new Map(batches.flatMap((batch, i) => batch.map((each) => [each, i])));
        for (const [i, a] of items.entries())
          for (const b of items.slice(i + 1).filter((b) => isSimilar(a, b)))
            expect(turn.get(a)).toBeLessThan(turn.get(b) as number);
      }),
    );
  });

  test("keeps what it leaves in its order", () => {
    fc.assert(
      fc.property(items, (items) => {
        const { batch, left } = takeBatch(items, limits);
        expect(left).toEqual(items.filter((each) => !batch.includes(each)));
      }),
    );
  });

  test("lets a later draft pass one that has to wait", () => {
    const [a, again, b] = [item(0), item(1), item(90)];
    expect(takeBatch([a, again, b], limits)).toEqual({ batch: [a, b], left: [again] });
  });

  test("does not let a draft pass one that it is like and that has to wait", () => {
    const [a, between, b] = [item(0), item(20), item(40)];
    expect(isSimilar(a, b)).toBe(false);
    expect(batchesOf([a, between, b])).toEqual([[a], [between], [b]]);
  });

  test("does not let a draft pass one of another root that it would meet in storage", () => {
    const [first, everywhere, team] = [
      item(90, { rootScope: "/team" }),
      item(0),
      item(1, { rootScope: "/team" }),
    ];
    expect(batchesOf([first, everywhere, team])).toEqual([[first], [everywhere], [team]]);
  });

  test("ends a batch at the draft that makes it too long, so that thousands cost no time", () => {
    const [a, long, b] = [item(0), item(90, {}, "x".repeat(100_000)), item(180)];
    expect(batchesOf([a, long, b])).toEqual([[a], [long], [b]]);
    const alone = item(0, {}, "x".repeat(500_000));
    expect(takeBatch([alone], limits)).toEqual({ batch: [alone], left: [] });
  });

  test("of nothing is nothing", () => {
    expect(takeBatch([], limits)).toEqual({ batch: [], left: [] });
  });
});
