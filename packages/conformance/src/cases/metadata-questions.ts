import type { MetadataOperators } from "@unimem/core/storage";
import { type FilterQuestion, questionsAbout } from "./filter-question.ts";

const of = (condition: MetadataOperators) => ({ metadata: { priority: condition } });

/** Filters on metadata, by operator, by type of value, and by key. */
export const metadataQuestions: FilterQuestion[] = [
  ...questionsAbout("metadata", "Conditions compare JSON values, by type, as core defines it.", {
    "metadata eq a number does not match the string of it": of({ eq: 1 }),
    "metadata eq a string does not match the number in it": of({ eq: "1" }),
    "metadata eq the empty string": of({ eq: "" }),
    "metadata eq null matches null, not a missing key": of({ eq: null }),
    "metadata eq true": of({ eq: true }),
    "metadata eq false is not 0, null or missing": of({ eq: false }),
    "metadata eq 0": of({ eq: 0 }),
    "metadata eq a list compares its order": of({ eq: [1, 2] }),
    "metadata eq an empty list": of({ eq: [] }),
    "metadata eq an object ignores the order of its keys": of({ eq: { unit: "x", level: 1 } }),
    "metadata eq an empty object": of({ eq: {} }),
    "metadata ne holds for records without the key": of({ ne: 1 }),
    "metadata ne null holds for everything but null": of({ ne: null }),
    "metadata ne a list": of({ ne: [1, 2] }),
    "metadata gt a number compares numbers only": of({ gt: 1 }),
    "metadata gte a number includes it": of({ gte: 2 }),
    "metadata lt a number": of({ lt: 2 }),
    "metadata lte a negative number": of({ lte: -1.5 }),
    "metadata gt a string compares strings only, by character": of({ gt: "1" }),
    "metadata lt a string": of({ lt: "high" }),
    "metadata gte the empty string holds for every string": of({ gte: "" }),
    "metadata gt and lt together": of({ gt: 1, lt: 8 }),
    "metadata bounds of two types match nothing": of({ gt: 1, lt: "x" }),
    "metadata in": of({ in: [1, "high", true] }),
    "metadata in with null, a list and an object": of({ in: [null, [2, 1], { level: 2 }] }),
    "metadata in an empty list matches nothing": of({ in: [] }),
    "metadata exists true includes null": of({ exists: true }),
    "metadata exists false is the missing key, not null": of({ exists: false }),
    "metadata ne and exists together": of({ ne: 1, exists: true }),
    "metadata eq and ne of one value match nothing": of({ eq: 1, ne: 1 }),
    "metadata text in NFC is not the one in NFD": { metadata: { city: { eq: "Zürich" } } },
    "metadata text with quotes, a backslash and a wildcard": {
      metadata: { city: { eq: 'O\'Hare "ORD" \\ %' } },
    },
    "metadata dates as texts compare in order": {
      metadata: { when: { gte: "2026-01-01", lt: "2026-02-01" } },
    },
    "metadata conditions on two keys hold together": {
      metadata: { priority: { gte: 5 }, when: { exists: true } },
    },
    "metadata conditions on two keys that no record has together": {
      metadata: { "a.b": { exists: true }, priority: { exists: true } },
    },
    "no metadata conditions at all hold for every record": { metadata: {} },
  }),
  ...questionsAbout(
    "metadata keys",
    "A key is a plain text: it is no path, no pattern and no property.",
    {
      "a metadata key with a dot is not a path": { metadata: { "a.b": { eq: 1 } } },
      "a metadata key is compared whole": { metadata: { prio: { exists: true } } },
      "a metadata key is case-sensitive": { metadata: { Priority: { eq: 1 } } },
      "a metadata key with a single quote": { metadata: { "it's": { eq: 1 } } },
      "a metadata key with double quotes": { metadata: { 'say "x"': { eq: 2 } } },
      "a metadata key with a backslash": { metadata: { "back\\slash": { eq: 3 } } },
      "the empty metadata key": { metadata: { "": { eq: 4 } } },
      "a metadata key that looks like a JSON path": { metadata: { "$[0]": { eq: 5 } } },
      "a metadata key that is a wildcard": { metadata: { "%": { exists: true } } },
      "a metadata key that breaks out of quotes": {
        metadata: { "x' OR '1'='1": { exists: true } },
      },
      "the metadata key __proto__": { metadata: JSON.parse('{"__proto__": {"eq": 1}}') },
      "the metadata keys toString and constructor are missing where nobody set them": {
        metadata: { toString: { exists: false }, constructor: { exists: false } },
      },
    },
  ),
];
