import type { StorageSupport } from "@unimem/core/storage";

/** Something that a storage must support for a case to apply. Read from `supports`, never from a list of names. */
export interface Need {
  readonly name: string;
  isMet(supports: StorageSupport): boolean;
}

export const durability: Need = {
  name: "durability",
  isMet: (supports) => supports.durability !== "none",
};

export const sharedAccess: Need = {
  name: "shared access",
  isMet: (supports) => supports.sharedAccess,
};

export const textSearch: Need = {
  name: "text search",
  isMet: (supports) => supports.textSearch,
};

export const exactSearch: Need = {
  name: "exact search",
  isMet: (supports) => supports.exactSearch,
};
