import { invalidInput } from "./memory-error.ts";
import {
  canonicalJson,
  givenEntries,
  type JsonValue,
  type Metadata,
  parseJson,
} from "./metadata.ts";

/**
 * What one metadata key must satisfy; all of the given operators must hold. `eq`, `ne` and `in` compare whole
 * JSON values; a missing key is equal to nothing, so `ne` holds for it. `gt gte lt lte` compare numbers
 * with numbers and strings with strings (by code unit), and fail for everything else.
 */
export interface MetadataOperators {
  readonly eq?: JsonValue;
  readonly ne?: JsonValue;
  readonly gt?: number | string;
  readonly gte?: number | string;
  readonly lt?: number | string;
  readonly lte?: number | string;
  readonly in?: readonly JsonValue[];
  readonly exists?: boolean;
}

/** A scalar or array stands for `{ eq: … }`. To compare with an object, write `{ eq: {…} }`. */
export type MetadataCondition =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | MetadataOperators;

export type MetadataFilter = { readonly [key: string]: MetadataCondition };

const operatorNames = new Set(["eq", "ne", "gt", "gte", "lt", "lte", "in", "exists"]);

/** A condition in its long form. Throws `INVALID_INPUT` for unknown operators and wrong operands. */
export function parseCondition(condition: unknown, field: string): MetadataOperators {
  const given = givenEntries(condition, field);
  if (given === undefined) return { eq: parseJson(condition, field) };
  const entries = given.filter(([, operand]) => operand !== undefined);
  if (entries.length === 0)
    throw invalidInput(
      field,
      `${field} has no operator; use eq, ne, gt, gte, lt, lte, in or exists.`,
    );
  for (const [name, operand] of entries) {
    if (!operatorNames.has(name))
      throw invalidInput(
        field,
        `${field} has an unknown operator; to compare with an object write { eq: { … } }.`,
      );
    if (name === "exists" && typeof operand !== "boolean")
      throw invalidInput(field, `${field}.exists must be true or false.`);
    if (/^[gl]te?$/.test(name) && typeof operand !== "string" && !Number.isFinite(operand))
      throw invalidInput(field, `${field}.${name} must be a finite number or a string.`);
  }
  const parsed: Record<string, JsonValue> = Object.fromEntries(
    entries.map(([name, operand]) => [name, parseJson(operand, field)]),
  );
  if (parsed.in !== undefined && !Array.isArray(parsed.in))
    throw invalidInput(field, `${field}.in must be an array.`);
  return parsed;
}

/** Whether a record's metadata satisfies one parsed condition. */
export function meetsCondition(
  metadata: Metadata,
  key: string,
  condition: MetadataOperators,
): boolean {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  const { eq, ne, gt, gte, lt, lte, in: among, exists } = condition;
  return (
    (eq === undefined || same(value, eq)) &&
    (ne === undefined || !same(value, ne)) &&
    (among === undefined || among.some((each) => same(value, each))) &&
    (exists === undefined || exists === (value !== undefined)) &&
    (gt === undefined || compare(value, gt, (order) => order > 0)) &&
    (gte === undefined || compare(value, gte, (order) => order >= 0)) &&
    (lt === undefined || compare(value, lt, (order) => order < 0)) &&
    (lte === undefined || compare(value, lte, (order) => order <= 0))
  );
}

function same(value: JsonValue | undefined, other: JsonValue): boolean {
  return value !== undefined && canonicalJson(value) === canonicalJson(other);
}

function compare(
  value: JsonValue | undefined,
  bound: number | string,
  holds: (order: number) => boolean,
): boolean {
  if (typeof value !== typeof bound) return false;
  const left = value as typeof bound;
  return holds(left < bound ? -1 : left > bound ? 1 : 0);
}
