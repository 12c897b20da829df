import assert from "node:assert/strict";
import { isMemoryError } from "@unimem/core/storage";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleRecord, sampleSpace } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, put } from "../store-calls.ts";

export const closingCases: ConformanceCase[] = casesAbout("Closing", [
  {
    name: "every method rejects with CLOSED once the handle is closed",
    proves: "A use after close is told apart from a failing disk or server.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }));
      await storage.close();
      const vector = sampleVector("query");
      const calls: Record<string, () => Promise<unknown> | undefined> = {
        open: () => storage.open(sampleSpace),
        write: () => put(storage, sampleRecord({ id: "b" })),
        get: () => storage.get(["a"]),
        nearest: () => storage.nearest({ vector, filter: everything, limit: 1 }),
        matching: () => storage.matching?.({ text: "a", filter: everything, limit: 1 }),
        list: () => storage.list({ filter: everything, limit: 1, offset: 0 }),
        count: () => storage.count(everything),
        scopes: () => storage.scopes(everything),
        categories: () => storage.categories(everything),
        remove: () => storage.remove(everything),
        touch: () => storage.touch(["a"], new Date()),
      };
      for (const [method, call] of Object.entries(calls)) {
        const answer = call();
        if (answer === undefined) continue;
        await assert.rejects(answer, (error) => {
          assert.ok(isMemoryError(error, "CLOSED"), `${method} rejected with ${String(error)}`);
          return true;
        });
      }
    },
  },
  {
    name: "close may be called twice, and before anything was opened",
    proves: "Cleaning up is safe wherever a program stands.",
    async run({ handle }) {
      const unopened = handle();
      await unopened.close();
      await unopened.close();
      const storage = handle();
      await storage.open(sampleSpace);
      await Promise.all([storage.close(), storage.close()]);
      await storage.close();
    },
  },
]);
