import { describe, expect, test } from "vitest";
import { invalidInput, isMemoryError, MemoryError, memoryErrorCodes } from "./memory-error.ts";

describe("MemoryError", () => {
  test("is an error with a code, a name and a stack", () => {
    const error = new MemoryError("CLOSED", "It is closed.");
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("MemoryError");
    expect(error.code).toBe("CLOSED");
    expect(error.message).toBe("It is closed.");
    expect(error.details).toEqual({});
    expect(error.stack).toContain("memory-error.test");
  });

  test("carries the details of its code, and its cause", () => {
    const cause = new Error("below");
    const error = new MemoryError("QUEUE_FULL", "Full.", { limit: 3 }, { cause });
    expect(error.details).toEqual({ limit: 3 });
    expect(error.details.limit).toBe(3);
    expect(error.cause).toBe(cause);
  });

  test("carries a cause without details", () => {
    const cause = new Error("below");
    const error = new MemoryError("STORAGE_UNAVAILABLE", "Gone.", { cause });
    expect(error.details).toEqual({});
    expect(error.cause).toBe(cause);
  });

  test("keeps a cause that is falsy", () => {
    expect(new MemoryError("ABORTED", "Aborted.", { cause: 0 }).cause).toBe(0);
    expect(invalidInput("field", "No.", null).cause).toBe(null);
  });

  test("shows its code and details where it is logged as JSON", () => {
    const logged = JSON.parse(JSON.stringify(invalidInput("scope", "No.")));
    expect(logged).toMatchObject({ code: "INVALID_INPUT", details: { field: "scope" } });
  });
});

describe("isMemoryError", () => {
  test("knows every code, and tells them apart", () => {
    for (const code of Object.keys(memoryErrorCodes)) {
      const error = new MemoryError(code as "CLOSED", "Text.");
      expect(isMemoryError(error)).toBe(true);
      expect(isMemoryError(error, code as "CLOSED")).toBe(true);
      expect(isMemoryError(error, code === "CLOSED" ? "ABORTED" : "CLOSED")).toBe(false);
    }
  });

  test("knows the errors of another copy of this package", () => {
    const foreign = Object.assign(new Error("No."), { code: "CLOSED" });
    expect(isMemoryError(foreign)).toBe(false);
    Object.defineProperty(foreign, Symbol.for("unimem.MemoryError"), { value: true });
    expect(isMemoryError(foreign, "CLOSED")).toBe(true);
  });

  test.each([[undefined], [null], ["CLOSED"], [7], [{ code: "CLOSED" }], [new Error("CLOSED")]])(
    "says no to %o",
    (value) => {
      expect(isMemoryError(value)).toBe(false);
    },
  );
});

describe("invalidInput", () => {
  test("names the field", () => {
    const error = invalidInput("limit", "limit must be more.");
    expect(isMemoryError(error, "INVALID_INPUT")).toBe(true);
    expect(error.details).toEqual({ field: "limit" });
    expect("cause" in error).toBe(false);
  });
});
