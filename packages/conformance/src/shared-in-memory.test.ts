import { sharedInMemory } from "./shared-in-memory.ts";
import { testStorage } from "./vitest.ts";

// Without a fault the stand-in for a shared, durable storage passes; the saboteurs are built on it.
testStorage(sharedInMemory());
