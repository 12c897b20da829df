import { createHash, timingSafeEqual } from "node:crypto";
import { invalidInput } from "@unimem/core";

/** Whom a bearer token stands for. */
export interface Principal {
  readonly source: string;
  readonly token: string;
}

/** Reads `alice=TOKEN,bob=TOKEN`. The message never repeats a token. */
export function parsePrincipals(text: string): Principal[] {
  const entries = text.split(",").map((entry) => entry.trim());
  const principals = entries
    .filter((entry, i) => entry !== "" || i < entries.length - 1) // the last may end with a comma
    .map((entry) => {
      const at = entry.indexOf("=");
      const [source, token] = [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
      if (at < 1 || source === "" || token.length < minTokenLength)
        throw invalidInput(
          "UNIMEM_MCP_TOKENS",
          `UNIMEM_MCP_TOKENS must be NAME=TOKEN,… with tokens of at least ${minTokenLength} characters.`,
        );
      return { source, token };
    });
  if (new Set(principals.map(({ token }) => token)).size < principals.length)
    throw invalidInput("UNIMEM_MCP_TOKENS", "UNIMEM_MCP_TOKENS gives one token to two names.");
  return principals;
}

// A token may be tried as often as a client can send requests.
const minTokenLength = 16;

/** Whom an Authorization header stands for. Compares in constant time, so that nobody learns a token by timing. */
export function authenticate(
  header: string | undefined,
  principals: readonly Principal[],
): Principal | undefined {
  const given = header?.match(/^Bearer (.+)$/i)?.[1];
  if (given === undefined) return undefined;
  const digest = (token: string) => createHash("sha256").update(token).digest();
  return principals.filter(({ token }) => timingSafeEqual(digest(token), digest(given)))[0];
}
