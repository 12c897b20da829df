import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Memory } from "./memory.ts";
import { scriptedEmbedder } from "./testing.ts";

const keyless = { embedder: "lexical", llm: false } as const;

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "unimem-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("a memory made with nothing never throws; its first use says what to set and what needs no key", async () => {
  vi.stubEnv("OPENAI_API_KEY", undefined);
  vi.stubEnv("UNIMEM_STORAGE", "memory");
  onTestFinished(() => void vi.unstubAllEnvs());
  const missing = {
    code: "NOT_SUPPORTED",
    message: expect.stringMatching(/OPENAI_API_KEY.*embedder: "lexical" with llm: false/s),
  };
  const memory = new Memory();
  await expect(memory.remember("a fact")).rejects.toMatchObject(missing);
  await expect(memory.recall("a fact")).rejects.toMatchObject(missing);

  const withoutModel = new Memory({ embedder: "lexical" });
  await expect(withoutModel.remember("a fact")).rejects.toMatchObject(missing);
  expect(await withoutModel.count()).toBe(0);
});

test("a configuration that is refused on first use does not tell its key", async () => {
  const embedder = { provider: "cohere", config: { api_key: "secret" } };
  const memory = new Memory({ storage: "memory", embedder: embedder as never, llm: false });
  const error = await memory.count().catch((error: unknown) => error);
  expect(String(error)).toContain("It is called apiKey here");
  expect(String(error)).not.toContain("secret");
});

test.each([
  { embedder: 42 },
  { embedder: {} },
  { embedder: "" },
  { llm: true },
  { storge: "memory" },
])("an option that is wrong in itself is refused at once: %o", (options) => {
  expect(() => new Memory(options as never)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT" }),
  );
});

test("what one memory remembers in a directory the next one recalls", async () => {
  const storage = join(temporaryDirectory(), "made", "on", "the", "way");
  const first = new Memory({ storage, ...keyless });
  await first.rememberMany([
    { content: "Ada prefers green tea.", scope: "/people/ada" },
    { content: "The release is on Friday.", scope: "/project" },
  ]);
  await first.close();

  const second = new Memory({ storage, ...keyless });
  const [match] = await second.recall("What does Ada drink? Tea?");
  expect(match).toMatchObject({
    record: { content: "Ada prefers green tea.", scope: "/people/ada" },
  });
  expect(match?.matchReasons).toContain("lexical");
  expect(await second.tree()).toBe(
    "/ (2 records)\n  /people (1 record)\n    /people/ada (1 record)\n  /project (1 record)",
  );
  await second.close();
});

test("another embedder on the same directory is refused before anything is written", async () => {
  const storage = temporaryDirectory();
  const first = new Memory({ storage, ...keyless });
  await first.remember("a fact");
  await first.close();

  const other = new Memory({ storage, embedder: scriptedEmbedder(), llm: false });
  await expect(other.remember("another")).rejects.toMatchObject({
    code: "DIMENSION_MISMATCH",
    details: { expected: 27, actual: 512 },
    message: expect.stringMatching(/lexical-1\/512.*letters\/27/s),
  });
  await other.close();
  const again = new Memory({ storage, ...keyless });
  expect(await again.count()).toBe(1);
  await again.close();
});

test("nothing is written where a memory is made, closed and never used", async () => {
  const directory = temporaryDirectory();
  await new Memory({ storage: directory, ...keyless }).close();
  expect(readdirSync(directory)).toEqual([]);
});
