import { describe, expect, test } from "vitest";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { unhandledDuring } from "../testing/unhandled-during.ts";
import { abortable, abortedError, withDeadline } from "./deadline.ts";
import { MemoryError } from "./memory-error.ts";

const aborted = expect.objectContaining({ code: "ABORTED" });
const timedOut = expect.objectContaining({ code: "EMBEDDING_FAILED" });
const never = () => new Promise<never>(() => {});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function limitsOf(runtime = manualRuntime(), signal?: AbortSignal) {
  const onTimeout = () => new MemoryError("EMBEDDING_FAILED", "Too slow.");
  return { timeoutMs: 100, runtime, onTimeout, ...(signal && { signal }) };
}

describe("withDeadline", () => {
  test("settles as the work does, when it is in time", async () => {
    expect(await withDeadline(async () => 7, limitsOf())).toBe(7);
    const error = new Error("below");
    await expect(withDeadline(() => Promise.reject(error), limitsOf())).rejects.toBe(error);
    const throwing = () => {
      throw error;
    };
    await expect(withDeadline(throwing, limitsOf())).rejects.toBe(error);
  });

  test("rejects at the deadline, not before, and aborts the work's signal", async () => {
    const runtime = manualRuntime();
    const seen: AbortSignal[] = [];
    let settled = false;
    const call = withDeadline((signal) => {
      seen.push(signal);
      return never();
    }, limitsOf(runtime)).finally(() => {
      settled = true;
    });
    call.catch(() => {});
    await turn();
    runtime.advance(99);
    await turn();
    expect(settled).toBe(false);
    expect(seen[0]?.aborted).toBe(false);
    runtime.advance(1);
    await expect(call).rejects.toEqual(timedOut);
    expect(seen[0]?.aborted).toBe(true);
  });

  test("rejects with ABORTED as soon as the caller's signal is aborted, and keeps the reason", async () => {
    const controller = new AbortController();
    const seen: AbortSignal[] = [];
    const call = withDeadline(
      (signal) => {
        seen.push(signal);
        return never();
      },
      limitsOf(manualRuntime(), controller.signal),
    );
    await turn();
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(call).rejects.toEqual(aborted);
    await expect(call).rejects.toHaveProperty("cause", reason);
    expect(seen[0]?.aborted).toBe(true);
  });

  test("rejects at once where the signal was aborted before", async () => {
    const limits = limitsOf(manualRuntime(), AbortSignal.abort());
    await expect(withDeadline(never, limits)).rejects.toEqual(aborted);
  });

  test("keeps the first of timeout and abort", async () => {
    const runtime = manualRuntime();
    const controller = new AbortController();
    const call = withDeadline(never, limitsOf(runtime, controller.signal));
    runtime.advance(100);
    controller.abort();
    await expect(call).rejects.toEqual(timedOut);
  });

  test("takes its timer back however the work ends", async () => {
    const runtime = manualRuntime();
    let timers = 0;
    const counting: typeof runtime = {
      ...runtime,
      after(ms, callback) {
        timers++;
        const cancel = runtime.after(ms, callback);
        return () => {
          timers--;
          cancel();
        };
      },
    };
    await withDeadline(async () => 7, limitsOf(counting));
    await withDeadline(() => Promise.reject(new Error("below")), limitsOf(counting)).catch(
      () => {},
    );
    await withDeadline(never, limitsOf(counting, AbortSignal.abort())).catch(() => {});
    expect(timers).toBe(0);
  });

  test("ignores what the work does after the deadline", async () => {
    const unhandled = await unhandledDuring(async () => {
      const runtime = manualRuntime();
      const work = Promise.withResolvers<never>();
      const call = withDeadline(() => work.promise, limitsOf(runtime));
      await turn();
      runtime.advance(100);
      await expect(call).rejects.toEqual(timedOut);
      work.reject(new Error("late"));
    });
    expect(unhandled).toEqual([]);
  });
});

describe("abortable", () => {
  test("settles as the work does without a signal, and with one that is never aborted", async () => {
    const { signal } = new AbortController();
    const error = new Error("below");
    expect(await abortable(Promise.resolve(7), undefined)).toBe(7);
    expect(await abortable(Promise.resolve(7), signal)).toBe(7);
    await expect(abortable(Promise.reject(error), signal)).rejects.toBe(error);
  });

  test("rejects with ABORTED without waiting for the work, whose end harms nobody", async () => {
    const unhandled = await unhandledDuring(async () => {
      const controller = new AbortController();
      const work = Promise.withResolvers<never>();
      const call = abortable(work.promise, controller.signal);
      controller.abort();
      await expect(call).rejects.toEqual(aborted);
      const late = abortable(work.promise, controller.signal);
      await expect(late).rejects.toEqual(aborted);
      work.reject(new Error("late"));
    });
    expect(unhandled).toEqual([]);
  });
});

test("abortedError keeps the signal's reason as its cause", () => {
  const error = abortedError(AbortSignal.abort("reason"));
  expect(error).toEqual(aborted);
  expect(error.cause).toBe("reason");
  expect(error.message).not.toContain("reason");
});
