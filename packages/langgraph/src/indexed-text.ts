import { invalidInput, type JsonValue } from "@unimem/core";

/**
 * The text that is embedded for a value: what lies at the paths, a line for each, or `undefined` where nothing
 * does. Paths are those of LangGraph: `"title"`, `"meta.title"`, `"chapters[*].text"`, `"authors[0].name"`,
 * `"notes[-1]"`, and `"$"` for the whole value as JSON.
 */
export function indexedText(
  value: JsonValue,
  paths: false | readonly string[],
): string | undefined {
  if (paths === false) return undefined;
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === "string"))
    throw invalidInput("index", "index must be false or an array of paths.");
  const texts = paths.flatMap((path) => textsAt(value, path === "$" ? [] : stepsOf(path)));
  const text = texts.join("\n");
  return text.trim() === "" ? undefined : text;
}

function stepsOf(path: string): string[] {
  return path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function textsAt(value: JsonValue | undefined, [step, ...rest]: readonly string[]): string[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [typeof value === "object" ? jsonOf(value) : String(value)];
  if (typeof value !== "object") return [];
  if (!step.startsWith("["))
    return Object.hasOwn(value, step)
      ? textsAt((value as Record<string, JsonValue>)[step], rest)
      : [];
  if (!Array.isArray(value)) return [];
  if (step === "[*]") return value.flatMap((each) => textsAt(each, rest));
  return /^\[-?\d+\]$/.test(step) ? textsAt(value.at(Number(step.slice(1, -1))), rest) : [];
}

function jsonOf(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw invalidInput("value", "value must hold JSON: no cycles, no bigints.");
  }
}
