import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import { connectLance } from "../connect-lance.ts";
import { loadNativeLibrary } from "../native-library.ts";

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** Kills this process after the given number of steps that change something on disk. `scratch` is a free directory. */
export async function dieAfter(steps: number, scratch: string): Promise<void> {
  const library = loadNativeLibrary();
  const connection: Connection = await connectLance(library, join(scratch, "db"), undefined);
  const table: Table = await connection.createTable("any", [{ id: "a" }]);
  let left = steps;

  function count(target: object, names: readonly string[]): void {
    const methods = target as Methods;
    for (const name of names) {
      const method = methods[name] as Methods[string];
      methods[name] = async function (this: unknown, ...args) {
        const answer = await method.apply(this, args);
        if (--left === 0) process.kill(process.pid, "SIGKILL");
        return answer;
      };
    }
  }

  count(Object.getPrototypeOf(connection), ["createEmptyTable", "dropTable"]);
  count(Object.getPrototypeOf(table), ["addColumns", "createIndex", "delete", "optimize"]);
  count(Object.getPrototypeOf(table.mergeInsert("id")), ["execute"]);
  count(fs.promises, ["rename", "rm"]);
  syncBuiltinESMExports();
}
