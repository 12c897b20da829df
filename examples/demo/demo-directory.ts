import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sanitizeScopeName } from "unimem";

export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Where the memory of a file lives. The hash keeps two files of one name apart. */
export function demoDirectory(file: string): string {
  const hash = createHash("sha256").update(file).digest("hex").slice(0, 8);
  const name = sanitizeScopeName(basename(file));
  return join(repositoryRoot, ".unimem", "demo", `${name}-${hash}`);
}
