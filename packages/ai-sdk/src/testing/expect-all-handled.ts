import { afterEach, beforeEach, expect } from "vitest";

/** Fails each test of a file that leaves a rejection unhandled. */
export function expectAllHandled(): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeEach(() => void process.on("unhandledRejection", note));
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve)); // they are reported after the tick
    process.off("unhandledRejection", note);
    expect(unhandled.splice(0)).toEqual([]);
  });
}
