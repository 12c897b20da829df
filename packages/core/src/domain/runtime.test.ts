import { expect, test, vi } from "vitest";
import { systemRuntime } from "./runtime.ts";

test("a time that is longer than a timer can count is not over at once", () => {
  vi.useFakeTimers();
  try {
    const callback = vi.fn();
    const cancel = systemRuntime.after(1e10, callback);
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(callback).not.toHaveBeenCalled();
    cancel();
    vi.advanceTimersByTime(1e10);
    expect(callback).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
