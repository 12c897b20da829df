import { describe, expect, test } from "vitest";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { AccessLog } from "./access-log.ts";

const start = new Date("2026-01-01T00:00:00.000Z").getTime();

const neverFails = (error: unknown) => {
  throw error;
};

function recording() {
  const runtime = manualRuntime();
  const flushed: { ids: string[]; after: number }[] = [];
  const flush = async (ids: string[], at: Date) => {
    flushed.push({ ids, after: at.getTime() - start });
  };
  const log = new AccessLog(runtime, flush, neverFails);
  return { runtime, flushed, log };
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `id-${from + i}`);

describe("AccessLog", () => {
  test("hands on what was noted, each id once, 30 s after the first", () => {
    const { runtime, flushed, log } = recording();
    log.note(["a", "b"]);
    runtime.advance(20_000);
    log.note(["b", "c"]);
    runtime.advance(9_999);
    expect(flushed).toEqual([]);
    runtime.advance(1);
    expect(flushed).toEqual([{ ids: ["a", "b", "c"], after: 30_000 }]);
    runtime.advance(100_000);
    expect(flushed).toHaveLength(1);
  });

  test("starts anew after each flush", () => {
    const { runtime, flushed, log } = recording();
    log.note(["a"]);
    runtime.advance(30_000);
    log.note(["a"]);
    runtime.advance(29_999);
    expect(flushed).toHaveLength(1);
    runtime.advance(1);
    expect(flushed.map(({ ids }) => ids)).toEqual([["a"], ["a"]]);
  });

  test("hands on at 1,000 distinct ids without waiting, and takes its timer back", () => {
    const { runtime, flushed, log } = recording();
    log.note(ids(999));
    log.note(ids(999));
    expect(flushed).toEqual([]);
    log.note(["one more"]);
    expect(flushed.map(({ ids }) => ids.length)).toEqual([1000]);
    runtime.advance(29_999);
    log.note(["later"]);
    runtime.advance(1);
    expect(flushed).toHaveLength(1);
    runtime.advance(29_999);
    expect(flushed.map(({ after }) => after)).toEqual([0, 59_999]);
  });

  test("hands on when asked to, and nothing where nothing was noted", async () => {
    const { runtime, flushed, log } = recording();
    await log.flush();
    log.note([]);
    runtime.advance(60_000);
    expect(flushed).toEqual([]);
    log.note(["a"]);
    await log.flush();
    expect(flushed).toEqual([{ ids: ["a"], after: 60_000 }]);
    runtime.advance(60_000);
    expect(flushed).toHaveLength(1);
  });

  test("waits in flush until what it hands on is taken", async () => {
    const taken = Promise.withResolvers<void>();
    const log = new AccessLog(manualRuntime(), () => taken.promise, neverFails);
    log.note(["a"]);
    let done = false;
    const flushing = log.flush().then(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    taken.resolve();
    await flushing;
  });

  test.each<[string, () => Promise<void>]>([
    ["rejects", () => Promise.reject(new Error("closed"))],
    [
      "throws",
      () => {
        throw new Error("closed");
      },
    ],
  ])(
    "gives up what could not be handed on, tells why, and never rejects, where the flush %s",
    async (_, flush) => {
      const flushed: string[][] = [];
      const failures: unknown[] = [];
      const runtime = manualRuntime();
      const flushIds = (ids: string[]) => {
        flushed.push(ids);
        return flush();
      };
      const log = new AccessLog(runtime, flushIds, (error) => void failures.push(error));
      log.note(["a"]);
      await log.flush();
      await log.flush();
      runtime.advance(60_000);
      expect(flushed).toEqual([["a"]]);
      expect(failures).toEqual([new Error("closed")]);
    },
  );
});
