import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "../domain/memory-error.ts";
import { unhandledDuring } from "../testing/unhandled-during.ts";
import { type QueuedSave, WriteQueue } from "./write-queue.ts";

type Save = QueuedSave<string, string>;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A queue that answers each save with its own name, and the log of what it committed. */
function recording({ limit = 1000, groupSize = 1000 } = {}) {
  const log: string[][] = [];
  const groups: (readonly Save[])[] = [];
  const queue = new WriteQueue<string, string>({
    limit,
    groupSize,
    async commit(group) {
      log.push(group.map(({ input }) => input));
      groups.push(group);
      await turn();
      for (const { input, resolve, reject } of group)
        if (input.startsWith("bad")) reject(new Error(input));
        else resolve(input);
    },
  });
  const exclusive = async (name: string) =>
    queue.exclusive(async () => {
      log.push([name]);
      await turn();
      return name;
    });
  return { queue, log, groups, exclusive };
}

/** Keeps the queue busy until the answer is called, so that everything after it waits. */
function blocked(queue: WriteQueue<string, string>) {
  const gate = Promise.withResolvers<void>();
  const done = queue.exclusive(() => gate.promise);
  return async () => {
    gate.resolve();
    await done;
  };
}

const weights = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 15 });

describe("WriteQueue", () => {
  test("commits in the order of acceptance, in groups that no other write falls into", async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
      fc.constantFrom("exclusive" as const, "turn" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step), fc.integer({ min: 1, max: 6 }), async (steps, groupSize) => {
        const { queue, log, groups, exclusive } = recording({ groupSize });
        const accepted: string[] = [];
        const writes: Promise<string>[] = [];
        for (const [i, step] of steps.entries()) {
          if (step === "turn") await turn();
          else {
            accepted.push(`${i}`);
            writes.push(step === "exclusive" ? exclusive(`${i}`) : queue.save(`${i}`, step));
          }
        }
        expect(await Promise.all(writes)).toEqual(accepted);
        expect(log.flat()).toEqual(accepted);
        for (const group of groups) {
          const size = group.reduce((sum, { weight }) => sum + weight, 0);
          expect(group.length === 1 || size <= groupSize).toBe(true);
        }
      }),
    );
  });

  test("commits what waits together as one group, up to the group size", async () => {
    await fc.assert(
      fc.asyncProperty(weights, fc.integer({ min: 1, max: 6 }), async (weights, groupSize) => {
        const { queue, log } = recording({ groupSize });
        const release = blocked(queue);
        const saves = weights.map((weight, i) => queue.save(`${i}`, weight));
        await release();
        await Promise.all(saves);
        const expected: string[][] = [];
        let room = 0;
        for (const [i, weight] of weights.entries()) {
          if (expected.length === 0 || weight > room) {
            expected.push([]);
            room = groupSize;
          }
          expected.at(-1)?.push(`${i}`);
          room -= weight;
        }
        expect(log).toEqual(expected);
      }),
    );
  });

  test("commits saves of one moment together, also when it was idle", async () => {
    const { queue, log } = recording();
    await Promise.all(["a", "b", "c"].map((name) => queue.save(name, 1)));
    expect(log).toEqual([["a", "b", "c"]]);
  });

  test("gathers the next group while one is being committed", async () => {
    const { queue, log } = recording();
    const first = queue.save("a", 1);
    await Promise.resolve();
    await Promise.resolve();
    const later = ["b", "c"].map((name) => queue.save(name, 1));
    await Promise.all([first, ...later]);
    expect(log).toEqual([["a"], ["b", "c"]]);
  });

  test("keeps the place of an exclusive write among saves", async () => {
    const { queue, log, exclusive } = recording();
    await Promise.all([queue.save("a", 1), exclusive("clear"), queue.save("b", 1)]);
    expect(log).toEqual([["a"], ["clear"], ["b"]]);
  });

  test("refuses a save exactly when it would pass the limit", async () => {
    await fc.assert(
      fc.asyncProperty(weights, fc.integer({ min: 1, max: 12 }), async (weights, limit) => {
        const { queue } = recording({ limit, groupSize: 3 });
        const release = blocked(queue);
        const saves = weights.map((weight, i) => queue.save(`${i}`, weight).catch((e) => e));
        await release();
        let waiting = 0;
        for (const [i, outcome] of (await Promise.all(saves)).entries()) {
          const weight = weights[i] as number;
          const fits = waiting + weight <= limit;
          if (fits) waiting += weight;
          if (fits) expect(outcome).toBe(`${i}`);
          else expect(outcome).toMatchObject({ code: "QUEUE_FULL", details: { limit } });
        }
        await queue.settled();
        expect(await queue.save("again", limit)).toBe("again");
      }),
    );
  });

  test("frees the room of saves that failed", async () => {
    const { queue } = recording({ limit: 2 });
    await expect(queue.save("bad", 2)).rejects.toThrow("bad");
    await queue.settled();
    expect(await queue.save("good", 2)).toBe("good");
  });

  test("rejects the saves that a failed commit left unsettled, and goes on", async () => {
    let commits = 0;
    const queue = new WriteQueue<string, string>({
      limit: 10,
      groupSize: 10,
      async commit(group) {
        group[0]?.resolve("done");
        if (commits++ === 0) throw new Error("lost");
      },
    });
    const outcomes = await Promise.allSettled([queue.save("a", 1), queue.save("b", 1)]);
    expect(outcomes).toMatchObject([{ value: "done" }, { reason: { message: "lost" } }]);
    expect(await queue.save("c", 1)).toBe("done");
  });

  test("answers an exclusive write with its value or its error, and goes on", async () => {
    const { queue, exclusive } = recording();
    const failing = queue.exclusive(() => Promise.reject(new Error("lost")));
    const throwing = queue.exclusive(() => {
      throw new Error("thrown");
    });
    expect(await exclusive("clear")).toBe("clear");
    await expect(failing).rejects.toThrow("lost");
    await expect(throwing).rejects.toThrow("thrown");
  });

  test("settled waits for what was accepted before, well or badly ended, and not for later writes", async () => {
    const { queue, log } = recording();
    const bad = queue.save("bad", 1).catch(() => "failed");
    const worse = queue.exclusive(() => Promise.reject(new Error("lost"))).catch(() => "failed");
    const settled = queue.settled();
    const release = blocked(queue);
    await settled;
    expect(log).toEqual([["bad"]]);
    expect(await Promise.all([bad, worse])).toEqual(["failed", "failed"]);
    await release();
    await queue.settled();
  });

  test("settled resolves at once where nothing waits", async () => {
    await new WriteQueue({ limit: 1, groupSize: 1, commit: async () => {} }).settled();
  });

  test("close saves what was accepted and accepts nothing more", async () => {
    const { queue, log } = recording();
    const release = blocked(queue);
    const accepted = queue.save("a", 1);
    const closing = queue.close();
    const late = [queue.save("b", 1), queue.exclusive(async () => "c")];
    for (const each of await Promise.allSettled(late))
      expect(each.status === "rejected" && isMemoryError(each.reason, "CLOSED")).toBe(true);
    expect(log).toEqual([]);
    await release();
    await closing;
    expect(log).toEqual([["a"]]);
    expect(await accepted).toBe("a");
    await queue.close();
  });

  test("leaves no rejection unhandled that the caller of the write handles", async () => {
    const unhandled = await unhandledDuring(async () => {
      const { queue } = recording({ limit: 1 });
      const outcomes = Promise.allSettled([queue.save("bad", 1), queue.save("too many", 1)]);
      void queue.exclusive(() => Promise.reject(new Error("lost"))).catch(() => {});
      await queue.settled();
      await queue.close();
      await outcomes;
    });
    expect(unhandled).toEqual([]);
  });
});
