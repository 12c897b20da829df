import { parseScope, type RecordFilter, type StoredRecord } from "@unimem/core/storage";
import fc from "fast-check";
import { sampleDay, sampleRecord } from "./sample-record.ts";
import { sampleVector } from "./sample-vector.ts";

/** One random step; plain data, so that a failing sequence prints as what it does. */
export type ModelCommand =
  | {
      readonly kind: "write";
      readonly put: readonly ModelPut[];
      readonly remove: readonly string[];
    }
  | { readonly kind: "touch"; readonly ids: readonly string[]; readonly at: Date }
  | { readonly kind: "remove"; readonly filter: RecordFilter }
  | { readonly kind: "reopen" }
  | {
      readonly kind: "read";
      readonly filter: RecordFilter;
      readonly limit: number;
      readonly offset: number;
      readonly vector: string;
      readonly word: string;
    };

type Given = Parameters<typeof sampleRecord>[0];
type ModelPut = Omit<Given, "vector"> & { readonly vectorOf: string };

// Few values that differ in little: so that commands meet, and carelessness shows.
export const modelIds: readonly string[] = [
  ..."abcdefgh",
  "A",
  "o'brien",
  "%",
  "a_b",
  "caf\u00e9",
  "cafe\u0301",
  "😀",
];
const paths = ["/", "/app", "/app/x", "/apple", "/App", "/app_x", "/app%", "/o'brien/\\", "/é/😀"];
const categories = ["red", "Red", "a,b", "it's", "", "é", "e\u0301"];
const sources = ["alice", "Alice", "", "o'brien"];
const contents = [
  "",
  "The lighthouse keeper sleeps.",
  "Lighthouse",
  "harbour and lighthouse",
  "harbour only",
  "O'Brien's \"harbour\" \\ 100%",
];
const values = [1, 2, -0.5, "1", "two", "", true, false, null, ["x", 1], { y: 1 }];
const keys = ["k", "K", "a.b", "o'k", "__proto__"];

const times = fc.integer({ min: 0, max: 6 }).map((days) => sampleDay(days));
const someIds = fc.uniqueArray(fc.constantFrom(...modelIds), { maxLength: 4 });

const metadata = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)), {
    maxLength: 3,
    selector: ([key]) => key,
  })
  .map((entries) => Object.fromEntries(entries));

const superseded = fc.option(
  fc.record({ supersededBy: fc.constantFrom(...modelIds), supersededAt: times }),
);

const puts = fc
  .record({
    id: fc.constantFrom(...modelIds),
    revision: fc.integer({ min: 1, max: 5 }),
    content: fc.constantFrom(...contents),
    scope: fc.constantFrom(...paths),
    categories: fc.uniqueArray(fc.constantFrom(...categories), { maxLength: 3 }),
    metadata,
    createdAt: times,
    updatedAt: times,
    lastAccessed: times,
    source: fc.constantFrom(null, ...sources),
    private: fc.boolean(),
    vectorOf: fc.constantFrom("north", "south", "east", "west"),
    superseded,
    expiresAt: fc.option(times),
  })
  .map(({ superseded, ...given }): ModelPut => ({ ...given, ...superseded }));

const writes = fc
  .record({
    put: fc.uniqueArray(puts, { maxLength: 6, selector: ({ id }) => id }),
    remove: fc.uniqueArray(fc.constantFrom(...modelIds), { maxLength: 1 }),
  })
  .map(({ put, remove }) => ({
    kind: "write" as const,
    put,
    remove: remove.filter((id) => !put.some((each) => each.id === id)),
  }))
  .filter(({ put, remove }) => put.length + remove.length > 0);

const bounds = fc.constantFrom(0, 1, 1.5, "", "1", "two");
const condition = fc.oneof(
  fc.record({ eq: fc.constantFrom(...values) }),
  fc.record({ ne: fc.constantFrom(...values) }),
  fc.record({ in: fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 }) }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ gt: bounds, lte: bounds }, { requiredKeys: [] }),
  fc.record({ gte: bounds, lt: bounds }, { requiredKeys: [] }),
);

const filters: fc.Arbitrary<RecordFilter> = fc.record(
  {
    visibleTo: fc.oneof(
      fc.constant("all" as const),
      fc.constant("public" as const),
      fc.record({ source: fc.constantFrom(...sources, "nobody") }),
    ),
    scopes: rarelyEmpty(fc.constantFrom(...paths).map((path) => parseScope(path))),
    ids: rarelyEmpty(fc.constantFrom(...modelIds)),
    sources: rarelyEmpty(fc.constantFrom(...sources)),
    categories: rarelyEmpty(fc.constantFrom(...categories)),
    metadata: fc
      .tuple(fc.constantFrom(...keys), condition)
      .map((entry) => Object.fromEntries([entry])),
    createdAfter: times,
    createdBefore: times,
    supersededBy: rarelyEmpty(fc.constantFrom(...modelIds)),
    state: fc.constantFrom("current", "superseded", "any"),
    asOf: times,
    aliveAt: times,
    expiredAt: times,
  },
  { requiredKeys: ["visibleTo"] },
);

function rarelyEmpty<T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.array(each, { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constant<T[]>([]) },
  );
}

// With every condition given at random almost nothing matches; most filters should have one or two.
const sparse: fc.Arbitrary<RecordFilter> = fc
  .tuple(filters, fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 2 }))
  .map(([{ visibleTo, ...conditions }, kept]) => ({
    visibleTo,
    ...Object.fromEntries(Object.entries(conditions).filter((_, i) => kept.includes(i))),
  }));

// Removed ids stay removed, so a removal takes few, or soon nothing would be left to ask for.
const removals: fc.Arbitrary<RecordFilter> = fc
  .tuple(sparse, fc.uniqueArray(fc.constantFrom(...modelIds), { minLength: 1, maxLength: 4 }))
  .map(([filter, ids]) => ({ ...filter, ids }));

const command: fc.Arbitrary<ModelCommand> = fc.oneof(
  { weight: 5, arbitrary: writes },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("touch" as const), ids: someIds, at: times }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("remove" as const),
      filter: fc.oneof({ weight: 4, arbitrary: removals }, { weight: 1, arbitrary: filters }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      filter: fc.oneof({ weight: 3, arbitrary: sparse }, { weight: 1, arbitrary: filters }),
      limit: fc.constantFrom(1, 2, 5, 100),
      offset: fc.constantFrom(0, 0, 1, 3),
      vector: fc.constantFrom("north", "south", "nowhere"),
      word: fc.constantFrom("lighthouse", "harbour"),
    }),
  },
);

export function modelCommands(maxLength: number): fc.Arbitrary<ModelCommand[]> {
  return fc.array(command, { minLength: 1, maxLength, size: "max" });
}

export function modelRecord({ vectorOf, ...given }: ModelPut): StoredRecord {
  return sampleRecord({ ...given, vector: sampleVector(vectorOf) });
}
