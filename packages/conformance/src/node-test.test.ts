import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { conformanceCases } from "./conformance-cases.ts";

const binding = import.meta.resolve("@unimem/conformance/node-test");
const storage = import.meta.resolve("@unimem/core/storage");

/** Runs the suite in `node --test` on the storage that `handle` makes, and answers its counts. */
async function runNodeTest(handle: string): Promise<Record<string, number>> {
  const directory = await mkdtemp(join(tmpdir(), "unimem-conformance-"));
  const file = join(directory, "storage.test.mjs");
  await writeFile(
    file,
    `import { testStorage } from ${JSON.stringify(binding)};
     import { inMemoryStorage } from ${JSON.stringify(storage)};
     const create = async () => ({ handle: ${handle} });
     testStorage({ name: "in-memory", create });`,
  );
  try {
    const report = await new Promise<string>((resolve) => {
      const args = ["--test", "--test-reporter=tap", file];
      execFile(process.execPath, args, { maxBuffer: 1e9 }, (_failure, stdout) => resolve(stdout));
    });
    const counts = report.matchAll(/^# (pass|fail|skipped) (\d+)$/gm);
    return Object.fromEntries([...counts].map(([, name, count]) => [name, Number(count)]));
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe("the binding for node:test", () => {
  it("passes a good storage and skips what does not apply", async () => {
    const skipped = conformanceCases.filter(({ needs = [] }) =>
      needs.some(({ name }) => name === "durability" || name === "shared access"),
    ).length;
    assert.deepEqual(await runNodeTest("(options) => inMemoryStorage(options)"), {
      pass: conformanceCases.length + 1 - skipped,
      fail: 0,
      skipped,
    });
  });

  it("fails a broken storage", async () => {
    const { fail = 0, pass = 0 } = await runNodeTest(
      "(options) => ({ ...inMemoryStorage(options), count: async () => 0 })",
    );
    assert.ok(fail > 10, `${fail} cases failed.`);
    assert.ok(pass > 10, `${pass} cases passed.`);
  });
});
