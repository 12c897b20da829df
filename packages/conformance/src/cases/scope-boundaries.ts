import assert from "node:assert/strict";
import { covers, parseScope, type StorageBackend } from "@unimem/core/storage";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleRecord } from "../sample-record.ts";
import { everything, listIds, put } from "../store-calls.ts";

/** One record in each path; then every path is asked for and must hold exactly what `covers` says. */
async function checkBoundaries(
  open: () => Promise<StorageBackend>,
  paths: readonly string[],
): Promise<void> {
  const storage = await open();
  const records = [...new Set(paths.map((path) => parseScope(path)))].map((scope, i) =>
    sampleRecord({ id: `in-${String(i).padStart(3, "0")}`, scope }),
  );
  await put(storage, ...records);
  for (const { scope: outer } of records) {
    const filter = { visibleTo: "all", scopes: [outer] } as const;
    const inside = records.filter(({ scope }) => covers(outer, scope)).map(({ id }) => id);
    assert.deepEqual(await listIds(storage, filter), inside, `list in ${JSON.stringify(outer)}`);
    assert.equal(await storage.count(filter), inside.length);
  }
  const summaries = await storage.scopes(everything);
  assert.deepEqual(
    summaries.map(({ scope }) => scope).sort(),
    records.map(({ scope }) => scope).sort(),
  );
}

export const scopeBoundaryCases: ConformanceCase[] = casesAbout("Scopes", [
  {
    name: "a scope covers whole segments only: /app does not hold /apple",
    proves: "A team does not read the memories of another whose name begins alike.",
    run: ({ open }) =>
      checkBoundaries(open, [
        "/app",
        "/app/x",
        "/app/x/y",
        "/apple",
        "/apple/app",
        "/ap",
        "/app-store",
        "/app.bak",
        "/app!",
        "/app!/x",
        "/app0",
        "/app ",
        "/x/app",
        "/App",
        "/APP/x",
      ]),
  },
  {
    name: "wildcards in a scope are plain characters: %, _, *, ? and braces",
    proves: "A crafted scope name does not read its neighbours through LIKE or glob patterns.",
    run: ({ open }) =>
      checkBoundaries(open, [
        "/a_b",
        "/axb",
        "/a_b/c",
        "/axb/c",
        "/a%b",
        "/a%",
        "/%",
        "/_",
        "/_/x",
        "/b/x",
        "/*",
        "/a*",
        "/?",
        "/a?b",
        "/{a,b}",
        "/[ab]",
        "/a",
        "/a.b",
        "/^a",
        "/a$",
        "/(a|b)",
      ]),
  },
  {
    name: "quotes, backslashes and separators in a scope are plain characters",
    proves: "A scope cannot break out of the query it is put into.",
    run: ({ open }) =>
      checkBoundaries(open, [
        "/o'brien",
        "/o''brien",
        '/say "hi"',
        "/back\\slash",
        "/back\\\\slash",
        "/back\\",
        "/back\\/slash",
        "/a,b",
        "/a;b",
        "/a:b",
        "/a|b",
        "/a@b",
        "/-a",
        "/--",
        "/' OR '1'='1",
        "/x') OR (1=1",
        "/$x",
        "/`x`",
        "/#",
        "/&",
        "/<b>",
      ]),
  },
  {
    name: "scopes in every script keep their boundaries, with emoji and joined characters too",
    proves: "Boundaries are compared by character, not by bytes, folding or collation.",
    run: ({ open }) =>
      checkBoundaries(open, [
        "/équipe",
        "/equipe",
        "/e\u0301quipe/x",
        "/ÉQUIPE",
        "/日本",
        "/日本/東京",
        "/日",
        "/😀",
        "/😀/x",
        "/😀😀",
        "/👩‍👩‍👧",
        "/👩",
        "/ß",
        "/ss",
        "/ﬁ",
        "/fi",
        "/ａ",
        "/a",
        "/İ",
        "/i",
        "/I",
        "/ı",
        "/\u202eabc",
        "/a\u200bb",
        "/ab",
      ]),
  },
  {
    name: "scopes of 500 characters and of 200 segments keep their boundaries",
    proves: "A long path is neither cut to the length of an index nor refused.",
    run: ({ open }) => {
      const long = `/${"x".repeat(499)}`;
      const deep = "/s".repeat(200);
      return checkBoundaries(open, [
        long,
        `${long.slice(0, -1)}y`,
        long.slice(0, -1),
        `${long}/below`,
        deep,
        deep.slice(0, -2),
        `${deep}/s`,
        `${deep}x`,
        `/${"日".repeat(500)}`,
        `/${"日".repeat(499)}`,
      ]);
    },
  },
]);
