import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { lexicalEmbedder, Memory, type MemorySettings } from "@unimem/core";
import { lanceStorage } from "@unimem/lancedb";
import type { Conversation, Question } from "./conversation.ts";
import type { Finding } from "./report.ts";
import { scriptedAnalyst } from "./scripted-analyst.ts";

const cuts = [5, 10, 20];
const always = { confidenceThresholdLow: 1, confidenceThresholdHigh: 1 };

/** Ways to recall deeply, each with what it is to be tried on. */
const ways: {
  readonly name: string;
  readonly questions: (conversation: Conversation) => readonly Question[];
  readonly settings: Partial<MemorySettings>;
  /** Whether it is held to what a shallow recall finds: a script that guesses cannot be. */
  readonly held: boolean;
}[] = [
  {
    name: "three questions in one, analysed",
    questions: threeInOne,
    settings: { queryAnalysisThreshold: 0, explorationBudget: 0 },
    held: true,
  },
  {
    name: "three questions in one, analysed and explored",
    questions: threeInOne,
    settings: { queryAnalysisThreshold: 0, ...always },
    held: true,
  },
  {
    name: "one question, explored",
    questions: ({ questions }) => questions,
    settings: { queryAnalysisThreshold: 1_000_000, ...always },
    held: false,
  },
];

/** Evidence recall of the deep path with a scripted model, beside a shallow recall of the same queries. */
export async function recallDeeply(
  conversations: readonly Conversation[],
  folder: string,
): Promise<Finding[]> {
  const rows = ways.map(() => [] as { category: number; deep: number[]; shallow: number[] }[]);
  for (const conversation of conversations) {
    const uri = mkdtempSync(join(folder, "deep-"));
    const open = (settings: Partial<MemorySettings>) =>
      new Memory({
        storage: lanceStorage({ uri }),
        embedder: lexicalEmbedder(),
        llm: scriptedAnalyst(),
        ...settings,
      });
    const filled = new Memory({ storage: lanceStorage({ uri }), embedder: lexicalEmbedder() });
    await Promise.all(
      conversation.turns.map(({ id, text }) => filled.remember(text, { metadata: { turn: id } })),
    );
    await filled.close();
    for (const [i, { questions, settings }] of ways.entries()) {
      const memory = open(settings);
      for (const question of questions(conversation)) {
        const share = async (limit: number, depth: "deep" | "shallow") => {
          const matches = await memory.recall(question.text, { limit, depth });
          const ids = matches.map(({ record }) => String(record.metadata.turn));
          const { evidence } = question;
          return evidence.filter((id) => ids.includes(id)).length / evidence.length;
        };
        rows[i]?.push({
          category: question.category,
          deep: await Promise.all(cuts.map((cut) => share(cut, "deep"))),
          shallow: await Promise.all(cuts.map((cut) => share(cut, "shallow"))),
        });
      }
      await memory.close();
    }
  }
  return ways.flatMap(({ name, held }, i) => {
    const all = rows[i] ?? [];
    const groups = [1, 2, 3, 4].map((category) => ({
      what: `category ${category}: ${name}`,
      rows: all.filter((row) => row.category === category),
    }));
    return [...groups, { what: `all: ${name}`, rows: all }].map(({ what, rows }): Finding => {
      const [deep, shallow] = [means(rows, "deep"), means(rows, "shallow")];
      const finding = { what, measured: table(deep), beside: `shallow ${table(shallow)}` };
      if (!held || rows !== all) return finding;
      const holds = deep.every((mean, cut) => mean >= (shallow[cut] ?? 1));
      return { ...finding, target: "≥ shallow", holds };
    });
  });
}

/** Three questions of one category make one long query, whose evidence is that of all. */
function threeInOne({ questions }: Conversation): Question[] {
  return [1, 2, 3, 4].flatMap((category) => {
    const own = questions.filter((question) => question.category === category);
    return Array.from({ length: Math.floor(own.length / 3) }, (_, i) => {
      const three = own.slice(3 * i, 3 * i + 3);
      return {
        text: three.map(({ text }) => text.trim().replace(/[?.]*$/, "?")).join(" "),
        category,
        evidence: [...new Set(three.flatMap(({ evidence }) => evidence))],
      };
    });
  });
}

function means<Key extends string>(
  rows: readonly { readonly [Name in Key]: readonly number[] }[],
  key: Key,
): number[] {
  return cuts.map((_, i) => rows.reduce((sum, row) => sum + (row[key][i] ?? 0), 0) / rows.length);
}

function table(numbers: readonly number[]): string {
  return numbers.map((each) => each.toFixed(3)).join("  ");
}
