import { describe, expect, test } from "vitest";
import { jointSignal } from "./joint-signal.ts";

const never = new AbortController().signal;

describe("jointSignal", () => {
  test("is aborted once all are, and not before", () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const joint = jointSignal([a.signal, b.signal], never);
    a.abort();
    expect(joint?.aborted).toBe(false);
    b.abort();
    expect(joint?.aborted).toBe(true);
  });

  test("is aborted from the start where all are", () => {
    expect(jointSignal([AbortSignal.abort(), AbortSignal.abort()], never)?.aborted).toBe(true);
  });

  test("is none where somebody waits for ever", () => {
    expect(jointSignal([AbortSignal.abort(), undefined], never)).toBeUndefined();
  });

  test("listens no longer once the work is done", () => {
    const [a, done] = [new AbortController(), new AbortController()];
    const joint = jointSignal([a.signal], done.signal);
    done.abort();
    a.abort();
    expect(joint?.aborted).toBe(false);
  });
});
