import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseScope } from "../domain/scope.ts";
import { cosine, unitVector } from "../domain/vector.ts";
import { type EmbeddedDraft, parseDraft } from "./draft.ts";
import { type DroppedDraft, dropRepeats } from "./drop-repeats.ts";

function draft(values: number[], given: Partial<EmbeddedDraft> = {}): EmbeddedDraft {
  const plain = parseDraft("text", {});
  return { ...plain, vector: unitVector(values), ...given };
}

/** Compares every draft with every kept one; what `dropRepeats` is a faster way to do. */
function dropByAllPairs(drafts: readonly EmbeddedDraft[], threshold: number) {
  const kept: number[] = [];
  const dropped: DroppedDraft[] = [];
  for (const [index, draft] of drafts.entries()) {
    const like = (other: EmbeddedDraft) =>
      other.given.scope === draft.given.scope &&
      other.given.importance === draft.given.importance &&
      other.source === draft.source &&
      other.private === draft.private &&
      cosine(other.vector, draft.vector) >= threshold;
    const duplicateOf = kept.find((i) => like(drafts[i] as EmbeddedDraft));
    if (duplicateOf === undefined) kept.push(index);
    else {
      const similarity = cosine((drafts[duplicateOf] as EmbeddedDraft).vector, draft.vector);
      dropped.push({ index, duplicateOf, similarity });
    }
  }
  return { kept: kept.map((i) => drafts[i]), dropped };
}

const audience = fc.record({
  given: fc.constantFrom({}, { scope: parseScope("/a") }, { importance: 1 }),
  source: fc.constantFrom(null, "alice"),
  private: fc.constantFrom(false, true),
});

// Few directions with a little noise, so that many pairs lie close to the threshold on both sides.
const drafts = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    oneAudience: fc.boolean(),
    seeds: fc.array(
      fc.record({
        direction: fc.integer({ min: 0, max: 2 }),
        noise: fc.constantFrom(0, 1e-7, 1e-3, 0.1, 0.3, 1),
        wave: fc.integer({ min: 1, max: 50 }),
        audience,
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ width, oneAudience, seeds }) =>
    seeds.map(({ direction, noise, wave, audience }) => {
      const values = Array.from(
        { length: width },
        (_, i) => Math.cos((direction * 7 + 1) * (i + 1)) + noise * Math.sin(wave * (i + 1)) + 1e-9,
      );
      return draft(values, oneAudience ? {} : audience);
    }),
  );

describe("dropRepeats", () => {
  test("drops what comparing all pairs would drop", () => {
    const threshold = fc.oneof(
      fc.constantFrom(0, 0.5, 0.98, 0.999_999, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(drafts, threshold, (drafts, threshold) => {
        expect(dropRepeats(drafts, threshold)).toEqual(dropByAllPairs(drafts, threshold));
      }),
      { numRuns: 1000 },
    );
  });

  test("agrees with comparing all pairs where the threshold is the cosine of a pair", () => {
    fc.assert(
      fc.property(
        drafts.filter((drafts) => drafts.length > 1),
        fc.nat(),
        fc.nat(),
        (drafts, i, j) => {
          const [a, b] = [drafts[i % drafts.length], drafts[j % drafts.length]];
          const threshold = cosine((a as EmbeddedDraft).vector, (b as EmbeddedDraft).vector);
          expect(dropRepeats(drafts, threshold)).toEqual(dropByAllPairs(drafts, threshold));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("keeps the first, and names it for each that it drops", () => {
    const [a, b, c] = [draft([1, 0]), draft([0, 1]), draft([2, 0])];
    expect(dropRepeats([a, b, c, c], 0.98)).toEqual({
      kept: [a, b],
      dropped: [
        { index: 2, duplicateOf: 0, similarity: 1 },
        { index: 3, duplicateOf: 0, similarity: 1 },
      ],
    });
  });

  test("compares with what was kept, not with what was dropped", () => {
    const at = (degrees: number) =>
      draft([Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]);
    const { kept, dropped } = dropRepeats([at(0), at(10), at(20)], Math.cos((15 * Math.PI) / 180));
    expect(kept).toHaveLength(2);
    expect(dropped).toMatchObject([{ index: 1, duplicateOf: 0 }]);
  });

  test.each<[string, Partial<EmbeddedDraft>]>([
    ["another scope", { given: { scope: parseScope("/a") } }],
    ["another root", { root: parseScope("/a") }],
    ["another source", { source: "bob" }],
    ["no source", { source: null }],
    ["another privacy", { private: true }],
    ["other metadata", { given: { metadata: { order: 2 } } }],
    ["other categories", { given: { categories: ["refund"] } }],
    ["another importance", { given: { importance: 1 } }],
    ["another date", { createdAt: new Date(1) }],
    ["another end", { expiresAt: new Date(1) }],
  ])("keeps an equal draft of %s", (_, other) => {
    const first = draft([1, 0], { source: "alice" });
    const second = { ...first, ...other };
    expect(dropRepeats([first, second], 0).kept).toEqual([first, second]);
    expect(dropRepeats([second, first], 0).kept).toEqual([second, first]);
  });

  test("drops an equal draft of which the same was said, in whatever order its metadata stand", () => {
    const said = (metadata: object) =>
      draft([1, 0], { ...parseDraft("text", { metadata, categories: ["a"], importance: 1 }) });
    const drafts = [said({ a: 1, b: [2] }), said({ b: [2], a: 1 })];
    expect(dropRepeats(drafts, 0.98).kept).toHaveLength(1);
  });

  test("does nothing where there is nothing", () => {
    expect(dropRepeats([], 0.98)).toEqual({ kept: [], dropped: [] });
  });
});
