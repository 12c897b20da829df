import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Memory } from "unimem";
import { bm25 } from "./bm25.ts";
import { type Conversation, type Question, readConversation } from "./conversation.ts";
import { exactDistance } from "./exact-distance.ts";
import { recallDeeply } from "./recall-deep.ts";
import type { Finding } from "./report.ts";

const cuts = [5, 10, 20];

/** The turns that something finds for a question, the best first. */
type Search = (query: string, limit: number) => Promise<readonly string[]>;

interface Searcher {
  readonly name: string;
  open(
    conversation: Conversation,
    folder: string,
  ): Promise<{ search: Search; close(): Promise<void> }>;
}

const searchers: Searcher[] = [
  {
    name: "BM25",
    async open({ turns }) {
      const find = bm25(turns.map(({ text }) => text));
      const search: Search = async (query, limit) =>
        find(query, limit).map((place) => turns[place]?.id ?? "");
      return { search, close: async () => {} };
    },
  },
  memorySearcher("unimem, vectors alone", { lexicalWeight: 0 }),
  memorySearcher("unimem", {}),
  memorySearcher('unimem, storage "memory"', { storage: "memory" }),
];

/**
 * Evidence recall: of the turns that answer a question, the share that is found; the mean over questions. One
 * record a turn, the lexical embedder, no model. Beside plain BM25 over the same texts.
 */
export async function recall(data: string | undefined): Promise<Finding[]> {
  const paths = globSync("*.json", {
    cwd: resolve(process.env.UNIMEM_CALLER_DIR ?? ".", data ?? "."),
  })
    .sort()
    .map((name) => resolve(process.env.UNIMEM_CALLER_DIR ?? ".", data ?? ".", name));
  if (data === undefined || paths.length === 0)
    throw new Error("pnpm bench recall needs --data FOLDER with conversations in it.");
  const conversations = paths.map(readConversation);
  const folder = mkdtempSync(join(tmpdir(), "unimem-recall-"));
  try {
    const tables = new Map<string, number[][]>();
    for (const searcher of searchers)
      tables.set(searcher.name, await scores(searcher, conversations, folder));
    return [
      ...findings(conversations, tables),
      ...(await recallDeeply(conversations, folder)),
      ...(await exactDistance(folder, 100_000, 384)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For each question of all conversations: its recall at each cut. */
async function scores(
  searcher: Searcher,
  conversations: readonly Conversation[],
  folder: string,
): Promise<number[][]> {
  const all: number[][] = [];
  for (const conversation of conversations) {
    const { search, close } = await searcher.open(
      conversation,
      mkdtempSync(join(folder, "store-")),
    );
    for (const question of conversation.questions)
      all.push(
        await Promise.all(
          cuts.map(async (cut) => found(question, await search(question.text, cut))),
        ),
      );
    await close();
  }
  return all;
}

function found({ evidence }: Question, ids: readonly string[]): number {
  return evidence.filter((id) => ids.includes(id)).length / evidence.length;
}

function memorySearcher(
  name: string,
  options: { lexicalWeight?: number; storage?: string },
): Searcher {
  return {
    name,
    async open({ turns }, folder) {
      const memory = new Memory({ storage: folder, embedder: "lexical", llm: false, ...options });
      // One call a turn, and not rememberMany: turns that repeat another are evidence too.
      await Promise.all(
        turns.map(({ id, text }) => memory.remember(text, { metadata: { turn: id } })),
      );
      const search: Search = async (query, limit) => {
        const matches = await memory.recall(query, { limit });
        return matches.map(({ record }) => String(record.metadata.turn));
      };
      return { search, close: () => memory.close() };
    },
  };
}

function findings(
  conversations: readonly Conversation[],
  tables: ReadonlyMap<string, number[][]>,
): Finding[] {
  const groups = [
    ...conversations.map(({ id }) => ({
      name: `conversation ${id}`,
      of: (i: number) => owner[i] === id,
    })),
    ...[1, 2, 3, 4].map((category) => ({
      name: `category ${category}`,
      of: (i: number) => categories[i] === category,
    })),
    { name: "all", of: () => true },
  ];
  const owner = conversations.flatMap(({ id, questions }) => questions.map(() => id));
  const categories = conversations.flatMap(({ questions }) =>
    questions.map(({ category }) => category),
  );

  const mean = (searcher: string, of: (i: number) => boolean) => {
    const rows = (tables.get(searcher) ?? []).filter((_, i) => of(i));
    return cuts.map((_, cut) => rows.reduce((sum, row) => sum + (row[cut] ?? 0), 0) / rows.length);
  };
  return groups.flatMap(({ name, of }) =>
    searchers.map((searcher): Finding => {
      const ours = mean(searcher.name, of);
      const yardstick = mean("BM25", of);
      const finding = {
        what: `${name}: ${searcher.name}`,
        measured: ours.map((each) => each.toFixed(3)).join("  "),
      };
      if (searcher.name !== "unimem" || name.startsWith("category")) return finding;
      const pooled = name === "all";
      return {
        ...finding,
        target: pooled ? "≥ BM25, and 0.60 at 10" : "≥ BM25",
        holds:
          ours.every((each, cut) => each >= (yardstick[cut] ?? 1)) &&
          (!pooled || (ours[1] ?? 0) >= 0.6),
      };
    }),
  );
}
