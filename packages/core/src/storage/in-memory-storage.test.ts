import { expect, test } from "vitest";
import { unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft } from "../save/draft.ts";
import { inMemoryStorage } from "./in-memory-storage.ts";

test("a word that is asked for many times is looked up once: a question may be a whole document", async () => {
  const storage = inMemoryStorage();
  await storage.open({ dimensions: 1, embedder: "test" });
  const when = { now: new Date("2026-01-01"), defaultImportance: 0.5 };
  const put = ["a lamp", "a table", "a lamp on the table"].map((content, i) => {
    const draft = { ...parseDraft(content, {}), vector: unitVector([1]) };
    return newRecord(draft, {}, { ...when, id: `${i}` });
  });
  await storage.write({ put, remove: [] });
  const found = (text: string) =>
    storage.matching?.({ text, filter: { visibleTo: "all" }, limit: 10 });
  expect(await found("lamp table")).toHaveLength(3);
  expect(await found("lamp table ".repeat(1000))).toEqual(await found("lamp table"));
});
