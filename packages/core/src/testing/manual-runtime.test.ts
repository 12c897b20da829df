import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { manualRuntime } from "./manual-runtime.ts";

const start = new Date("2026-01-01T00:00:00.000Z").getTime();
const delay = fc.integer({ min: 0, max: 20 });
const delays = fc.array(delay, { maxLength: 10 });
const steps = fc.array(delay, { minLength: 1, maxLength: 10 });

describe("manualRuntime", () => {
  test("counts ids and moves its clock only when told to", () => {
    const runtime = manualRuntime();
    expect([runtime.newId(), runtime.newId()]).toEqual(["id-000001", "id-000002"]);
    expect(runtime.now().getTime()).toBe(start);
    runtime.advance(5);
    expect(runtime.now().getTime()).toBe(start + 5);
    expect(manualRuntime("2020-02-02T00:00:00Z").now().getUTCFullYear()).toBe(2020);
  });

  test("gives a moment of its own to everyone who asks", () => {
    const runtime = manualRuntime();
    runtime.now().setTime(0);
    expect(runtime.now().getTime()).toBe(start);
  });

  test("calls what falls due, in order, each at its own moment", () => {
    fc.assert(
      fc.property(delays, fc.integer({ min: 0, max: 25 }), (delays, ms) => {
        const runtime = manualRuntime();
        const calls: { delay: number; i: number; at: number }[] = [];
        for (const [i, delay] of delays.entries())
          runtime.after(delay, () => {
            calls.push({ delay, i, at: runtime.now().getTime() - start });
          });
        runtime.advance(ms);
        const due = delays.map((delay, i) => ({ delay, i, at: delay }));
        expect(calls).toEqual(
          due.filter(({ delay }) => delay <= ms).sort((a, b) => a.delay - b.delay || a.i - b.i),
        );
        expect(runtime.now().getTime()).toBe(start + ms);
      }),
    );
  });

  test("ends up the same in one step and in many", () => {
    const callsIn = (delays: number[], steps: number[]) => {
      const runtime = manualRuntime();
      const calls: string[] = [];
      for (const [i, delay] of delays.entries())
        runtime.after(delay, () => void calls.push(`${i}@${runtime.now().getTime()}`));
      for (const step of steps) runtime.advance(step);
      return calls;
    };
    fc.assert(
      fc.property(delays, steps, (delays, steps) => {
        const whole = steps.reduce((sum, step) => sum + step, 0);
        expect(callsIn(delays, steps)).toEqual(callsIn(delays, [whole]));
      }),
    );
  });

  test("calls a timer once, and never after it was taken back", () => {
    const runtime = manualRuntime();
    const calls: string[] = [];
    runtime.after(10, () => void calls.push("once"));
    const cancel = runtime.after(10, () => void calls.push("never"));
    cancel();
    cancel();
    runtime.advance(10);
    runtime.advance(10);
    expect(calls).toEqual(["once"]);
  });

  test("calls timers that other timers start, if they fall due on the way", () => {
    const runtime = manualRuntime();
    const calls: number[] = [];
    const again = () => {
      calls.push(runtime.now().getTime() - start);
      runtime.after(10, again);
    };
    runtime.after(10, again);
    runtime.advance(35);
    expect(calls).toEqual([10, 20, 30]);
  });
});
