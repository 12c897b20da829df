// Saves without end, a few at a time, and prints each record's id once its promise has resolved.
import { Memory } from "unimem";

const [storage = "", round = ""] = process.argv.slice(2);
const memory = new Memory({ storage, embedder: "lexical", llm: false });

async function saveForEver(lane: number): Promise<never> {
  for (let i = 0; ; i++) {
    // One word is in no other fact, so that whatever else is stored this one is found first by its own text.
    const content = `fact r${round}l${lane}f${i}: ${"the quick brown fox ".repeat(i % 7)}`;
    const { id } = await memory.remember(content, {
      scope: `/round/${round}`,
      metadata: { lane, i },
    });
    process.stdout.write(`${JSON.stringify({ id, content })}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(saveForEver));
