import { expect, test } from "vitest";
import { storageError } from "./storage-error.ts";

test("what a directory is called says nothing about what went wrong in it", () => {
  for (const directory of ["decode-agent", "corrupt", "not found", "please retry"]) {
    const cause = new Error(
      `LanceError(IO): Unable to walk dir: IO error for operation on /srv/${directory}/store/t.lance/_versions: Too many open files (os error 24), /cargo/lance-encoding-12.0.0/src/decoder.rs:263:49`,
    );
    const error = storageError(cause, "write");
    expect(error.code).toBe("STORAGE_UNAVAILABLE");
    expect(error.message).toContain("See the cause");
  }
});
