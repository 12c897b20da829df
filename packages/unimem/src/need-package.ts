import { MemoryError } from "@unimem/core";

/** Loads an optional package, or says how to install it. `Exports` is what the caller uses of it. */
export async function needPackage<Exports>(name: string, what: string): Promise<Exports> {
  try {
    return (await import(name)) as Exports;
  } catch (cause) {
    const missing = (cause as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
    const remedy = missing
      ? `Install it: npm install ${name}.`
      : "It is installed but does not load; see cause.";
    throw new MemoryError("NOT_SUPPORTED", `${what} needs the package ${name}. ${remedy}`, {
      cause,
    });
  }
}
