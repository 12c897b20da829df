import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import { manualRuntime, scriptedModel } from "@unimem/core/testing";

/**
 * A memory whose clock stands still. With `extract` it has a model that finds these statements in any text, and
 * has no opinion on anything else.
 */
export function testMemory(extract?: (text: string) => readonly string[]) {
  const runtime = manualRuntime();
  const asked: string[] = [];
  const llm = scriptedModel(({ name, prompt }) => {
    if (name !== "extract_memories") return {};
    const { text } = JSON.parse(prompt) as { text: string };
    asked.push(text);
    return { memories: extract?.(text) };
  });
  const memory = new Memory({
    storage: inMemoryStorage(),
    embedder: lexicalEmbedder(),
    runtime,
    llm: extract !== undefined && llm,
  });
  const contents = async () => (await memory.listRecords()).map(({ content }) => content).sort();
  return { memory, runtime, asked, contents };
}
