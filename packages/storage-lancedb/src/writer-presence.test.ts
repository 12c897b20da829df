import { spawnSync } from "node:child_process";
import { readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "./testing/sample-store.ts";
import { enterDirectory, presenceFolder, processSpace } from "./writer-presence.ts";

test("a handle is alone until another enters, and again once that has left", async () => {
  const directory = await temporaryDirectory();
  const first = await enterDirectory(directory);
  expect(await first.isAlone()).toBe(true);
  const second = await enterDirectory(directory);
  expect([await first.isAlone(), await second.isAlone()]).toEqual([false, false]);
  await second.leave();
  expect(await first.isAlone()).toBe(true);
  await first.leave();
  expect(await readdir(join(directory, presenceFolder))).toEqual([]);
});

test("what a killed process left behind does not count, and is taken away", async () => {
  const directory = await temporaryDirectory();
  const own = await enterDirectory(directory);
  const { pid } = spawnSync(process.execPath, ["--version"]);
  await writeFile(join(directory, presenceFolder, `${pid}.left-behind.${processSpace()}`), "");
  expect(await own.isAlone()).toBe(true);
  expect(await readdir(join(directory, presenceFolder))).toHaveLength(1);
});

test("a process of another host or container counts, because nobody here can know that it has ended", async () => {
  for (const space of ["another.host", `${hostname()}.1`]) {
    const directory = await temporaryDirectory();
    const own = await enterDirectory(directory);
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await writeFile(join(directory, presenceFolder, `${pid}.somebody.${space}`), "");
    expect(await own.isAlone()).toBe(false);
    expect(await readdir(join(directory, presenceFolder))).toHaveLength(2);
  }
});

test("where no file can be left, others may always be there", async () => {
  const presence = await enterDirectory("/proc/nowhere");
  expect(await presence.isAlone()).toBe(false);
  await presence.leave();
});

test("a handle whose file was deleted does not know whether it is alone, and leaves another", async () => {
  const directory = await temporaryDirectory();
  const own = await enterDirectory(directory);
  const folder = join(directory, presenceFolder);
  for (const deleted of [join(folder, (await readdir(folder))[0] ?? ""), folder]) {
    await rm(deleted, { recursive: true });
    expect(await own.isAlone()).toBe(false);
    expect(await own.isAlone()).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  }
});
