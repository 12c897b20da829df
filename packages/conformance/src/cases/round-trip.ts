import { assertRecords, assertStored } from "../assert-records.ts";
import type { CaseContext } from "../conformance-case.ts";
import { sampleRecord } from "../sample-record.ts";
import { everything, getOne, put } from "../store-calls.ts";

export type Given = Parameters<typeof sampleRecord>[0];

/** Writes records that differ in one field and reads them back by `get` and `list`. */
export async function roundTrip(
  { open }: CaseContext,
  variants: Omit<Given, "id">[],
): Promise<void> {
  const storage = await open();
  const records = variants.map((given, i) =>
    sampleRecord({ id: `variant-${String(i).padStart(3, "0")}`, ...given }),
  );
  await put(storage, ...records);
  for (const record of records) assertStored(await getOne(storage, record.id), record);
  const listed = await storage.list({ filter: everything, limit: 1000, offset: 0 });
  const inOrder = listed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  assertRecords(inOrder, records);
}

/** Texts that a store is tempted to change. */
export const texts: readonly string[] = [
  "",
  " ",
  "  leading and trailing  \n",
  "line\nbreak\r\nand\ttab",
  'O\'Brien said "no" \\ 100% `code` $x {{y}} <b> -- ; DROP TABLE records;',
  "Grüße, 日本語, العربية, עברית, हिन्दी, ไทย",
  "😀 👩‍👩‍👧‍👦 🇩🇪 𝒳 🤷🏽‍♀️",
  "\u00e9 is not e\u0301, \u212b is not \u00c5, \ufb01 is not fi",
  "zero width \u200b\u200d\ufeff and right to left \u202e end",
  "nul \u0000 and control \u0001\u001f\u007f",
  "null",
  "undefined",
  "NaN",
];
