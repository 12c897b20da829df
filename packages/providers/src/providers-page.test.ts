import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { embeddingProviders } from "./embedding-providers.ts";
import { modelProviders } from "./model-providers.ts";
import type { ProviderRow } from "./provider-row.ts";

const page = readFileSync(new URL("../../../docs/guide/providers.md", import.meta.url), "utf8");

test.each([
  ["Language models", modelProviders],
  ["Embedders", embeddingProviders],
])(
  "the table under %s has exactly the providers of the code, with what they need",
  (title, rows) => {
    const section = page.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
    const lines = section.split("\n").filter((line) => line.startsWith("| `"));
    expect(lines.map(cells)).toEqual(Object.entries(rows).map(rowOf));
  },
);

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function rowOf([name, row]: [string, ProviderRow<unknown>]): string[] {
  const { keyVariables, baseUrlVariable, variables = [], keys = [], packages } = row;
  const model = row.model === name ? undefined : row.model;
  const others = [baseUrlVariable, ...variables];
  return [[name], [model], keyVariables, others, keys, packages].map(listed);
}

function listed(names: readonly (string | undefined)[]): string {
  return names.flatMap((name) => (name === undefined ? [] : [`\`${name}\``])).join(", ");
}
