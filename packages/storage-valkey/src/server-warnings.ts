const warned = new Set<string>();

/** Said once for each server and process. */
export function warnOfClientSearch(
  addresses: readonly { readonly host: string; readonly port: number }[],
): void {
  const server = addresses.map(({ host, port }) => ` ${host}:${port}`).join(",");
  warnOnce(
    "UNIMEM_VALKEY_NO_SEARCH",
    `The Valkey server${server} has no Search module, so every search reads the vectors of all records in the scopes asked for. Run the image valkey/valkey-bundle, or a managed service that offers valkey-search.`,
  );
}

export function warnOfEviction(): void {
  warnOnce(
    "UNIMEM_VALKEY_EVICTION",
    "The Valkey server deletes keys when its memory is full (maxmemory-policy allkeys-…), and memories with them. Set maxmemory-policy to noeviction.",
  );
}

/** Before 9.1.2 a connection can hang for good when a search blocks it while the next command is still arriving. */
export function warnOfOldServer(version: string): void {
  warnOnce(
    "UNIMEM_VALKEY_OLD_SERVER",
    `The Valkey server is of version ${version}, in which a connection that searches may hang. Update it to 9.1.2 or later.`,
  );
}

/** A cache never rejects, so a password that is wrong would go unnoticed. */
export function warnOfUselessCache(message: string): void {
  warnOnce("UNIMEM_VALKEY_CACHE", message);
}

function warnOnce(code: string, message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, { code });
}
