import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";

describe("looking around", () => {
  async function filled() {
    const memory = new Memory({
      storage: inMemoryStorage(),
      embedder: scriptedEmbedder(),
      runtime: manualRuntime(),
    });
    await memory.rememberMany([
      { content: "one", scope: "/project/alpha", categories: ["plan"] },
      { content: "two", scope: "/project/alpha/notes", categories: ["plan", "risk"] },
      { content: "three", scope: "/project", categories: ["risk"] },
      { content: "four", scope: "/projector" },
      { content: "hidden", scope: "/secret", source: "ada", private: true },
    ]);
    return memory;
  }

  test("the tree counts what lies in and below each scope, and shows no scope that holds only hidden records", async () => {
    const memory = await filled();
    expect(await memory.tree()).toBe(
      [
        "/ (4 records)",
        "  /project (3 records)",
        "    /project/alpha (2 records)",
        "      /project/alpha/notes (1 record)",
        "  /projector (1 record)",
      ].join("\n"),
    );
    expect(await memory.tree("/project", { maxDepth: 0 })).toBe("/project (3 records)");
  });

  test("info, scopes and categories tell of a scope and what is below it", async () => {
    const memory = await filled();
    expect(await memory.info("/project")).toMatchObject({
      path: "/project",
      recordCount: 3,
      categories: ["plan", "risk"],
      childScopes: ["/project/alpha"],
    });
    expect(await memory.info("/nowhere")).toMatchObject({
      recordCount: 0,
      oldestRecord: null,
      newestRecord: null,
    });
    expect(await memory.listScopes("/", { source: "ada" })).toEqual([
      "/project",
      "/projector",
      "/secret",
    ]);
    expect(await memory.listCategories("/project/alpha")).toEqual({ plan: 2, risk: 1 });
  });

  test("listRecords pages newest first over everything selected", async () => {
    const runtime = manualRuntime();
    const memory = new Memory({
      storage: inMemoryStorage(),
      embedder: scriptedEmbedder(),
      runtime,
    });
    for (const content of ["first", "second", "third"]) {
      await memory.remember(content);
      runtime.advance(1);
    }
    const page = await memory.listRecords({ limit: 2, offset: 1 });
    expect(page.map(({ content }) => content)).toEqual(["second", "first"]);
  });
});

describe("opening and closing", () => {
  test("nothing is opened before the first call that needs it", async () => {
    const opened: string[] = [];
    const memory = new Memory({
      storage: async () => {
        opened.push("storage");
        return inMemoryStorage();
      },
      embedder: async () => {
        opened.push("embedder");
        return scriptedEmbedder();
      },
    });
    expect(opened).toEqual([]);
    await Promise.all([memory.count(), memory.remember("a fact"), memory.tree()]);
    expect(opened).toEqual(["embedder", "storage"]);
  });

  test("an opening that fails is tried again by the next call", async () => {
    let tries = 0;
    const memory = new Memory({
      storage: async () => {
        if (++tries === 1) throw new Error("not mounted yet");
        return inMemoryStorage();
      },
      embedder: scriptedEmbedder(),
    });
    await expect(memory.count()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(await memory.count()).toBe(0);
  });

  test("a storage that is made without a promise is used, and what is none is refused", async () => {
    const memoryOf = (storage: () => unknown) =>
      new Memory({ storage: storage as never, embedder: scriptedEmbedder() });
    expect(await memoryOf(() => inMemoryStorage()).count()).toBe(0);
    for (const none of [undefined, null, {}, "memory"])
      await expect(memoryOf(() => none).count()).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("close saves what was accepted, and every later call is CLOSED", async () => {
    const storage = inMemoryStorage();
    const saved: number[] = [];
    const watched: StorageBackend = {
      ...storage,
      async write(batch) {
        saved.push(batch.put.length);
        await storage.write(batch);
      },
    };
    const memory = new Memory({ storage: watched, embedder: scriptedEmbedder() });
    const pending = memory.rememberMany(["a", "b"]);
    await Promise.all([memory.close(), memory.close()]);
    expect(saved).toEqual([2]);
    expect(await pending).toHaveLength(2);
    const calls = [
      memory.remember("late"),
      memory.recall("late"),
      memory.count(),
      memory.forget({ ids: ["x"] }),
      memory.resetAll(),
    ];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ reason: { code: "CLOSED" } });
  });

  test("close also closes what a call was about to open", async () => {
    let open = 0;
    const opens = Promise.withResolvers<void>();
    const memory = new Memory({
      storage: async () => {
        const storage = inMemoryStorage();
        return {
          ...storage,
          open: async (space) => {
            open++;
            return storage.open(space);
          },
          close: async () => {
            open--;
            await storage.close();
          },
        };
      },
      embedder: async () => {
        await opens.promise;
        return scriptedEmbedder();
      },
    });
    const counting = memory.count().catch(() => {});
    const closing = memory.close();
    opens.resolve();
    await Promise.all([counting, closing]);
    expect(open).toBe(0);
  });

  test("a function may give a part at once, and what it throws or lacks is told as the part's failure", async () => {
    const embedder = () => scriptedEmbedder() as never;
    const storage = () => inMemoryStorage() as never;
    expect(await new Memory({ storage, embedder }).count()).toBe(0);
    const fails = () => {
      throw new Error("not mounted");
    };
    const nothing = (async () => undefined) as never;
    for (const [parts, code] of [
      [{ storage: fails, embedder }, "STORAGE_UNAVAILABLE"],
      [{ storage, embedder: fails }, "EMBEDDING_FAILED"],
      [{ storage: nothing, embedder }, "INVALID_INPUT"],
      [{ storage, embedder: nothing }, "INVALID_INPUT"],
    ] as const)
      await expect(new Memory(parts).count()).rejects.toMatchObject({ code });
  });

  test("the runtime may be an object of a class", async () => {
    class Clock {
      #now = new Date("2026-01-01");
      now = function (this: Clock) {
        return this.#now;
      };
      newId() {
        return `at ${+this.#now}`;
      }
      after() {
        return () => void this.#now;
      }
    }
    const runtime = new Clock();
    const memory = new Memory({
      storage: inMemoryStorage(),
      embedder: scriptedEmbedder(),
      runtime,
    });
    const { createdAt } = await memory.remember("a fact");
    expect(createdAt).toEqual(runtime.now());
    expect(await memory.count()).toBe(1);
  });

  test("close of a memory that was never used opens nothing", async () => {
    const memory = new Memory({
      storage: () => Promise.reject(new Error("opened")),
      embedder: scriptedEmbedder(),
    });
    await memory.close();
  });

  test("await using closes at the end of the block", async () => {
    const storage = inMemoryStorage();
    {
      await using memory = new Memory({ storage, embedder: scriptedEmbedder() });
      await memory.remember("a fact");
    }
    await expect(storage.count({ visibleTo: "all" })).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("options that are wrong in themselves throw at once", () => {
    const parts = { storage: inMemoryStorage(), embedder: scriptedEmbedder() };
    for (const wrong of [
      { semanticWieght: 1 },
      { recencyWeight: Number.NaN },
      { recencyHalfLifeDays: 0 },
      { llm: "gpt-4o-mini" },
      { embedder: {} },
      { recallOversampleFactor: 0.5 },
    ])
      expect(() => new Memory({ ...parts, ...wrong } as never)).toThrow(
        expect.objectContaining({ code: "INVALID_INPUT" }),
      );
  });
});
