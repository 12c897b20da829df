import { invalidInput } from "@unimem/core";
import { checkConfig } from "./check-config.ts";
import type { ConfigKey, ProviderConfig } from "./provider-config.ts";
import type { ProviderRow } from "./provider-row.ts";
import type { Role } from "./provider-settings.ts";

type Rows = Readonly<Record<string, ProviderRow<unknown>>>;

/** What a name or a configuration says. */
export interface ParsedChoice {
  readonly provider: string;
  readonly model: string;
  readonly config: ProviderConfig;
}

const everywhere = ["model", "timeoutMs"] as const;
const remote = ["apiKey", "baseUrl", "headers", "maxRetries"] as const;

// Names that many know for the same provider.
const otherNames: Readonly<Record<string, string>> = {
  google: "google-generativeai",
  gemini: "google-generativeai",
};

/**
 * `"provider/model"`, a provider's name alone for its typical model, or the name of a model of OpenAI. What
 * stands before the first slash is the provider, so that a model's name may have slashes of its own.
 */
export function parseName(role: Role, name: string, rows: Rows): ParsedChoice {
  const slash = name.indexOf("/");
  if (name.trim() === "") throw invalidInput(role, `${role} must not be blank.`);
  if (slash < 0) {
    const provider = providerOf(name);
    return Object.hasOwn(rows, provider)
      ? complete(role, { provider, model: undefined, config: {} }, rows)
      : { provider: "openai", model: name, config: {} };
  }
  const [provider, model] = [name.slice(0, slash), name.slice(slash + 1)];
  if (model.trim() === "")
    throw invalidInput(role, `${role} ${JSON.stringify(name)} names no model after the slash.`);
  return complete(role, { provider, model, config: {} }, rows);
}

export function parseConfig(role: Role, choice: object, rows: Rows): ParsedChoice {
  const { provider, model, config = {}, ...rest } = choice as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw invalidInput(
      role,
      `${role} has the unknown key ${JSON.stringify(unknown.slice(0, 40))}. Known: provider, model, config; other settings go into config.`,
    );
  if (typeof provider !== "string")
    throw invalidInput(role, `${role}.provider must be the name of a provider.`);
  if (model !== undefined && (typeof model !== "string" || model.trim() === ""))
    throw invalidInput(role, `${role}.model must be a string that is not blank.`);
  const row = rowOf(role, provider, rows);
  const own: ConfigKey[] = role === "embedder" ? ["dimensions"] : [];
  const known = [...everywhere, ...(row.local ? [] : remote), ...own, ...(row.keys ?? [])];
  checkConfig(config, known, role);
  const { model: inner } = config;
  if (model !== undefined && inner !== undefined && model !== inner)
    throw invalidInput(role, `${role} names two models: leave out model or config.model.`);
  return complete(role, { provider, model: model ?? inner, config }, rows);
}

function complete(
  role: Role,
  choice: { provider: string; model: string | undefined; config: ProviderConfig },
  rows: Rows,
): ParsedChoice {
  const row = rowOf(role, choice.provider, rows);
  const model = choice.model ?? row.model;
  if (model === undefined)
    throw invalidInput(
      role,
      `${role} "${choice.provider}" needs a model, such as "${choice.provider}/NAME".`,
    );
  return { provider: providerOf(choice.provider), model, config: choice.config };
}

function rowOf(role: Role, provider: string, rows: Rows): ProviderRow<unknown> {
  const row = Object.hasOwn(rows, providerOf(provider)) ? rows[providerOf(provider)] : undefined;
  if (row !== undefined) return row;
  const named = JSON.stringify(provider.slice(0, 40));
  const known = Object.keys(rows).join(", ");
  throw invalidInput(role, `${role} names the unknown provider ${named}. Known: ${known}.`);
}

function providerOf(name: string): string {
  return Object.hasOwn(otherNames, name) ? (otherNames[name] as string) : name;
}
