import { MemoryError } from "@unimem/core/storage";
import type { GlideClient, GlideClusterClient } from "@valkey/valkey-glide";

/** The client library, loaded with its native part by the first connection and not before. */
export type Glide = typeof import("@valkey/valkey-glide");

export type ValkeyClient = GlideClient | GlideClusterClient;

export async function loadGlide(): Promise<Glide> {
  try {
    const glide = await import("@valkey/valkey-glide");
    // It would print every error of the server to the console. Leaves a logger alone that the program has set.
    glide.Logger.init("off");
    return glide;
  } catch (cause) {
    throw new MemoryError(
      "NOT_SUPPORTED",
      "The native part of @valkey/valkey-glide could not be loaded. It exists for Linux and macOS; install without --omit=optional.",
      { cause },
    );
  }
}

export function isClusterClient(client: ValkeyClient): client is GlideClusterClient {
  // By name: the program may have brought the client from another copy of the library.
  return client.constructor.name === "GlideClusterClient";
}
