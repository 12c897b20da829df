import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { invalidInput, MemoryError } from "@unimem/core/storage";
import { newTablePrefix } from "./ensure-table.ts";
import { isNewVectorsName } from "./new-vectors.ts";
import { isRecordTableName } from "./record-schema.ts";
import { tombstoneTableName } from "./tombstones.ts";
import { presenceFolder } from "./writer-presence.ts";

// What editors, version control and file browsers leave in directories that are otherwise empty.
const ignoredNames = new Set([
  ".DS_Store",
  ".gitignore",
  ".gitkeep",
  "lost+found",
  presenceFolder, // all there is while another process is just creating the store
]);

/** The local directory that a URI names, absolute; `undefined` for an object store's URL. `~` is the home directory. */
export function localDirectory(uri: string): string | undefined {
  if (typeof uri !== "string" || uri.trim() === "")
    throw invalidInput(
      "uri",
      "uri must name a directory, or an object store like s3://bucket/path.",
    );
  if (uri.startsWith("file:")) return fromFileUrl(uri);
  if (uri.startsWith("db://"))
    throw invalidInput("uri", "LanceDB Cloud (db://) is not supported; name a directory or s3://…");
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(uri)) return undefined;
  // No shell has read what stands in a file of settings, and nobody wants a directory named "~".
  return resolve(uri.replace(/^~(?=$|[/\\])/, homedir));
}

function fromFileUrl(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw invalidInput("uri", "uri names no local file; write it as file:///path.", cause);
  }
}

/**
 * Whether there is a directory at `path` that may be used: one of ours or an empty one. Rejects for a file,
 * and for somebody else's directory, into which nothing is ever written.
 */
export async function inspectDirectory(path: string): Promise<boolean> {
  const names = await namesIn(path);
  if (names === undefined) return false;
  const foreign = names.filter(
    (name) => !ignoredNames.has(name) && !name.startsWith(newTablePrefix),
  );
  if (foreign.length > 0 && !foreign.some(isOurs))
    throw invalidInput(
      "uri",
      `${path} holds other things and no unimem store. Name a new or an empty directory.`,
    );
  for (const name of foreign.filter(isOurs)) await checkVersions(join(path, name));
  return true;
}

/** Makes the directory and those above it. */
export async function createDirectory(path: string): Promise<void> {
  try {
    await makeBelow(path);
  } catch (cause) {
    throw new MemoryError(
      "STORAGE_UNAVAILABLE",
      `${path} cannot be created. Name a directory that this process may write to.`,
      { cause },
    );
  }
}

// Not `mkdir({ recursive: true })`: below /proc, Node 24 never comes back from it.
async function makeBelow(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeBelow(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== "EEXIST") throw again;
    });
  }
}

async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR" && (await isFile(path)))
      throw invalidInput("uri", `${path} is a file. Name a directory.`, cause);
    throw new MemoryError(
      "STORAGE_UNAVAILABLE",
      `${path} cannot be read as a directory. Check the path and its permissions.`,
      { cause },
    );
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function isOurs(name: string): boolean {
  const table = name.replace(/\.lance$/, "");
  return (
    table !== name &&
    (isRecordTableName(table) || isNewVectorsName(table) || table === tombstoneTableName)
  );
}

// LanceDB takes a table without a manifest for none at all, and would start a new one over the old data.
async function checkVersions(table: string): Promise<void> {
  const manifests = existsSync(join(table, "_versions"))
    ? await readdir(join(table, "_versions"))
    : [];
  if (manifests.some((name) => name.endsWith(".manifest")))
    return checkNewest(join(table, "_versions"), manifests);
  const data = existsSync(join(table, "data")) ? await readdir(join(table, "data")) : [];
  // Without data it is a table that another process is just creating.
  if (data.length === 0) return;
  throw new MemoryError(
    "STORAGE_CORRUPT",
    `${table} has data but no manifest (_versions/*.manifest). Restore the directory from a backup, or start with a new one.`,
  );
}

// Lance does not wait for the disk, so a loss of power may leave the last commit in part, and no other can be read then.
async function checkNewest(versions: string, manifests: readonly string[]): Promise<void> {
  // Their numbers count down, so that the newest comes first.
  const [newest] = manifests.filter((name) => /^\d{20}\.manifest$/.test(name)).sort();
  if (newest === undefined) return;
  const path = join(versions, newest);
  const content = await readFile(path).catch(() => undefined); // pruned by another process meanwhile
  if (content === undefined || content.subarray(-4).toString("latin1") === "LANC") return;
  throw new MemoryError(
    "STORAGE_CORRUPT",
    `${path} is not whole, as after a loss of power. Move this file away, and the store opens as it was before its last commit; or restore the directory from a backup.`,
  );
}
