import { invalidInput } from "@unimem/core";

/** An item as JSON that reads back equal. Refuses what JSON would change, such as bytes, dates and cycles. */
export function itemJson(item: unknown): string {
  if (typeof item !== "object" || item === null)
    throw invalidInput("items", "items must be an array of session items.");
  assertJson(item, []);
  return JSON.stringify(item);
}

function assertJson(value: unknown, above: readonly object[]): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (Number.isFinite(value)) return;
  if (typeof value !== "object" || above.includes(value) || !isPlain(value))
    throw invalidInput(
      "items",
      "Session items must be JSON. Give bytes as base64 or as a data URL, as the runner does.",
    );
  // An absent field and one that is undefined are the same to whoever reads the item; in an array they are not.
  for (const each of Object.values(value))
    if (each !== undefined || Array.isArray(value)) assertJson(each, [...above, value]);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}
