import type { IndexDefinition, IndexField } from "./index-definition.ts";
import { type IndexedHash, lowerAscii, trimAscii } from "./indexed-hash.ts";
import { SearchRefusal } from "./search-refusal.ts";

export type SearchFilter = (hash: IndexedHash) => boolean;

const mostTerms = 1000;

/** Reads the part of a query in front of `=>`: tags, ranges, `|`, `-`, brackets; a space is AND. */
export function parseSearchFilter(definition: IndexDefinition, text: string): SearchFilter {
  if (/^(\*|\(\s*\*\s*\))$/.test(text)) return () => true;
  try {
    return new FilterParser(definition, text).parse();
  } catch (error) {
    if (!(error instanceof SearchRefusal)) throw error;
    throw new SearchRefusal(`Invalid filter expression: \`${text}\`. ${error.message}`);
  }
}

class FilterParser {
  readonly #definition: IndexDefinition;
  readonly #text: string;
  #at = 0;
  #terms = 0;

  constructor(definition: IndexDefinition, text: string) {
    this.#definition = definition;
    this.#text = text;
  }

  parse(): SearchFilter {
    const filter = this.#alternatives();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return filter;
  }

  #alternatives(): SearchFilter {
    let filter = this.#conjunction();
    while (this.#match("|")) {
      this.#countTerm();
      const left = filter;
      const right = this.#conjunction();
      filter = (hash) => left(hash) || right(hash);
    }
    return filter;
  }

  #conjunction(): SearchFilter {
    let filter = this.#term();
    for (;;) {
      this.#skipSpace();
      const next = this.#text[this.#at];
      if (next === undefined || next === "|" || next === ")") return filter;
      this.#countTerm();
      const left = filter;
      const right = this.#term();
      filter = (hash) => left(hash) && right(hash);
    }
  }

  #term(): SearchFilter {
    if (this.#match("-")) {
      const negated = this.#term();
      return (hash) => !negated(hash);
    }
    if (this.#match("(")) {
      const inner = this.#alternatives();
      if (!this.#match(")")) {
        const got = this.#text.slice(this.#at, this.#at + 1);
        throw new SearchRefusal(
          `Expected ')' after expression got '${got}'. Position: ${this.#at}`,
        );
      }
      return inner;
    }
    if (!this.#match("@")) throw this.#unexpected();
    const alias = this.#upTo(":");
    this.#countTerm();
    if (this.#match("{")) return this.#tags(this.#field(alias, "TAG"));
    if (this.#match("[")) return this.#range(this.#field(alias, "NUMERIC"));
    throw this.#unexpected();
  }

  #tags(field: IndexField): SearchFilter {
    this.#skipSpace();
    const tags = splitTags(this.#closedTags()).map((raw) => {
      const tag = unescapeTag(raw);
      return field.kind === "TAG" && field.isCaseSensitive ? tag : lowerAscii(tag);
    });
    const exact = new Set(tags.filter((tag) => !tag.endsWith("*")));
    const prefixes = tags.filter((tag) => tag.endsWith("*")).map((tag) => tag.slice(0, -1));
    return ({ tags: held }) =>
      [...(held.get(field.alias) ?? [])].some(
        (tag) => exact.has(tag) || prefixes.some((prefix) => tag.startsWith(prefix)),
      );
  }

  /** The text up to the first `}` that has no backslash in front. */
  #closedTags(): string {
    const rest = this.#text.slice(this.#at);
    const text = /^(?:\\.|[^}])*?(?=\})/s.exec(rest)?.[0];
    if (text === undefined) throw new SearchRefusal("Missing closing TAG bracket, '}'");
    this.#at += text.length + 1;
    return text;
  }

  #range({ alias }: IndexField): SearchFilter {
    const isAbove = this.#match("(");
    const start = this.#number();
    if (!this.#match(" ", false) && !this.#match(","))
      throw new SearchRefusal(
        `Expected space or \`,\` between start and end values of a numeric field. Position: ${this.#at}`,
      );
    const isBelow = this.#match("(");
    const end = this.#number();
    if (!this.#match("]")) {
      const got = this.#text.slice(this.#at, this.#at + 1);
      throw new SearchRefusal(`Expected ']' got '${got}'. Position: ${this.#at}`);
    }
    if (start > end || (start === end && (isAbove || isBelow)))
      throw new SearchRefusal(
        `Start and end values of a numeric field indicate an empty range. Position: ${this.#at}`,
      );
    return ({ numbers }) => {
      const value = numbers.get(alias);
      if (value === undefined) return false;
      return (isAbove ? value > start : value >= start) && (isBelow ? value < end : value <= end);
    };
  }

  #number(): number {
    this.#skipSpace();
    const text = /^(?:[+-]?inf|-?[\d.]*(?:e[+-]?[\d.]*)?)/i.exec(this.#text.slice(this.#at))?.[0];
    const infinite = /^([+-]?)inf$/i.exec(text ?? "");
    if (text === undefined || text === "" || (!infinite && Number.isNaN(Number(text))))
      throw new SearchRefusal(`Invalid number: ${text ?? ""}`);
    this.#at += text.length;
    if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
    return Number(text);
  }

  #field(alias: string, kind: "TAG" | "NUMERIC"): IndexField {
    const field = this.#definition.fields.find((each) => each.alias === alias);
    if (field?.kind === kind) return field;
    throw new SearchRefusal(`\`${alias}\` is not indexed as a ${kind.toLowerCase()} field`);
  }

  #upTo(end: string): string {
    const found = this.#text.indexOf(end, this.#at);
    if (found === -1) {
      this.#at = this.#text.length;
      throw this.#unexpected();
    }
    const text = this.#text.slice(this.#at, found);
    this.#at = found + 1;
    return text;
  }

  #match(expected: string, skipSpace = true): boolean {
    if (skipSpace) this.#skipSpace();
    if (this.#text[this.#at] !== expected) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (/[ \t\n\v\f\r]/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #countTerm(): void {
    if (++this.#terms > mostTerms)
      throw new SearchRefusal(
        `Query string is too complex: max number of terms can't exceed ${mostTerms}`,
      );
  }

  #unexpected(): SearchRefusal {
    const got = this.#text.slice(this.#at, this.#at + 1);
    return new SearchRefusal(`Unexpected character at position ${this.#at + 1}: \`${got}\``);
  }
}

/** Cut at `|` without a backslash; a `*` at the end makes a prefix, whatever stands in front of it. */
function splitTags(text: string): string[] {
  const tags = (text.match(/(?:\\.|[^|])+/gs) ?? []).map(trimAscii).filter((tag) => tag !== "");
  for (const tag of tags) {
    if (tag.endsWith("**")) throw new SearchRefusal(`Tag string \`${tag}\` ends with multiple *.`);
    if (tag.endsWith("*") && tag.length <= 2)
      throw new SearchRefusal(`Tag string \`${tag}\` is too short for prefix wildcard.`);
  }
  return tags;
}

function unescapeTag(tag: string): string {
  return tag.replace(/\\(.)/gs, "$1");
}
