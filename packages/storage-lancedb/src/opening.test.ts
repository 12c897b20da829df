import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { lanceStorage } from "./index.ts";
import { localDirectory } from "./store-directory.ts";
import {
  everything,
  openStore,
  sampleRecord,
  sampleSpace,
  temporaryDirectory,
} from "./testing/sample-store.ts";

test("a directory is made with those above it, whatever its name holds", async () => {
  const uri = join(await temporaryDirectory(), "new", "it's a b%20#ü?&'");
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("r")], remove: [] });
  const other = await openStore({ uri });
  expect(await other.count(everything)).toBe(1);
  const names = (await readdir(uri)).map((name) => name.replace(/_.*/, "").replace(".lance", ""));
  expect(names.sort()).toEqual(["records", "tombstones", "writers"]);
});

test("opening without a space makes nothing", async () => {
  const directory = await temporaryDirectory();
  const store = lanceStorage({ uri: join(directory, "store") });
  expect(await store.open()).toBeNull();
  expect(await store.list({ filter: everything, limit: 1, offset: 0 })).toEqual([]);
  expect(await store.remove(everything)).toBe(0);
  await store.touch(["r"], new Date(0));
  await expect(store.write({ put: [sampleRecord("r")], remove: [] })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining("without a vector space"),
  });
  await store.close();
  expect(await readdir(directory)).toEqual([]);
});

test("a handle that found nothing sees what another stores later", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const early = lanceStorage({ uri });
  await early.open();
  const store = await openStore({ uri });
  await store.write({ put: [sampleRecord("r")], remove: [] });
  expect(await early.count(everything)).toBe(1);
  await early.close();
});

test("somebody else's directory is refused and left as it was", async () => {
  const uri = await temporaryDirectory();
  await writeFile(join(uri, "package.json"), "{}");
  await expect(lanceStorage({ uri }).open(sampleSpace())).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining(uri),
  });
  expect(await readdir(uri)).toEqual(["package.json"]);
});

test("an empty directory with what version control keeps in it is used", async () => {
  const uri = await temporaryDirectory();
  await writeFile(join(uri, ".gitignore"), "*");
  const store = await openStore({ uri });
  expect(await store.count(everything)).toBe(0);
});

test("a file, a path below a file and a place where nothing can be made are named", async () => {
  const directory = await temporaryDirectory();
  const file = join(directory, "file");
  await writeFile(file, "");
  const open = (uri: string) => lanceStorage({ uri }).open(sampleSpace());
  await expect(open(file)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(open(join(file, "a", "b"))).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  if (process.platform === "linux")
    await expect(open("/proc/none/a")).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
});

test("an empty uri and LanceDB's cloud are refused", () => {
  expect(() => lanceStorage({ uri: " " })).toThrow("must name a directory");
  expect(() => lanceStorage({ uri: "db://mine" })).toThrow("not supported");
  expect(() => lanceStorage({ uri: "file://host/notes" })).toThrow("names no local file");
});

test("a path that begins with ~ lies in the home directory, as a shell would have it", () => {
  expect(localDirectory("~/notes")).toBe(join(homedir(), "notes"));
  expect(localDirectory("~")).toBe(homedir());
  expect(localDirectory("~notes/~")).toBe(resolve("~notes/~"));
});

test("two handles that expect different spaces of an empty store do not both fill it", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const four = await openStore({ uri });
  const eight = await openStore({ uri }, { dimensions: 8 });
  await four.write({ put: [sampleRecord("r")], remove: [] });
  await expect(
    eight.write({ put: [sampleRecord("s", { dimensions: 8 })], remove: [] }),
  ).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
});

test("a vector of another width is refused and nothing is written", async () => {
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") });
  const put = [sampleRecord("r"), sampleRecord("s", { dimensions: 5 })];
  await expect(store.write({ put, remove: [] })).rejects.toMatchObject({
    code: "DIMENSION_MISMATCH",
    details: { expected: 4, actual: 5 },
  });
  expect(await store.count(everything)).toBe(0);
});

test("a directory that has been cleared can be opened by the same handle", async () => {
  const uri = join(await temporaryDirectory(), "store");
  await mkdir(uri);
  await writeFile(join(uri, "stranger"), "");
  const store = lanceStorage({ uri });
  await expect(store.open(sampleSpace())).rejects.toMatchObject({ code: "INVALID_INPUT" });

  await rm(join(uri, "stranger"));
  expect(await store.open(sampleSpace())).toBeNull();
  await store.close();
});

test("a store that was emptied and filled with another embedder refuses who wrote to it before", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const former = await openStore({ uri });
  await former.write({ put: [sampleRecord("a")], remove: [] });
  await former.remove(everything);
  const later = await openStore({ uri }, { dimensions: 5 });
  await later.write({ put: [sampleRecord("b", { dimensions: 5 })], remove: [] });
  const late = former.write({ put: [sampleRecord("c")], remove: [] });
  await expect(late).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
  expect(await later.count(everything)).toBe(1);
});
