const warned = new Set<string>();

/** Said once for each server and process. */
export function warnOfClientSearch(
  addresses: readonly { readonly host: string; readonly port: number }[],
): void {
  const server = addresses.map(({ host, port }) => `${host}:${port}`).join(",");
  if (warned.has(server)) return;
  warned.add(server);
  process.emitWarning(
    `The Valkey server ${server} has no Search module, so every search reads the vectors of all records in the scopes asked for. Run the image valkey/valkey-bundle, or a managed service that offers valkey-search.`,
    { code: "UNIMEM_VALKEY_NO_SEARCH" },
  );
}
