import type { Runtime, StorageBackend } from "@unimem/core/storage";

/** How the suite gets stores of the storage under test. */
export interface StorageFixture {
  /** Shown in the report of the test run. */
  readonly name: string;
  /** A new store with nothing in it. Every case gets its own, so cases cannot disturb each other. */
  create(): Promise<StoreUnderTest>;
}

/** One store, and the way to reach what is in it. */
export interface StoreUnderTest {
  /**
   * A new handle on this store's data, not open yet. Where the data lives in the handle
   * (`durability: "none"`) each handle has its own, and no case asks for a second one.
   * The storage must take its time from `runtime`: the suite moves that clock by days.
   */
  handle(options: { runtime: Runtime }): StorageBackend;
  /** Deletes the store; called once all handles are closed. */
  dispose?(): Promise<void>;
}
