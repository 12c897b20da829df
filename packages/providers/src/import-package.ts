import { MemoryError } from "@unimem/core";

export type ImportPackage = (name: string) => Promise<unknown>;

export const importPackage: ImportPackage = (name) => import(name);

/** Loads an optional package, or says how to install it and those that it needs beside it. */
export async function needPackage<Exports>(
  load: ImportPackage,
  name: string,
  { neededBy, install }: { neededBy: string; install: readonly string[] },
): Promise<Exports> {
  try {
    return (await load(name)) as Exports;
  } catch (cause) {
    const missing = (cause as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
    const remedy = missing
      ? `Install it: npm install ${install.join(" ")}`
      : "It is installed but does not load; see cause.";
    throw new MemoryError("NOT_SUPPORTED", `${neededBy} needs the package ${name}. ${remedy}`, {
      cause,
    });
  }
}
