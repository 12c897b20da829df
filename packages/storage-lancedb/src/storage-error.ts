import { isMemoryError, MemoryError } from "@unimem/core/storage";

/** Whether a file that a version of the table names is gone: pruned by another process, or lost. */
export function isMissingFile(error: unknown): boolean {
  return /not found|no such file/i.test(reasonOf(error));
}

/** Whether Lance gave up on a commit because of others' commits. Nothing was written. */
export function isConflict(error: unknown): boolean {
  return /commit conflict|concurrent (writers|transaction|commit)|please retry/i.test(
    reasonOf(error),
  );
}

/**
 * Any failure as the error that callers know. LanceDB's messages may quote the query, and with it content,
 * so nothing of them is repeated but the name of a file; the error itself stays as `cause`.
 */
export function storageError(error: unknown, action: string): MemoryError {
  if (isMemoryError(error)) return error;
  const options = { cause: error };
  if (isMissingFile(error) || isDamaged(error))
    return new MemoryError(
      "STORAGE_CORRUPT",
      `The LanceDB store could not ${action}: ${damage(error)}. Restore the directory from a backup, or start with a new one.`,
      options,
    );
  if (isConflict(error))
    return new MemoryError(
      "STORAGE_UNAVAILABLE",
      `The LanceDB store could not ${action}: too many others were writing to it. Nothing was changed; try again.`,
      options,
    );
  return new MemoryError(
    "STORAGE_UNAVAILABLE",
    `The LanceDB store could not ${action}. See the cause; check the directory's permissions and free space, or the object store's credentials.`,
    options,
  );
}

function isDamaged(error: unknown): boolean {
  const text = reasonOf(error);
  if (/permission denied|no space left|read-only file system/i.test(text)) return false;
  return /corrupt|magic|decode|protobuf|fill whole buffer|sufficient data|invalid range|file size is too small|unexpected end|out of range|out of bounds/i.test(
    text,
  );
}

function damage(error: unknown): string {
  // The last of the names: those before it are the directories above it.
  const file = messageOf(error)
    .match(/[0-9a-f-]{8,}\.(?:lance|manifest|bin|arrow)(?![\w/])/g)
    ?.at(-1);
  const what = isMissingFile(error) ? "is missing" : "is damaged";
  return file === undefined ? `a file of it ${what}` : `its file ${file} ${what}`;
}

/** Its message without paths: a directory may be called anything, and "corrupt" and "decoder" are names too. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/[^\s'"]*[/\\][^\s'"]*/g, "");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
