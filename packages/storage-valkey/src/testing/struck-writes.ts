import { parseScope, type StorageBackend } from "@unimem/core/storage";
import { sampleRecord } from "./sample-record.ts";

/** What a store holds before one of {@link struckWrites} meets a fault. */
export const heldBefore = [
  sampleRecord("changed", { scope: "/a" }),
  sampleRecord("newer", { scope: "/a", revision: 5 }),
  sampleRecord("removed", { scope: "/a/b", source: "alice", private: true }),
  sampleRecord("other", { scope: "/c" }),
];

export type StruckWrite = (storage: StorageBackend) => Promise<unknown>;

/** Writes of which half would show: new, changed, kept and gone in one. */
export const struckWrites = {
  "a batch": (storage) =>
    storage.write({
      put: [
        sampleRecord("new", { scope: "/d" }),
        sampleRecord("changed", { scope: "/d", revision: 2 }),
        sampleRecord("newer", { scope: "/d", revision: 4 }),
      ],
      remove: ["removed", "never seen"],
    }),
  "a removal": (storage) =>
    storage.remove({ visibleTo: "all", state: "any", scopes: [parseScope("/a")] }),
} satisfies Record<string, StruckWrite>;
