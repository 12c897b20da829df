import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Memory } from "unimem";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

test("eight processes remember a hundred facts each into one directory: all are there, none twice", async () => {
  const directory = mkdtempSync(join(tmpdir(), "unimem-writers-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const script = join(import.meta.dirname, "remember-a-hundred.ts");
  const writers = Array.from({ length: 8 }, (_, i) => String(i));
  const outcomes = await Promise.all(
    writers.map((writer) => run(process.execPath, [script, directory, writer])),
  );
  expect(outcomes.map(({ stderr }) => stderr)).toEqual(writers.map(() => ""));

  await using memory = new Memory({ storage: directory, embedder: "lexical", llm: false });
  const records = await memory.listRecords({ limit: 1000 });
  expect(new Set(records.map(({ id }) => id)).size).toBe(800);
  expect(new Set(records.map(({ content }) => content)).size).toBe(800);
  expect(await memory.count()).toBe(800);
});

test("one process sees at once what another has written", async () => {
  const directory = mkdtempSync(join(tmpdir(), "unimem-seen-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await using memory = new Memory({ storage: directory, embedder: "lexical", llm: false });
  await memory.remember("Mine.");
  await run(process.execPath, [
    join(import.meta.dirname, "remember-a-hundred.ts"),
    directory,
    "other",
  ]);
  expect(await memory.count("/writer/other")).toBe(100);
  const [match] = await memory.recall("What is fact number 42?", { scope: "/writer" });
  expect(match?.record.content).toContain("fact number 42");
});
