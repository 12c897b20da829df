import type { RememberOptions } from "@unimem/core";
import { type AgentMemory, storeOf } from "./agent-memory.ts";
import type { RecalledTextGuard } from "./recalled-text-guard.ts";

/** What became of a turn. */
export interface KeptTurn {
  readonly contents: readonly string[];
  readonly echoes: readonly string[];
}

/** Stores what is new in a task and its answer; `undefined` where the memory only reads. */
export async function keepTurn(
  { task, answer }: { readonly task: string; readonly answer: string },
  tools: {
    readonly memory: AgentMemory;
    readonly remember: Omit<RememberOptions, "signal">;
    readonly guard: RecalledTextGuard;
  },
): Promise<KeptTurn | undefined> {
  const { memory, remember, guard } = tools;
  const store = storeOf(memory);
  if (store === undefined) return undefined;
  const said = [labelled("User", task), labelled("Assistant", answer)].flat();
  const statements = await statementsOf(said, memory);
  const echoes = statements.filter((statement) => guard.isEcho(statement));
  const contents = statements.filter((statement) => !guard.isEcho(statement));
  if (contents.length > 0) {
    await store(contents, remember);
    guard.forget();
  }
  return { contents, echoes };
}

/** The statements a model finds; where there is none, each saying as it was said. */
async function statementsOf(
  said: readonly string[],
  memory: AgentMemory,
): Promise<readonly string[]> {
  if (memory.extractMemories === undefined || said.length === 0) return said;
  const transcript = said.join("\n");
  const statements = await memory.extractMemories(transcript);
  // Without a model the text comes back whole; two sayings are found more easily than one text of both.
  const untouched = statements.length === 1 && statements[0] === transcript.trim();
  return untouched ? said : statements;
}

function labelled(speaker: string, text: string): string[] {
  const said = text.toWellFormed().trim();
  return said === "" ? [] : [`${speaker}: ${said}`];
}
