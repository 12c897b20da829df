import { manualRuntime } from "@unimem/core/testing";
import { expect, test } from "vitest";
import { withinBudget } from "./within-budget.ts";

const never = () => new Promise<never>(() => {});

test("answers as the work does, and leaves no timer behind", async () => {
  const runtime = manualRuntime();
  let aborted = false;
  const work = async (signal: AbortSignal) => {
    signal.addEventListener("abort", () => {
      aborted = true;
    });
    return 7;
  };
  expect(await withinBudget(work, { timeoutMs: 10, runtime })).toBe(7);
  runtime.advance(1000);
  expect(aborted).toBe(false);
});

test("gives up when the time is up, also on work that ignores its signal", async () => {
  const runtime = manualRuntime();
  const given = withinBudget(never, { timeoutMs: 10, runtime });
  runtime.advance(9);
  await Promise.resolve();
  runtime.advance(1);
  await expect(given).rejects.toMatchObject({ code: "ABORTED", message: /10 ms/ });
});

test("gives up when it is aborted from outside, before or while it works", async () => {
  const runtime = manualRuntime();
  const outer = new AbortController();
  const given = withinBudget(never, { timeoutMs: 10, runtime, signal: outer.signal });
  outer.abort("enough");
  await expect(given).rejects.toMatchObject({ code: "ABORTED", cause: "enough" });
  await expect(
    withinBudget(never, { timeoutMs: 10, runtime, signal: outer.signal }),
  ).rejects.toMatchObject({ code: "ABORTED" });
});

test("rejects as the work does, also where it throws at once", async () => {
  const runtime = manualRuntime();
  const failing = () => {
    throw new Error("at once");
  };
  await expect(withinBudget(failing, { timeoutMs: 10, runtime })).rejects.toThrow("at once");
});

test("minds no rejection that comes too late", async () => {
  const runtime = manualRuntime();
  const { promise, reject } = Promise.withResolvers<never>();
  const given = withinBudget(() => promise, { timeoutMs: 10, runtime });
  runtime.advance(10);
  await expect(given).rejects.toMatchObject({ code: "ABORTED" });
  reject(new Error("late")); // unhandled, it would fail this run
  await new Promise((resolve) => setImmediate(resolve));
});
