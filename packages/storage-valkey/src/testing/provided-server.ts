import { describe, inject } from "vitest";

const url = inject("valkeyUrl");

/** Tests that need any server; they get its URL, and must use a key prefix that nobody else has. */
export function describeWithServer(name: string, tests: (url: string) => void): void {
  describe.skipIf(url === null)(name, () => {
    if (url !== null) tests(url);
  });
}

/** Tests that start, stop and break servers of their own. */
export function describeWithOwnServers(name: string, tests: () => void): void {
  describe.skipIf(!inject("canStartValkey"))(name, tests);
}
