import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "vitest";
import { conformanceCases } from "./conformance-cases.ts";
import { fiveLines, renderContract, storageContract } from "./storage-contract.ts";

it("every case has a name of its own and says what it proves", () => {
  assert.equal(new Set(conformanceCases.map(({ name }) => name)).size, conformanceCases.length);
  for (const { name, proves } of conformanceCases) {
    assert.ok(proves.endsWith("."), `What "${name}" proves is not a sentence.`);
    assert.ok(!/\bshould\b/.test(name), `"${name}" says what should be, not what is.`);
  }
});

it("the page shows code that runs", () => {
  const source = readFileSync(new URL("./in-memory.test.ts", import.meta.url), "utf8");
  assert.ok(source.includes(fiveLines), "Cut the five lines anew from in-memory.test.ts.");
});

it("the page has a row for each case, under its topic", () => {
  const rows = storageContract()
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| case |"));
  assert.equal(rows.length, conformanceCases.length);
});

it("the page escapes what Markdown would take for its own", () => {
  const page = renderContract([
    {
      topic: "Names",
      name: "a|b and __proto__",
      proves: "`a_b` is code.",
      needs: [{ name: "text search", isMet: () => true }],
      run: async () => {},
    },
  ]);
  assert.ok(page.includes("| a\\|b and \\_\\_proto\\_\\_ | `a_b` is code. | text search |"));
});
