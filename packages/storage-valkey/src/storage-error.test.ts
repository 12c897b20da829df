import { expect, test } from "vitest";
import { failureKind } from "./storage-error.ts";

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

test("a script that met a key of another node is not repeated, because it may have done half", () => {
  const text = "ResponseError: Script attempted to access a non local key";
  expect(failureKind(requestError(text))).toBe("lasting");
});
