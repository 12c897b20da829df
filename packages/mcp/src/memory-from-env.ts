import { invalidInput } from "@unimem/core";
import { Memory } from "unimem";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The memory that the environment names, and the view of it that is served.
 *
 * - `UNIMEM_STORAGE`: a directory, a URL, `lancedb` or `memory`; as everywhere in unimem
 * - `UNIMEM_EMBEDDER`: a name such as `openai/text-embedding-3-large`; `lexical` unless given, which needs no key
 * - `UNIMEM_LLM`: a name such as `gpt-4o-mini`; `none` unless given
 * - `UNIMEM_SCOPE`: everything happens in this scope; the whole memory unless given
 * - `UNIMEM_SOURCE`: whom the connection acts for
 * - `UNIMEM_PRIVATE`: `true` to keep what a connection remembers to its source
 * - `UNIMEM_READ_ONLY`: `true` to serve no tool that writes
 */
export function memoryFromEnv(env: Environment) {
  const source = env.UNIMEM_SOURCE;
  const isPrivate = flag(env, "UNIMEM_PRIVATE");
  if (isPrivate && source === undefined && !env.UNIMEM_MCP_TOKENS)
    throw invalidInput(
      "UNIMEM_PRIVATE",
      "Private memories belong to somebody. Set UNIMEM_SOURCE, or UNIMEM_MCP_TOKENS for HTTP.",
    );
  const memory = new Memory({
    storage: env.UNIMEM_STORAGE,
    embedder: env.UNIMEM_EMBEDDER ?? "lexical",
    llm: modelName(env.UNIMEM_LLM),
    readOnly: flag(env, "UNIMEM_READ_ONLY"),
    ...(env.UNIMEM_SCOPE !== undefined && { rootScope: env.UNIMEM_SCOPE }),
  });
  return { memory, view: source === undefined ? memory : memory.as(source), private: isPrivate };
}

function modelName(name = "none"): string | false {
  return name === "none" ? false : name;
}

function flag(env: Environment, name: string): boolean {
  const value = env[name] ?? "false";
  if (value !== "true" && value !== "false")
    throw invalidInput(name, `${name} must be true or false.`);
  return value === "true";
}
