import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";

const hour = 3_600_000;

/** A record that is about to expire, with a history, beside one that never does. */
async function filled() {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  const memory = new Memory({ storage, embedder: scriptedEmbedder(), runtime });
  const expiresAt = new Date(+runtime.now() + hour);
  await memory.remember("lasting");
  const place = { scope: "/offer", categories: ["sale"] };
  const { id } = await memory.remember("half price", { ...place, expiresAt });
  runtime.advance(1);
  await memory.update(id, { content: "a third off" });
  const stored = async () => {
    await memory.drainWrites(); // a save has answered before its sweep is done
    return storage.count({ visibleTo: "all", state: "any" });
  };
  return { memory, runtime, expiresAt, id, stored };
}

describe("what expires", () => {
  test("is there until its moment", async () => {
    const { memory, runtime, id, expiresAt } = await filled();
    runtime.advance(hour - 2);
    expect((await memory.recall("offer")).map(({ record }) => record.content).sort()).toEqual([
      "a third off",
      "lasting",
    ]);
    expect(await memory.get(id)).toMatchObject({ expiresAt });
    expect(await memory.count("/offer")).toBe(1);
  });

  test("is gone from every verb from its moment on, in the past too", async () => {
    const { memory, runtime, id, stored } = await filled();
    const past = runtime.now();
    runtime.advance(hour - 1);
    const contents = (records: readonly { content: string }[]) => records.map((r) => r.content);
    expect(contents((await memory.recall("half price")).map((m) => m.record))).toEqual(["lasting"]);
    const asOf = await memory.recall("half price", { asOf: past });
    expect(contents(asOf.map((m) => m.record))).toEqual(["lasting"]);
    expect(await memory.get(id)).toBeUndefined();
    expect(contents(await memory.listRecords())).toEqual(["lasting"]);
    expect(contents(await memory.listRecords({ asOf: past }))).toEqual(["lasting"]);
    expect(await memory.count()).toBe(1);
    expect(await memory.count("/", { asOf: past })).toBe(1);
    expect(await memory.listCategories()).toEqual({});
    expect(await memory.listScopes()).toEqual([]);
    expect(await memory.tree()).toBe("/ (1 record)");
    expect(await memory.info("/offer")).toMatchObject({ recordCount: 0, newestRecord: null });
    expect(await memory.history(id)).toEqual([]);
    await expect(memory.update(id, { expiresAt: null })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await memory.forget({ ids: [id] })).toBe(0);
    expect(await memory.forget({ scope: "/offer" })).toBe(0);
    expect(await memory.slice({ scopes: ["/offer"] }).recall("half price")).toEqual([]);
    expect(await stored()).toBe(3); // hidden, and not yet removed
  });

  test("is removed by a reset of its scope, for no save may follow", async () => {
    const { memory, runtime, stored } = await filled();
    runtime.advance(hour);
    expect(await stored()).toBe(3);
    await memory.reset({ scope: "/lasting" });
    expect(await stored()).toBe(3);
    await memory.scope("/offer").reset();
    expect(await stored()).toBe(1);
  });

  test("is removed with its history by a later save, and by no save within the hour after a sweep", async () => {
    const { memory, runtime, stored } = await filled();
    runtime.advance(hour - 2);
    await memory.remember("the last of the hour");
    expect(await stored()).toBe(4);
    runtime.advance(1);
    await memory.remember("the first of the next"); // the first sweep was with the first save, an hour ago
    expect(await stored()).toBe(3);
    const soon = new Date(+runtime.now() + 1);
    await memory.remember("brief", { expiresAt: soon });
    runtime.advance(1000);
    await memory.remember("too soon to sweep again");
    expect([await stored(), await memory.count()]).toEqual([5, 4]);
    runtime.advance(hour);
    await memory.remember("swept again");
    expect(await stored()).toBe(5);
  });

  test("may be given another moment, or none, while it is there", async () => {
    const { memory, runtime, id } = await filled();
    const past = new Date(+runtime.now() - 1);
    await memory.update(id, { expiresAt: null });
    runtime.advance(2 * hour);
    expect((await memory.history(id)).map(({ content }) => content)).toEqual(["half price"]);
    await memory.update(id, { expiresAt: new Date(+runtime.now() + hour) });
    runtime.advance(hour);
    expect(await memory.get(id)).toBeUndefined();
    expect(await memory.listRecords({ scope: "/offer", asOf: past })).toEqual([]);
  });
});
