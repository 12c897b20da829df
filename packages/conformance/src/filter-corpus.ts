import type { StoredRecord } from "@unimem/core/storage";
import { sampleDay, sampleRecord } from "./sample-record.ts";

type Given = Parameters<typeof sampleRecord>[0];

/** A word that most contents of the corpus have, so that `matching` meets every filter. */
export const corpusWord = "lighthouse";

const variants: Omit<Given, "id">[] = [
  { metadata: { priority: 1 }, categories: ["red"] },
  { metadata: { priority: 2 }, categories: ["red", "green"] },
  { metadata: { priority: 10 }, categories: ["green", "red"] },
  { metadata: { priority: -1.5 }, categories: ["Red"] },
  { metadata: { priority: "1" }, categories: ["reddish"] },
  { metadata: { priority: "10" }, categories: ["red,green"] },
  { metadata: { priority: "high" }, categories: ["red", "red"] },
  { metadata: { priority: "" }, categories: [""] },
  { metadata: { priority: null }, categories: ["it's"] },
  { metadata: { priority: true }, categories: ['"red"'] },
  { metadata: { priority: false }, categories: ["r%d"] },
  { metadata: { priority: 0 }, categories: ["r_d"] },
  { metadata: { priority: [1, 2] }, categories: ["é"] },
  { metadata: { priority: [2, 1] }, categories: ["e\u0301"] },
  { metadata: { priority: [] }, categories: ["😀"] },
  { metadata: { priority: {} }, categories: ["blue"] },
  { metadata: { priority: { level: 1, unit: "x" } } },
  { metadata: { priority: { unit: "x", level: 1 } } },
  { metadata: { priority: { level: 2 } } },
  { metadata: { Priority: 1, prio: 1, priority2: 1 } },
  { metadata: { "a.b": 1, a: { b: 2 } } },
  { metadata: { a: { b: 1 } } },
  { metadata: { "it's": 1, 'say "x"': 2, "back\\slash": 3, "": 4, "$[0]": 5, "%": 6 } },
  { metadata: JSON.parse('{"__proto__": 1, "toString": "x", "constructor": null}') },
  { metadata: { city: "Zürich", when: "2026-01-05", priority: 5 }, scope: "/app" },
  { metadata: { city: "Zu\u0308rich", when: "2026-02-01", priority: 6 }, scope: "/app/x" },
  { metadata: { city: "zürich", when: "2025-12-31", priority: 7 }, scope: "/apple" },
  { metadata: { city: 'O\'Hare "ORD" \\ %', priority: 8 }, scope: "/app/x/y" },
  { source: "alice", private: true, scope: "/app", categories: ["red"] },
  { source: "alice", private: false, scope: "/app/x", categories: ["red"] },
  { source: "bob", private: true, scope: "/app", categories: ["red"], metadata: { priority: 1 } },
  { source: "Alice", private: true },
  { source: "o'brien", private: true },
  { source: "", private: true },
  { source: null, private: true },
  { supersededBy: "corpus-00", supersededAt: sampleDay(20), categories: ["red"], scope: "/app" },
  { supersededBy: "corpus-01", supersededAt: sampleDay(30), updatedAt: sampleDay(10) },
  { supersededBy: "corpus-01", supersededAt: sampleDay(50), metadata: { priority: 1 } },
  { supersededBy: "it's", supersededAt: sampleDay(40), source: "alice", private: true },
  { updatedAt: sampleDay(35), categories: ["red"], scope: "/app", metadata: { priority: 3 } },
  { updatedAt: new Date(sampleDay(35).getTime() + 1), createdAt: sampleDay(35) },
  { createdAt: new Date(sampleDay(35).getTime() - 1), metadata: { priority: 2 } },
  { expiresAt: sampleDay(20), scope: "/app", categories: ["red"], metadata: { priority: 5 } },
  { expiresAt: new Date(sampleDay(20).getTime() - 1), source: "bob" },
  { expiresAt: new Date(sampleDay(20).getTime() + 1), source: "bob", scope: "/app" },
  { expiresAt: sampleDay(20), source: "alice", private: true, categories: ["red"] },
  { expiresAt: sampleDay(20), supersededBy: "corpus-01", supersededAt: sampleDay(30) },
  { expiresAt: sampleDay(25), supersededBy: "corpus-01", supersededAt: sampleDay(30) },
  { expiresAt: new Date(-1), source: "", metadata: { priority: 6 } },
  { expiresAt: new Date("9999-12-31T23:59:59.999Z"), source: "alice", scope: "/app" },
];

/** Records that differ in everything a filter can ask for, and in little: each lies beside the edge of another. */
export function filterCorpus(): StoredRecord[] {
  return variants.map((given, i) => {
    const content = i % 5 === 4 ? "Something else." : `The ${corpusWord} stands on cape ${i}.`;
    const id = `corpus-${String(i).padStart(2, "0")}`;
    const record = sampleRecord({ id, content, createdAt: sampleDay(i % 12), ...given });
    return structuredClone(record);
  });
}
