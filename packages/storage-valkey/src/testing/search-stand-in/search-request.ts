import { CommandArgs } from "./command-args.ts";
import type { IndexDefinition, VectorField } from "./index-definition.ts";
import { floatsOf, trimAscii } from "./indexed-hash.ts";
import { parseSearchFilter, type SearchFilter } from "./search-filter.ts";
import { SearchRefusal } from "./search-refusal.ts";

/** What FT.SEARCH is asked for. */
export interface SearchRequest {
  readonly filter: SearchFilter;
  readonly nearest: NearestClause | undefined;
  readonly offset: number;
  readonly limit: number;
  readonly isWithoutContent: boolean;
  /** The fields to return and their names in the answer; `undefined`: all. */
  readonly returned: readonly ReturnedField[] | undefined;
  readonly sort: { readonly alias: string; readonly isDescending: boolean } | undefined;
}

export interface NearestClause {
  readonly k: number;
  readonly field: VectorField;
  readonly vector: Float32Array;
  /** The name of the distance in the answer. */
  readonly scoreAlias: string;
}

export interface ReturnedField {
  readonly name: string;
  readonly as: string;
}

const longestQuery = 10_240;

/** Reads the arguments that follow the name of the index. Refuses what the stand-in does not know. */
export function parseSearchRequest(
  definition: IndexDefinition,
  given: readonly string[],
): SearchRequest {
  const args = new CommandArgs(given);
  const query = args.next();
  if (query.length > longestQuery)
    throw new SearchRefusal(`Query string is too long, max length is ${longestQuery} bytes.`);
  const params = new Map<string, string>();
  let window = { offset: 0, limit: 10 };
  let isWithoutContent = false;
  let returned: ReturnedField[] | undefined;
  let sort: SearchRequest["sort"];
  while (!args.isAtEnd) {
    if (args.take("LIMIT")) window = { offset: args.count(), limit: args.count() };
    else if (args.take("NOCONTENT")) isWithoutContent = true;
    else if (args.take("RETURN")) returned = parseReturn(args);
    else if (args.take("SORTBY")) sort = parseSort(definition, args);
    else if (args.take("PARAMS")) parseParams(args, params);
    else if (args.take("DIALECT")) checkDialect(args.count());
    else if (args.take("TIMEOUT")) checkTimeout(args.count());
    else throw new SearchRefusal(`Unexpected argument \`${args.next()}\``);
  }
  const used = new Set<string>();
  const read = parseQuery(definition, query, (name) => {
    used.add(name);
    const value = params.get(name);
    if (value === undefined) throw new SearchRefusal(`Parameter ${name} not found.`);
    return value;
  });
  const unused = [...params.keys()].find((name) => !used.has(name));
  if (unused !== undefined) throw new SearchRefusal(`Parameter \`${unused}\` not used.`);
  return {
    ...read,
    ...window,
    isWithoutContent: isWithoutContent || returned?.length === 0,
    returned,
    sort,
  };
}

function parseReturn(args: CommandArgs): ReturnedField[] {
  const returned: ReturnedField[] = [];
  for (let left = args.count(); left > 0; left--) {
    const name = args.next();
    const isRenamed = args.take("AS");
    if (isRenamed) left -= 2;
    returned.push({ name, as: isRenamed ? args.next() : name });
  }
  return returned;
}

function parseSort({ fields }: IndexDefinition, args: CommandArgs): SearchRequest["sort"] {
  const alias = args.next();
  if (!fields.some((field) => field.alias === alias))
    throw new SearchRefusal(`Index field \`${alias}\` does not exist`);
  const isDescending = args.take("DESC");
  if (!isDescending) args.take("ASC");
  return { alias, isDescending };
}

function parseParams(args: CommandArgs, params: Map<string, string>): void {
  const count = args.count();
  if (count % 2 === 1) throw new SearchRefusal("Parameter count must be an even number.");
  for (let i = 0; i < count; i += 2) {
    const name = args.next();
    if (params.has(name)) throw new SearchRefusal(`Parameter ${name} is already defined.`);
    params.set(name, args.next());
  }
}

function checkDialect(dialect: number): void {
  if (dialect < 2 || dialect > 4)
    throw new SearchRefusal("DIALECT requires a non negative integer >=2 and <= 4");
}

function checkTimeout(milliseconds: number): void {
  if (milliseconds < 1 || milliseconds > 60_000)
    throw new SearchRefusal(
      "TIMEOUT must be a positive integer greater than 0 and cannot exceed 60000.",
    );
}

type ParamReader = (name: string) => string;

// `=>` is searched for in the text as it is: inside a tag it breaks the query.
function parseQuery(
  definition: IndexDefinition,
  query: string,
  param: ParamReader,
): Pick<SearchRequest, "filter" | "nearest"> {
  const arrow = query.indexOf("=>");
  const filterText = trimAscii(arrow === -1 ? query : query.slice(0, arrow));
  // Releases up to 1.2.1 refuse a query that is nothing but a star.
  if (arrow === -1 && filterText === "*") throw new SearchRefusal("Invalid query string syntax");
  const filter = parseSearchFilter(definition, filterText);
  if (arrow === -1) return { filter, nearest: undefined };
  return { filter, nearest: parseNearest(definition, trimAscii(query.slice(arrow + 2)), param) };
}

function parseNearest(
  { fields }: IndexDefinition,
  text: string,
  param: ParamReader,
): NearestClause {
  const refuse = (why: string) =>
    new SearchRefusal(`Error parsing vector similarity parameters: ${why}`);
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  const [knn = "", k = "", at = "", blob = "", ...rest] = (inner ?? "").split(" ").filter(Boolean);
  if (knn.toUpperCase() !== "KNN" || !at.startsWith("@"))
    throw refuse(`\`${text}\`. Expecting \`KNN\``);
  const value = (token: string) => (token.startsWith("$") ? param(token.slice(1)) : token);
  const alias = at.slice(1);
  const field = fields.find((each) => each.alias === alias);
  if (field?.kind !== "VECTOR")
    throw new SearchRefusal(`Index field \`${alias}\` is not a Vector index `);
  let scoreAlias = `__${alias}_score`;
  for (let i = 0; i < rest.length; i += 2) {
    const option = rest[i]?.toUpperCase();
    const given = value(rest[i + 1] ?? "");
    if (option === "AS") scoreAlias = given;
    // How far an approximate index looks: nothing to one that compares with every vector.
    else if (option !== "EF_RUNTIME" || !(Number(given) > 0))
      throw refuse(`Unexpected argument \`${rest[i]}\``);
  }
  const count = Number(value(k));
  if (!Number.isInteger(count) || count < 1) throw refuse("k must be positive");
  if (count > 10_000)
    throw refuse("KNN parameter must be a positive integer and cannot exceed 10000.");
  const bytes = Buffer.from(value(blob), "latin1");
  const expected = field.dimensions * 4;
  if (bytes.length !== expected)
    throw refuse(
      `query vector blob size (${bytes.length}) does not match index's expected size (${expected}).`,
    );
  return { k: count, field, vector: floatsOf(bytes), scoreAlias };
}
