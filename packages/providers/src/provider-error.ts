import { MemoryError } from "@unimem/core";
import type { ProviderSettings } from "./provider-settings.ts";

// Of Node's sockets and resolver, and of its fetch.
const connectionCodes =
  /^(ECONN[A-Z]+|ENOTFOUND|EAI_[A-Z]+|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR_[A-Z_]+)$/;

/**
 * A failure of a provider, with what to do about it. Only its status is told: what providers write in errors may
 * repeat a part of the key or of the texts, so that is left to `cause`.
 */
export function providerError(settings: ProviderSettings, error: unknown): MemoryError {
  const chain = causes(error);
  const status = chain.map(statusOf).find((each) => each !== undefined);
  if (status !== undefined) return failure(settings, whatStatusMeans(settings, status), error);
  if (chain.some(isConnectionError)) return failure(settings, unreachable(settings), error);
  return failure(settings, "failed; see cause.", error);
}

/** `MODEL_FAILED` or `EMBEDDING_FAILED`: "The … openai/gpt-4o-mini", and what it did. */
export function failure(
  { role, provider, model }: Pick<ProviderSettings, "role" | "provider" | "model">,
  what: string,
  cause?: unknown,
): MemoryError {
  const options = cause === undefined ? {} : { cause };
  const name = `${provider}/${model}`;
  return role === "llm"
    ? new MemoryError("MODEL_FAILED", `The language model ${name} ${what}`, options)
    : new MemoryError("EMBEDDING_FAILED", `The embedder ${name} ${what}`, options);
}

/** For an answer without what belongs in it: the page of a proxy, or an error that is told with status 200. */
export function unknownForm(settings: ProviderSettings, answer: unknown): MemoryError {
  const cause = new Error(`It answered: ${JSON.stringify(answer)?.slice(0, 500)}`);
  return failure(settings, whatStatusMeans(settings, 200), cause);
}

function whatStatusMeans(settings: ProviderSettings, status: number): string {
  const { provider, model, config, role } = settings;
  const { keyVariables } = settings;
  const key =
    keyVariables.length > 0
      ? `${keyVariables.join(", ")} or config.apiKey`
      : "the key that it was given";
  if (status === 401) return `refused the key (401). Check ${key}.`;
  if (status === 403) return `forbids this (403). Check that the key may use the model: ${key}.`;
  if (status === 404) {
    const pull = provider === "ollama" ? ` Run: ollama pull ${model}` : "";
    return `is not there (404). Check the model's name and config.baseUrl.${pull}`;
  }
  if (status === 429) {
    const retries = config.maxRetries ?? 2;
    return `limits how much it answers (429), also after ${retries} retries. Try later, or look at its quota.`;
  }
  if (status >= 500) return `failed on its own side (${status}). Try later; see cause.`;
  if (status < 300)
    return `answered in a form that is not its own (${status}). Check config.baseUrl.`;
  if (status < 400)
    return `leads elsewhere (${status}), where neither key nor texts are sent. Check config.baseUrl.`;
  const long = role === "embedder" ? " A usual reason is a text longer than the model takes." : "";
  return `refused the request (${status}); cause says why.${long}`;
}

function unreachable({ provider, model }: ProviderSettings): string {
  if (provider === "ollama")
    return `cannot be reached. Start it with "ollama serve", and fetch the model with "ollama pull ${model}".`;
  return "cannot be reached. Check the network and config.baseUrl.";
}

/** The error, and what stands behind it: causes, and of several tries the last. */
function causes(error: unknown): object[] {
  const chain: object[] = [];
  let next = error;
  while (typeof next === "object" && next !== null && !chain.includes(next)) {
    chain.push(next);
    const { cause, lastError } = next as { cause?: unknown; lastError?: unknown };
    next = lastError ?? cause;
  }
  return chain;
}

function statusOf(error: object): number | undefined {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  return [status, statusCode].find((each) => typeof each === "number");
}

function isConnectionError(error: object): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && connectionCodes.test(code);
}
