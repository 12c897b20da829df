import { expect, test } from "vitest";
import { connectionSettings } from "./connection-options.ts";
import { storageSettings } from "./valkey-options.ts";

test("an option that is undefined takes nothing away from the URL", () => {
  const url = "valkeys://ana:hunter2@db.example:7000/5?cluster=true";
  const unset = {
    ...{ addresses: undefined, credentials: undefined, database: undefined },
    ...{ cluster: undefined, tls: undefined },
  } as object;
  expect(storageSettings({ ...unset, url })).toEqual(storageSettings(url));
});

test("of what is given several times the last goes before", () => {
  const settings = connectionSettings({ database: 1, requestTimeoutMs: 7 }, undefined, {
    database: 2,
  });
  expect(settings).toMatchObject({ database: 2, requestTimeoutMs: 7 });
});
