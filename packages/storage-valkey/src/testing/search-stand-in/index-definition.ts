import { CommandArgs } from "./command-args.ts";
import { SearchRefusal } from "./search-refusal.ts";

export interface IndexDefinition {
  readonly name: string;
  /** None: all keys. */
  readonly prefixes: readonly string[];
  readonly fields: readonly IndexField[];
}

export type IndexField = TagField | NumericField | VectorField;

interface FieldNames {
  /** Of the field in the hash. */
  readonly identifier: string;
  /** Of the field in queries. */
  readonly alias: string;
}

export interface TagField extends FieldNames {
  readonly kind: "TAG";
  readonly separator: string;
  readonly isCaseSensitive: boolean;
}

export interface NumericField extends FieldNames {
  readonly kind: "NUMERIC";
}

export interface VectorField extends FieldNames {
  readonly kind: "VECTOR";
  readonly algorithm: "FLAT" | "HNSW";
  readonly dimensions: number;
  /** M, EF_CONSTRUCTION and so on, as given. */
  readonly settings: ReadonlyMap<string, string>;
}

/** What the arguments of FT.CREATE define: hashes, with tags, numbers and one or more vectors. */
export function parseIndexDefinition(given: readonly string[]): IndexDefinition {
  const args = new CommandArgs(given);
  const name = args.next();
  if (args.take("ON")) args.expect("HASH");
  const prefixes = args.take("PREFIX")
    ? Array.from({ length: args.count() }, () => args.next())
    : [];
  checkHashTags(name, prefixes);
  args.expect("SCHEMA");
  const fields: IndexField[] = [];
  while (!args.isAtEnd) fields.push(parseField(args));
  if (fields.length === 0) throw new SearchRefusal("Index must have at least one attribute");
  return { name, prefixes, fields };
}

function checkHashTags(name: string, prefixes: readonly string[]): void {
  const hashTag = hashTagOf(name);
  if (hashTag === undefined && prefixes.some((prefix) => hashTagOf(prefix) !== undefined))
    throw new SearchRefusal("PREFIX argument(s) must not contain a hash tag");
  if (hashTag !== undefined && prefixes.length === 0)
    throw new SearchRefusal("PREFIX parameter is required for hash-tagged indexes");
  if (hashTag !== undefined && prefixes.some((prefix) => hashTagOf(prefix) !== hashTag))
    throw new SearchRefusal("All PREFIX arguments must contain the same hash tag as the index");
}

function hashTagOf(key: string): string | undefined {
  return /\{([^}]+)\}/.exec(key)?.[1];
}

function parseField(args: CommandArgs): IndexField {
  const identifier = args.next();
  const alias = args.take("AS") ? args.next() : identifier;
  const names = { identifier, alias };
  if (args.take("NUMERIC")) return { ...names, kind: "NUMERIC" };
  if (args.take("TAG")) return { ...names, kind: "TAG", ...parseTagSettings(args) };
  args.expect("VECTOR");
  const algorithm = args.take("HNSW") ? "HNSW" : "FLAT";
  if (algorithm === "FLAT") args.expect("FLAT");
  const settings = new Map<string, string>();
  for (let left = args.count(); left > 0; left -= 2)
    settings.set(args.next().toUpperCase(), args.next());
  // Others exist; a stand-in that took them for these would answer wrongly.
  if (settings.get("TYPE") !== "FLOAT32" || settings.get("DISTANCE_METRIC") !== "COSINE")
    throw new SearchRefusal("The stand-in knows vectors of FLOAT32 under COSINE alone.");
  return { ...names, kind: "VECTOR", algorithm, dimensions: Number(settings.get("DIM")), settings };
}

function parseTagSettings(args: CommandArgs): Pick<TagField, "separator" | "isCaseSensitive"> {
  let separator = ",";
  let isCaseSensitive = false;
  for (;;) {
    if (args.take("SEPARATOR")) separator = args.next();
    else if (args.take("CASESENSITIVE")) isCaseSensitive = true;
    else break;
  }
  if (separator.length !== 1)
    throw new SearchRefusal(`The separator must be a single character, but got \`${separator}\``);
  return { separator, isCaseSensitive };
}
