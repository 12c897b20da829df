// Keeps the documentation true. `--write` cuts every marked code block from the code that runs and renews the
// generated pages; `--check` fails where what is committed differs.
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { storageContract } from "@unimem/conformance";
import { memoryErrorCodes } from "@unimem/core";

const write = process.argv.includes("--write");
const problems: string[] = [];

const generated: Record<string, () => string> = {
  "docs/errors.md": errorsPage,
  "docs/storage-contract.md": storageContract,
};
for (const [path, render] of Object.entries(generated)) keep(path, render());

for (const path of globSync(["*.md", "docs/**/*.md", "packages/*/README.md"])) {
  const text = readFileSync(path, "utf8");
  keep(path, withCode(path, text));
  checkLinks(path, text);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(write ? "Documentation written." : "Documentation is up to date.");

function keep(path: string, text: string): void {
  const current = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (current === text) return;
  if (write) writeFileSync(path, text);
  else problems.push(`${path} is out of date: run "pnpm run docs".`);
}

/** Fills each block after `<!-- code: FILE#REGION -->` with that region of that file. */
function withCode(path: string, text: string): string {
  const block = /<!-- code: (\S+?)#(\S+) -->\n\n?```(\w+)\n[\s\S]*?```/g;
  const unmarked = text.replace(block, "").match(/```(?:ts|typescript|js)\n/g);
  if (unmarked) problems.push(`${path} has a code block that is not cut from code that runs.`);
  return text.replace(block, (_all, file: string, region: string, language: string) => {
    const code = cut(readFileSync(file, "utf8"), region);
    if (code === undefined) problems.push(`${path}: ${file} has no region "${region}".`);
    return `<!-- code: ${file}#${region} -->\n\`\`\`${language}\n${code}\n\`\`\``;
  });
}

function cut(source: string, region: string): string | undefined {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.trim() === `// region ${region}`);
  const end = lines.findIndex((line) => line.trim() === `// endregion ${region}`);
  if (start < 0 || end < start) return undefined;
  const body = lines.slice(start + 1, end);
  const indents = body.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return body.map((line) => line.slice(indent)).join("\n");
}

function checkLinks(path: string, text: string): void {
  for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const file = normalize(join(dirname(path), target));
    if (!existsSync(file)) problems.push(`${path} links to ${target}, which is not there.`);
  }
}

function errorsPage(): string {
  const rows = Object.entries(memoryErrorCodes).map(([code, text]) => `| \`${code}\` | ${text} |`);
  return `# Errors

<!-- Generated from packages/core/src/domain/memory-error.ts by "pnpm run docs". -->

Every promise of unimem rejects with a \`MemoryError\`, which has a \`code\`, typed \`details\`, and, where another
error was behind it, that error as \`cause\`. Test for it with \`isMemoryError(error)\` or
\`isMemoryError(error, "NOT_FOUND")\`; both also know errors of another installed copy. Codes are stable, messages
are for people and may change. Messages hold no content, scope or metadata of yours.

| code | what it means, and what to do |
|---|---|
${rows.join("\n")}
`;
}
