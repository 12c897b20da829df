import fc from "fast-check";
import type { MemoryRecord, MemoryScope, StorageBackend } from "unimem";
import type { ManualRuntime } from "unimem/testing";

/** One fact of a random store; `update` changes it once more, later. */
export interface Fact {
  readonly content: string;
  readonly scope: string;
  readonly categories: readonly string[];
  readonly metadata: { readonly k?: number };
  readonly source: string | undefined;
  readonly private: boolean;
  /** Seconds after the start; absent: never. */
  readonly expiresAfter: number | undefined;
  readonly update: { readonly content?: string; readonly scope?: string } | undefined;
}

// Few values that differ in little: so that questions meet facts, and carelessness shows.
export const paths: readonly string[] = [
  "/",
  "/app",
  "/app/x",
  "app//x/y/",
  "/apple",
  "/App",
  "/app%",
  "/app_x",
  "/o'brien",
  '/o"brien/\\',
  "/caf\u00e9",
  "/cafe\u0301/x",
];
export const hostilePaths = ["..", "/app/..", "x/../../app", "/./app", "/app\u0000", "/\ud800"];
export const sources = ["ada", "Ada", "o'brien"];
export const categories = ["red", "Red", "it's"];

/** `each` in so many of ten cases, else nothing. */
export function inTen<T>(times: number, each: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: 10 - times, arbitrary: fc.constant(undefined) },
    { weight: times, arbitrary: each },
  );
}

const popular = ["/app", "/app/x", "/caf\u00e9"];
/** Any path, and every other time one where much lies. */
export const anyPath = fc.oneof(fc.constantFrom(...paths), fc.constantFrom(...popular));

export const facts: fc.Arbitrary<Fact[]> = fc.array(
  fc
    .record({
      content: fc.constantFrom("lighthouse", "the harbour", "a lighthouse in the harbour", "zebra"),
      scope: anyPath,
      categories: fc.uniqueArray(fc.constantFrom(...categories), { maxLength: 2 }),
      metadata: fc.record({ k: fc.constantFrom(1, 2) }, { requiredKeys: [] }),
      source: inTen(6, fc.constantFrom(...sources)),
      private: fc.boolean(),
      expiresAfter: inTen(3, fc.constantFrom(5, 50)),
      update: inTen(
        4,
        fc
          .record({ content: fc.constantFrom("new harbour"), scope: anyPath }, { requiredKeys: [] })
          .filter((patch) => Object.keys(patch).length > 0),
      ),
    })
    .map((fact) => ({ ...fact, private: fact.private && fact.source !== undefined })),
  { minLength: 4, maxLength: 14, size: "max" },
);

/** Stores the facts as time goes by: 10 seconds later all is said and some of it has expired. */
export async function fill(
  whole: MemoryScope,
  all: readonly Fact[],
  runtime: ManualRuntime,
): Promise<void> {
  const start = runtime.now().getTime();
  const half = Math.ceil(all.length / 2);
  for (const some of [all.slice(0, half), all.slice(half)]) {
    const records = await Promise.all(
      some.map(({ update: _, expiresAfter, content, ...options }) =>
        whole.remember(content, {
          ...options,
          expiresAt: expiresAfter === undefined ? undefined : new Date(start + expiresAfter * 1000),
        }),
      ),
    );
    runtime.advance(1000);
    for (const [i, { update }] of some.entries())
      if (update) await whole.update((records[i] as MemoryRecord).id, update, everybody);
    runtime.advance(1000);
  }
  runtime.advance(6000);
}

export const everybody = { includePrivate: true };

/** Everything that is stored, whoever may see it: superseded, private and expired records too. */
export function stored(storage: StorageBackend): Promise<MemoryRecord[]> {
  const filter = { visibleTo: "all", state: "any" } as const;
  return storage.list({ filter, limit: 10_000, offset: 0 });
}
