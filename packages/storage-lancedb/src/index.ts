/** Embedded storage for unimem, on LanceDB. */
export { type LanceStorageOptions, lanceStorage } from "./lance-storage.ts";
