import { MemoryError } from "@unimem/core/storage";
import type { Connection } from "./connection.ts";
import { textOf } from "./storage-error.ts";

/**
 * Rejects with `NOT_SUPPORTED` where the Search module runs without its coordinator: then an index covers the
 * records of one node alone, and a search would silently answer with a part. Some versions of the module say so
 * only of an index that is there. With `isNew` the index is dropped that was made to find out.
 */
export async function requireCoordinator(
  { glide, commands }: Connection,
  index: string,
  isNew: boolean,
): Promise<void> {
  try {
    await glide.GlideFt.info(commands, index, { scope: "PRIMARY" });
  } catch (cause) {
    // Of an index that is missing nothing is known; it is asked again when there is one.
    if (!/option is not valid/i.test(textOf(cause))) return;
    if (isNew) await glide.GlideFt.dropindex(commands, index).catch(() => {});
    throw new MemoryError(
      "NOT_SUPPORTED",
      'layout "spread" needs the coordinator of the Search module, which is off: searches would see the records of one node alone. Load the module with --use-coordinator on every node, or use layout "slot".',
      { cause },
    );
  }
}
