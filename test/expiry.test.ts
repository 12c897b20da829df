import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lanceStorage } from "@unimem/lancedb";
import { Memory } from "unimem";
import { manualRuntime, scriptedEmbedder } from "unimem/testing";
import { expect, onTestFinished, test } from "vitest";

const hour = 3_600_000;

async function filled() {
  const uri = mkdtempSync(join(tmpdir(), "unimem-expiry-"));
  const runtime = manualRuntime();
  const storage = lanceStorage({ uri, runtime });
  const memory = new Memory({ storage, embedder: scriptedEmbedder(), llm: false, runtime });
  onTestFinished(async () => {
    await memory.close();
    rmSync(uri, { recursive: true, force: true });
  });
  await memory.remember("lasting");
  const { id } = await memory.remember("half price", {
    scope: "/offer",
    categories: ["sale"],
    expiresAt: new Date(+runtime.now() + hour),
  });
  runtime.advance(1);
  await memory.update(id, { content: "a third off" });
  const stored = async () => {
    await memory.drainWrites(); // a save has answered before its sweep is done
    return storage.count({ visibleTo: "all", state: "any" });
  };
  return { memory, runtime, id, stored };
}

test("on disk, what expires is there until its moment and then gone from every verb, in the past too", async () => {
  const { memory, runtime, id, stored } = await filled();
  const past = runtime.now();
  runtime.advance(hour - 2);
  expect([await memory.count("/offer"), (await memory.recall("price")).length]).toEqual([1, 2]);
  runtime.advance(1);
  const found = async (options: object) =>
    (await memory.recall("half price", options)).map(({ record }) => record.content);
  expect([await found({}), await found({ asOf: past })]).toEqual([["lasting"], ["lasting"]]);
  expect(await memory.get(id)).toBeUndefined();
  expect(await memory.history(id)).toEqual([]);
  expect(await memory.listRecords({ scope: "/offer" })).toEqual([]);
  expect(await memory.listRecords({ scope: "/offer", asOf: past })).toEqual([]);
  expect([await memory.count(), await memory.count("/", { asOf: past })]).toEqual([1, 1]);
  expect(await memory.listCategories()).toEqual({});
  expect(await memory.listScopes()).toEqual([]);
  expect(await memory.tree()).toBe("/ (1 record)");
  expect(await memory.info("/offer")).toMatchObject({ recordCount: 0, oldestRecord: null });
  await expect(memory.update(id, { importance: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await memory.forget({ ids: [id] })).toBe(0);
  expect(await stored()).toBe(3);
  await memory.remember("the save that sweeps");
  expect(await stored()).toBe(2);
});

test("on disk, a later end holds for the history, and can be taken back", async () => {
  const { memory, runtime, id, stored } = await filled();
  await memory.update(id, { expiresAt: null });
  runtime.advance(hour);
  expect(await memory.history(id)).toHaveLength(1);
  await memory.update(id, { expiresAt: new Date(+runtime.now() + 1) });
  runtime.advance(1);
  expect(await memory.listRecords({ asOf: new Date("2026-01-01") })).toHaveLength(1);
  await memory.remember("the save that sweeps");
  expect(await stored()).toBe(2);
});
