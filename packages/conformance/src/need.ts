import type { StorageBackend } from "@unimem/core/storage";

/** Something that a storage must support for a case to apply. Asked of the storage, never read from a list of names. */
export interface Need {
  readonly name: string;
  isMet(storage: Pick<StorageBackend, "supports" | "reembed">): boolean;
}

export const durability: Need = {
  name: "durability",
  isMet: ({ supports }) => supports.durability !== "none",
};

export const sharedAccess: Need = {
  name: "shared access",
  isMet: ({ supports }) => supports.sharedAccess,
};

export const textSearch: Need = {
  name: "text search",
  isMet: ({ supports }) => supports.textSearch,
};

export const exactSearch: Need = {
  name: "exact search",
  isMet: ({ supports }) => supports.exactSearch,
};

export const reembedding: Need = {
  name: "re-embedding",
  isMet: ({ reembed }) => reembed !== undefined,
};
