import { expect, test } from "vitest";
import { failureKind, storageError } from "./storage-error.ts";

/** As the client names it, in the client's words for what the server has said. */
function requestError(text: string): Error {
  const error = new Error(`An error was signalled by the server: - ${text}`);
  error.name = "RequestError";
  return error;
}

test.each([
  "Index: or slot consistency check failed",
  "Unable: to contact all cluster members",
  "Search: operation cancelled due to timeout",
])("a search that not every shard answered may be repeated: %s", (text) => {
  expect(failureKind(requestError(text))).toBe("passing");
});

test("a transaction whose slot has moved meanwhile is repeated in a cluster, and no use elsewhere", () => {
  const moved = requestError("Moved: 4297 127.0.0.1:34849");
  expect(failureKind(moved, { isCluster: true })).toBe("passing");
  expect(failureKind(moved)).toBe("lasting");
});

test("a script that met a key of another node is not repeated, because it may have done half", () => {
  const text = "ResponseError: Script attempted to access a non local key";
  expect(failureKind(requestError(text))).toBe("lasting");
});

test.each([
  ["TryAgain: Multiple keys request during rehashing of slot", "another node"],
  ["NOREPLICAS: Not enough good replicas to write.", "min-replicas-to-write"],
])("%s: the message says what is going on, and no text of the server", (text, told) => {
  const { code, message } = storageError(requestError(text), "write");
  expect(code).toBe("STORAGE_UNAVAILABLE");
  expect(message).toContain(told);
  expect(message).not.toContain(text);
});
