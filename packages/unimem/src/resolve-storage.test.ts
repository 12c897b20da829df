import { join } from "node:path";
import { inMemoryStorage } from "@unimem/core";
import { describe, expect, test } from "vitest";
import { resolveStorage } from "./resolve-storage.ts";

/** The name of the storage that is opened, and where, as its error tells when the place cannot be. */
async function opened(
  storage: string | undefined,
  env: Record<string, string> = {},
): Promise<string> {
  const open = resolveStorage(storage, env);
  if (typeof open !== "function") throw new Error("not lazy");
  const { name } = await open();
  return name;
}

describe("resolveStorage", () => {
  test("takes a storage as it is", () => {
    const storage = inMemoryStorage();
    expect(resolveStorage(storage, { UNIMEM_STORAGE: "memory" })).toBe(storage);
  });

  test.each([
    ["memory", "in-memory"],
    ["lancedb", "lancedb"],
    ["lancedb:///tmp/somewhere", "lancedb"],
    ["file:///tmp/somewhere", "lancedb"],
    ["./notes", "lancedb"],
    ["s3://bucket/notes", "lancedb"],
  ])("opens %s as %s", async (name, storage) => {
    expect(await opened(name)).toBe(storage);
  });

  test("asks UNIMEM_STORAGE where nothing is given, and only then", async () => {
    expect(await opened(undefined, { UNIMEM_STORAGE: "memory" })).toBe("in-memory");
    expect(await opened("lancedb", { UNIMEM_STORAGE: "memory" })).toBe("lancedb");
    expect(await opened(undefined)).toBe("lancedb");
  });

  test.each(["valkey://localhost", "valkeys://u:secret@host/0", "redis://host", "rediss://host"])(
    "opens %s as a Valkey storage, which calls nobody yet",
    async (url) => {
      expect(await opened(url)).toBe("valkey");
    },
  );

  test.each([
    "valkey:u:hunter2@host",
    "valkey:/u:hunter2@host",
    "valkeys//u:hunter2@host",
    "redis ://u:hunter2@host",
    '"REDISS://u:hunter2@host"',
    "localhost:6379",
    "u:hunter2@10.0.0.1:6379/0",
  ])("takes %s for a server's URL that is none, not for a directory", (name) => {
    expect(() => resolveStorage(name, {})).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: expect.not.stringContaining("hunter2"),
      }),
    );
  });

  test("passes over blanks around a name, as in a file of settings", async () => {
    expect(await opened(undefined, { UNIMEM_STORAGE: " valkey://u:secret@host\n" })).toBe("valkey");
    expect(await opened(undefined, { UNIMEM_STORAGE: "memory " })).toBe("in-memory");
  });

  test.each([
    ":memory:",
    "Memory",
    "in-memory",
    '"memory"',
    "LANCEDB",
    "valkey",
    "redis",
    "s3:/bucket/notes",
    "gs:bucket",
    "lancedb:notes",
    "file://host/notes",
  ])("takes %s for a name or a URL that is none, not for a directory", (name) => {
    expect(() => resolveStorage(name, {})).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
  });

  test.each(["./memory", "memory/", "memory.lance", "memories", "C:\\memory"])(
    "takes %s for a directory",
    async (name) => {
      expect(await opened(name)).toBe("lancedb");
    },
  );

  test.each(["", " ", "s3://bucket", "valkey://u:hunter2@host", "u:hunter2@host:6379"])(
    "refuses %j as the directory of the default store",
    (UNIMEM_STORAGE_DIR) => {
      expect(() => resolveStorage(undefined, { UNIMEM_STORAGE_DIR })).toThrow(
        expect.objectContaining({
          code: "INVALID_INPUT",
          message: expect.stringMatching(/^(?!.*hunter2).*UNIMEM_STORAGE_DIR/),
        }),
      );
    },
  );

  test.each([["ftp://host"], [""], ["  "], ["lancedb://"]])("refuses %j at once", (name) => {
    expect(() => resolveStorage(name, {})).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
  });

  test("keeps the default store below UNIMEM_STORAGE_DIR", async () => {
    const open = resolveStorage(undefined, {
      UNIMEM_STORAGE_DIR: join(import.meta.dirname, "index.ts"),
    });
    if (typeof open !== "function") throw new Error("not lazy");
    const storage = await open();
    // A file cannot hold a directory, so opening fails, and only there.
    await expect(storage.open({ dimensions: 8, embedder: "test" })).rejects.toMatchObject({
      code: expect.stringMatching(/STORAGE_UNAVAILABLE|INVALID_INPUT/),
    });
    await storage.close();
  });
});
