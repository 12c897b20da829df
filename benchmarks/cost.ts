import { Memory } from "unimem";
import { type OpenAIStub, openaiStub, type SeenRequest } from "./openai-stub.ts";
import type { Finding } from "./report.ts";
import { syntheticFact } from "./synthetic-facts.ts";

const count = 100;
const singles = 20;

/** What saving with a model costs, counted at a server that speaks as OpenAI does. */
export async function cost(): Promise<Finding[]> {
  const facts = Array.from({ length: count + singles }, (_, i) => syntheticFact(i).content);
  return [
    ...(await inBulk(facts.slice(0, count))),
    ...(await oneByOne(facts.slice(count), facts.slice(0, count))),
    await withASlowModel(facts.slice(0, count)),
  ];
}

async function inBulk(facts: readonly string[]): Promise<Finding[]> {
  const stub = await openaiStub();
  const memory = memoryOn(stub);
  await memory.rememberMany(facts);
  await memory.close();
  stub.close();
  const [asked, embedded] = [chats(stub), stub.requests.length - chats(stub).length];
  const overhead = Math.round(sum(asked.map(overheadOf)) / facts.length);
  return [
    {
      what: `model calls for rememberMany of ${count} facts`,
      measured: String(asked.length),
      target: "≤ 13",
      holds: asked.length <= 13,
    },
    {
      what: "embedding requests for them",
      measured: String(embedded),
      target: "≤ 2",
      holds: embedded <= 2,
    },
    {
      what: "bytes beyond the contents, a fact",
      measured: String(overhead),
      beside: `${Math.round(sum(facts.map((fact) => Buffer.byteLength(fact))) / facts.length)} bytes a fact`,
      target: "≤ 800",
      holds: overhead <= 800,
    },
  ];
}

/** Into a store that has scopes and categories already, which every call is told. */
async function oneByOne(facts: readonly string[], before: readonly string[]): Promise<Finding[]> {
  const stub = await openaiStub();
  const memory = memoryOn(stub);
  await memory.rememberMany(before);
  const from = chats(stub).length;
  for (const fact of facts) await memory.remember(fact);
  await memory.close();
  stub.close();
  const asked = chats(stub).slice(from);
  const most = Math.max(...asked.map(overheadOf));
  return [
    {
      what: "model calls for each awaited remember",
      measured: String(asked.length / facts.length),
      target: "1",
      holds: asked.length === facts.length,
    },
    {
      what: "bytes beyond the content of one fact, at most",
      measured: String(most),
      target: "≤ 3072",
      holds: most <= 3072,
    },
  ];
}

async function withASlowModel(facts: readonly string[]): Promise<Finding> {
  const stub = await openaiStub({ modelMs: 300 });
  const memory = memoryOn(stub);
  const start = performance.now();
  await memory.rememberMany(facts);
  const seconds = (performance.now() - start) / 1000;
  await memory.close();
  stub.close();
  return {
    what: `${count} facts with a model that takes 300 ms`,
    measured: `${seconds.toFixed(1)} s`,
    target: "< 6 s",
    holds: seconds < 6,
  };
}

function memoryOn({ baseUrl }: OpenAIStub): Memory {
  const config = { baseUrl, apiKey: "stub" };
  return new Memory({
    storage: "memory",
    llm: { provider: "openai", model: "gpt-4o-mini", config },
    embedder: { provider: "openai", config: { ...config, model: "text-embedding-3-small" } },
  });
}

function chats({ requests }: OpenAIStub): SeenRequest[] {
  return requests.filter(({ path }) => path.endsWith("/chat/completions"));
}

function overheadOf({ bytes, texts }: SeenRequest): number {
  return bytes - sum(texts.map((text) => Buffer.byteLength(text)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
