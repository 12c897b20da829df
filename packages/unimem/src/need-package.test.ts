import { isMemoryError } from "@unimem/core";
import { expect, test } from "vitest";
import { needPackage } from "./need-package.ts";

test("a package that is not installed is named in the command that installs it", async () => {
  const asked = needPackage("@unimem/not-there", 'storage "notthere://"');
  const error = await asked.catch((error: unknown) => error);
  expect(isMemoryError(error, "NOT_SUPPORTED")).toBe(true);
  expect(String(error)).toContain('storage "notthere://" needs the package @unimem/not-there');
  expect(String(error)).toContain("npm install @unimem/not-there");
});
