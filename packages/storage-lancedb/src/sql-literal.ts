import { invalidInput } from "@unimem/core/storage";

/** The one way for a caller's text to enter SQL. Only the quote is special: a backslash stands for itself. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Several texts with commas between them. */
export function sqlTexts(values: Iterable<string>): string {
  return Array.from(values, sqlText).join(",");
}

/** A moment, in whole milliseconds. */
export function sqlMoment(value: Date): string {
  const ms = value.getTime();
  if (Number.isNaN(ms)) throw invalidInput("filter", "A time in the filter is not a valid Date.");
  return `to_timestamp_millis(${ms})`;
}
