import {
  canonicalJson,
  type JsonValue,
  type Metadata,
  type MetadataOperators,
  matchesFilter,
  meetsCondition,
} from "@unimem/core/storage";
import { matchingBy } from "./matching-by.ts";
import type { Saboteur } from "./saboteur.ts";

/** Meets metadata conditions by a rule of its own. */
function meeting(
  name: string,
  meets: (metadata: Metadata, key: string, condition: MetadataOperators) => boolean,
): Saboteur {
  return {
    name,
    store: matchingBy(
      (record, { metadata = {}, ...rest }) =>
        matchesFilter(record, rest) &&
        Object.entries(metadata).every(([key, condition]) =>
          meets(record.metadata, key, condition),
        ),
    ),
  };
}

const asText = (value: JsonValue | undefined) =>
  typeof value === "number" ? String(value) : (value as JsonValue);

export const metadataSaboteurs: readonly Saboteur[] = [
  meeting("lets metadata ne fail where the key is missing", (metadata, key, condition) =>
    meetsCondition(
      metadata,
      key,
      condition.ne === undefined ? condition : { ...condition, exists: true },
    ),
  ),
  meeting(
    "compares metadata numbers and strings as texts",
    (metadata, key, { eq, ...rest }) =>
      meetsCondition(metadata, key, rest) &&
      (eq === undefined ||
        (Object.hasOwn(metadata, key) &&
          canonicalJson(asText(metadata[key])) === canonicalJson(asText(eq)))),
  ),
  meeting("takes metadata null for a missing key", (metadata, key, condition) =>
    meetsCondition(
      metadata[key] === null ? {} : metadata,
      key,
      condition.eq === null ? { exists: false } : condition,
    ),
  ),
  meeting("excludes the bound of metadata gte", (metadata, key, { gte, ...rest }) =>
    meetsCondition(metadata, key, gte === undefined ? rest : { ...rest, gt: gte }),
  ),
  meeting("includes the bound of metadata lt", (metadata, key, { lt, ...rest }) =>
    meetsCondition(metadata, key, lt === undefined ? rest : { ...rest, lte: lt }),
  ),
  meeting("knows one metadata operator of several", (metadata, key, condition) =>
    meetsCondition(metadata, key, Object.fromEntries(Object.entries(condition).slice(0, 1))),
  ),
  meeting("compares the first value of metadata in", (metadata, key, { in: among, ...rest }) =>
    meetsCondition(metadata, key, among === undefined ? rest : { ...rest, in: among.slice(0, 1) }),
  ),
  meeting("reads a dot in a metadata key as a path", (metadata, key, condition) => {
    const [outer = "", inner] = key.split(".");
    if (inner === undefined) return meetsCondition(metadata, key, condition);
    return meetsCondition((metadata[outer] ?? {}) as Metadata, inner, condition);
  }),
  meeting("finds metadata keys that a record inherits", (metadata, key, condition) =>
    meetsCondition({ ...metadata, ...(key in metadata && { [key]: "inherited" }) }, key, condition),
  ),
  meeting("ignores case in metadata keys", (metadata, key, condition) => {
    const lower = Object.entries(metadata).map(([each, value]) => [each.toLowerCase(), value]);
    return meetsCondition(Object.fromEntries(lower), key.toLowerCase(), condition);
  }),
  meeting("minds the order of keys in metadata objects", (metadata, key, condition) =>
    typeof condition.eq === "object" && condition.eq !== null
      ? Object.hasOwn(metadata, key) &&
        JSON.stringify(metadata[key]) === JSON.stringify(condition.eq)
      : meetsCondition(metadata, key, condition),
  ),
  {
    name: "checks the first metadata key only",
    store: matchingBy((record, { metadata = {}, ...rest }) =>
      matchesFilter(record, {
        ...rest,
        metadata: Object.fromEntries(Object.entries(metadata).slice(0, 1)),
      }),
    ),
  },
];
