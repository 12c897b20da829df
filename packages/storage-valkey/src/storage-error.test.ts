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

/** As the client reports that it could not connect. */
function closingError(text: string): Error {
  const error = new Error(
    `Connection error: Standalone(Received error for address \`10.0.0.1:6379\`: ${text}\n)`,
  );
  error.name = "ClosingError";
  return error;
}

test.each([
  ["Connection refused (os error 111)", "passing", "nothing listens"],
  ["failed to lookup address information: Name or service not known", "passing", "host"],
  ["invalid peer certificate: UnknownIssuer", "lasting", "tls.ca"],
  ["Multiplexed connection driver unexpectedly terminated- IoError", "passing", "valkeys://"],
  ["timed out", "passing", "TLS"],
])("no connection, %s: it is %s, and the message says what to look at", (text, kind, told) => {
  expect(failureKind(closingError(text))).toBe(kind);
  expect(storageError(closingError(text), "be opened").message).toContain(told);
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
