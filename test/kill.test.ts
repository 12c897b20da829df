import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Memory, type MemoryRecord } from "unimem";
import { expect, onTestFinished, test } from "vitest";

const rounds = 50;

interface Acknowledged {
  readonly id: string;
  readonly content: string;
}

test(`what remember() resolved survives ${rounds} kills in the middle of saves, once and whole`, async () => {
  const directory = mkdtempSync(join(tmpdir(), "unimem-kill-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));

  const acknowledged: Acknowledged[] = [];
  for (let round = 0; round < rounds; round++)
    acknowledged.push(...(await saveUntilKilled(directory, round, 1 + ((round * 7) % 29))));

  await using memory = new Memory({ storage: directory, embedder: "lexical", llm: false });
  const stored = await everyRecord(memory);
  const byId = new Map(stored.map((record) => [record.id, record.content]));
  expect(byId.size).toBe(stored.length);
  expect(acknowledged.length).toBeGreaterThanOrEqual(rounds);
  expect(acknowledged.filter(({ id, content }) => byId.get(id) !== content)).toEqual([]);
  const lost = await Promise.all(
    acknowledged.slice(0, 20).map(async ({ content }) => {
      const matches = await memory.recall(content, { limit: 1 });
      return matches[0]?.record.content === content ? [] : [content];
    }),
  );
  expect(lost.flat()).toEqual([]);
});

/** Kills the saving process as soon as it has reported so many saves; others are always under way then. */
async function saveUntilKilled(
  directory: string,
  round: number,
  saves: number,
): Promise<Acknowledged[]> {
  const script = join(import.meta.dirname, "remember-until-killed.ts");
  const child = spawn(process.execPath, [script, directory, String(round)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors = collect(child);
  const reported: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    reported.push(JSON.parse(line));
    if (reported.length === saves) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(child.signalCode, await errors).toBe("SIGKILL");
  return reported;
}

async function collect({ stderr }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stderr ?? []) text += chunk;
  return text;
}

async function everyRecord(memory: Memory): Promise<MemoryRecord[]> {
  const records: MemoryRecord[] = [];
  for (;;) {
    const page = await memory.listRecords({ limit: 1000, offset: records.length });
    records.push(...page);
    if (page.length < 1000) return records;
  }
}
