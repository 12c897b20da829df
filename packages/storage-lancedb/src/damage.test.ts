import { readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StorageBackend } from "@unimem/core/storage";
import { expect, test } from "vitest";
import { lanceStorage } from "./lance-storage.ts";
import { recordTableName } from "./record-schema.ts";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  temporaryDirectory,
} from "./testing/sample-store.ts";

const secret = "the-secret-content";

async function writtenStore(): Promise<{ uri: string; table: string }> {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("r", { content: secret })], remove: [] });
  await store.close();
  return { uri, table: join(uri, `${recordTableName(sampleSpace())}.lance`) };
}

async function failureOf(uri: string, act: (store: StorageBackend) => Promise<unknown>) {
  const store = lanceStorage({ uri });
  try {
    await store.open(sampleSpace());
    await act(store);
  } catch (error) {
    return error as Error;
  } finally {
    await store.close();
  }
  throw new Error("Nothing failed.");
}

const listing = (store: StorageBackend) => store.list({ filter: everything, limit: 10, offset: 0 });

test("a lost data file is named", async () => {
  const { uri, table } = await writtenStore();
  const [file = ""] = await readdir(join(table, "data"));
  await rm(join(table, "data", file));
  const error = await failureOf(uri, listing);
  expect(error).toMatchObject({ code: "STORAGE_CORRUPT", cause: expect.anything() });
  expect(error.message).toContain(file);
  expect(error.message).not.toContain(secret);
});

test("a damaged data file is told from one that is gone", async () => {
  const { uri, table } = await writtenStore();
  const [file = ""] = await readdir(join(table, "data"));
  await writeFile(join(table, "data", file), "no data");
  const error = await failureOf(uri, listing);
  expect(error).toMatchObject({ code: "STORAGE_CORRUPT" });
  expect(error.message).toContain("damaged");
});

test("damaged manifests are reported when the store is opened", async () => {
  const { uri, table } = await writtenStore();
  for (const name of await readdir(join(table, "_versions")))
    await writeFile(join(table, "_versions", name), "no manifest");
  expect(await failureOf(uri, listing)).toMatchObject({ code: "STORAGE_CORRUPT" });
});

test("data without a manifest is not taken for an empty store", async () => {
  const { uri, table } = await writtenStore();
  await rm(join(table, "_versions"), { recursive: true });
  const error = await failureOf(uri, listing);
  expect(error).toMatchObject({ code: "STORAGE_CORRUPT" });
  expect(error.message).toContain("no manifest");
  expect(await readdir(table)).not.toContain("_versions");
});

test("a last commit that is not whole is named, and without it the store is what it was before", async () => {
  const { uri, table } = await writtenStore();
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("last")], remove: [] });
  await store.close();
  const versions = join(table, "_versions");
  const [newest = ""] = (await readdir(versions))
    .filter((name) => name.endsWith("manifest"))
    .sort();
  const path = join(versions, newest);
  const { size } = await stat(path);
  for (const left of [size - 1, Math.floor(size / 2), 0]) {
    await truncate(path, left);
    const error = await failureOf(uri, listing);
    expect(error).toMatchObject({ code: "STORAGE_CORRUPT" });
    expect(error.message).toContain(path);
  }
  await rm(path);
  const mended = await openStore({ uri });
  expect((await mended.get(["r", "last"])).map((record) => record?.id)).toEqual(["r", undefined]);
});
