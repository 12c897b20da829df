import { describe, expect, test } from "vitest";
import { durabilityOf, isBefore } from "./server-abilities.ts";

describe("durabilityOf", () => {
  test.each([
    ["host", "yes", "always", "no"],
    ["process", "yes", "always", "yes"],
    ["process", "yes", "everysec", "no"],
    ["process", "yes", "no", "no"],
    ["none", "no", "always", "no"],
  ])(
    "promises %s where appendonly is %s, appendfsync %s, and no sync while rewriting %s",
    (expected, appendonly, appendfsync, rewrite) => {
      const settings = { appendonly, appendfsync, "no-appendfsync-on-rewrite": rewrite };
      expect(durabilityOf(settings)).toBe(expected);
    },
  );

  test("promises nothing where the server says nothing", () => {
    expect(durabilityOf({})).toBe("none");
    expect(durabilityOf({ appendonly: "yes" })).toBe("process");
  });
});

test("versions are compared by their parts", () => {
  const isOld = (version: string) => isBefore(version, [9, 1, 2]);
  expect(["9.1.1", "9.0.10", "8.10.9", "9.1"].filter((each) => !isOld(each))).toEqual([]);
  expect(["9.1.2", "9.1.10", "9.2.0", "10.0.0", "9.1.2-rc1"].filter(isOld)).toEqual([]);
});
