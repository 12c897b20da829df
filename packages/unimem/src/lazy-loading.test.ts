import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** The packages from outside that a fresh process loads for `code`. */
function loadedBy(code: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({
      load(url, context, next) {
        const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1];
        if (name) loaded.add(name);
        return next(url, context);
      },
    });
    ${code}
    console.log(JSON.stringify([...loaded]));`;
  const answer = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return JSON.parse(answer) as string[];
}

test("unimem loads no library of a provider before one is chosen", () => {
  const used = 'new Memory({ storage: "memory", embedder: "lexical", llm: false })';
  const loaded = loadedBy(
    `const { Memory } = await import("./index.ts"); const memory = ${used}; await memory.remember("a"); await memory.close();`,
  );
  for (const name of ["openai", "ai", "zod"]) expect(loaded).not.toContain(name);
  // And the same question answers otherwise where one is chosen.
  expect(
    loadedBy(
      `process.env.OPENAI_API_KEY = "never-sent"; const { openModel } = await import("@unimem/providers"); await openModel("gpt-4o-mini");`,
    ),
  ).toContain("openai");
});
