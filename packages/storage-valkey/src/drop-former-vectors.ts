import { chunks } from "./chunks.ts";
import { dropFormerScript } from "./reembed-scripts.ts";
import type { RoundTrips } from "./round-trips.ts";
import { scanKeys } from "./scan-keys.ts";
import type { StoreKeys } from "./store-keys.ts";

const recordsAtOnce = 200;

/** Frees what the vectors of former spaces take. Broken off, it is done by the next opening. */
export async function dropFormerVectors(trips: RoundTrips, keys: StoreKeys): Promise<void> {
  const suffixes = await trips.read(({ glide, commands }) =>
    commands.smembers(keys.former, { decoder: glide.Decoder.String }),
  );
  const start = keys.record("");
  for (const suffix of [...suffixes].map(String)) {
    for await (const page of scanKeys(trips, `${start}*`))
      for (const some of chunks(page, recordsAtOnce))
        await trips.script(dropFormerScript, keys.ofScripts, () => [
          ...[keys.base, "0", "0", suffix],
          ...some.map((key) => key.slice(start.length)),
        ]);
    await trips.write(({ commands }) => commands.srem(keys.former, [suffix]));
  }
}
