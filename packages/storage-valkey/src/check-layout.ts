import { invalidInput } from "@unimem/core/storage";

/** Where the keys of a store lie; see `ValkeyStorageOptions.layout`. */
export type Layout = "slot" | "spread";

/** Rejects with `INVALID_INPUT` a store of another layout. `noted`: what meta says of it, if anything. */
export function checkLayout(noted: string | null | undefined, layout: Layout): void {
  const stored = noted ?? "slot";
  if (stored !== layout)
    throw invalidInput(
      "layout",
      `The store was written in layout "${stored}", where it has to stay. Open it with that layout, or use another prefix.`,
    );
}
