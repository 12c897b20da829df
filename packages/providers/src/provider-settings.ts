import { invalidInput, MemoryError, type Runtime, systemRuntime } from "@unimem/core";
import { type ImportPackage, importPackage } from "./import-package.ts";
import type { ProviderConfig } from "./provider-config.ts";

export type Environment = Readonly<Record<string, string | undefined>>;
export type Role = "llm" | "embedder";

export interface OpenOptions {
  /** Where keys and addresses are looked up that the configuration leaves out. @default process.env */
  readonly env?: Environment | undefined;
  /** Milliseconds that one request may take where the configuration does not say. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** The clock for timeouts. @default systemRuntime */
  readonly runtime?: Runtime | undefined;
  /** Loads the packages of providers. @default import() */
  readonly importPackage?: ImportPackage | undefined;
}

/** One model of one provider, with all that it takes to ask it. */
export interface ProviderSettings {
  readonly role: Role;
  readonly provider: string;
  readonly model: string;
  readonly config: ProviderConfig;
  /** Variables that may hold the key, for messages. */
  readonly keyVariables: readonly string[];
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly runtime: Runtime;
  readonly importPackage: ImportPackage;
}

/** `options` with the defaults for those left out. */
export function openOptions(options: OpenOptions = {}) {
  return {
    env: options.env ?? process.env,
    timeoutMs: options.timeoutMs ?? 30_000,
    runtime: options.runtime ?? systemRuntime,
    importPackage: options.importPackage ?? importPackage,
  };
}

/** The first of the variables that is set. */
export function fromEnvironment(env: Environment, variables: readonly string[]) {
  return variables.map((name) => env[name]?.trim()).find(Boolean);
}

/** A setting from the configuration or the environment; refused with what to set where it is in neither. */
export function requireSetting(
  settings: ProviderSettings,
  key: keyof ProviderConfig,
  variables: readonly string[],
): string {
  const value = settings.config[key] ?? fromEnvironment(settings.env, variables);
  if (typeof value !== "string") throw missingSetting(settings, key, variables);
  // `fetch` would refuse such a key in a message that repeats it.
  if (/\p{Cc}/u.test(value.trim()))
    throw invalidInput(
      settings.role,
      `${settings.role}.config.${key}, or ${variables.join(" or ")}, holds a line break or another control character.`,
    );
  return value;
}

export function missingSetting(
  { role, provider, model }: ProviderSettings,
  key: keyof ProviderConfig,
  variables: readonly string[],
): MemoryError {
  const what = `${role} "${provider}/${model}" needs ${key === "apiKey" ? "a key" : `a ${key}`}`;
  const set = `Set ${variables.join(" or ")}, or pass ${role}: { provider: "${provider}", config: { ${key}: … } }.`;
  const local = role === "llm" ? '"ollama/llama3.2"' : '"ollama/nomic-embed-text"';
  const own = role === "llm" ? "an object with generate()" : "a function from texts to vectors";
  return new MemoryError(
    "NOT_SUPPORTED",
    `${what}. ${set} ${role} may also be ${local}, a model of the AI SDK, or ${own}. ` +
      'embedder: "lexical" with llm: false needs no key at all.',
  );
}
