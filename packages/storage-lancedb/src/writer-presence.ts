import { readlinkSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

export const presenceFolder = "writers";

/**
 * Tells the handles that share a local directory of each other: each leaves an empty file there, named after
 * its process, host and process namespace, from before its first commit until it is closed. Whoever wants to delete what a
 * commit under way may need looks here first.
 */
export interface WriterPresence {
  /**
   * Whether no other handle was there at the moment of the call. One that comes later begins with the latest
   * version of that moment, so it needs none that was replaced before.
   */
  isAlone(): Promise<boolean>;
  leave(): Promise<void>;
}

/** For an object store, and where no file can be left: others may always be there. */
export const unknownPresence: WriterPresence = {
  isAlone: async () => false,
  leave: async () => {},
};

export async function enterDirectory(directory: string): Promise<WriterPresence> {
  const folder = join(directory, presenceFolder);
  const own = `${process.pid}.${crypto.randomUUID()}.${processSpace()}`;
  async function enter(): Promise<void> {
    await mkdir(folder, { recursive: false }).catch(ignoreExisting);
    await writeFile(join(folder, own), "");
  }
  try {
    await enter();
  } catch {
    return unknownPresence; // where nothing can be written nothing will be committed either
  }
  return {
    async isAlone() {
      const names = await readdir(folder).catch((): string[] => []);
      if (!names.includes(own)) {
        // Who deleted it, thinking that empty files are of no use, may have deleted those of others too.
        await enter().catch(() => {});
        return false;
      }
      for (const name of names) {
        if (name === own) continue;
        if (!isGone(name)) return false;
        await rm(join(folder, name), { force: true });
      }
      return true;
    },
    async leave() {
      await rm(join(folder, own), { force: true }).catch(() => {});
    },
  };
}

/** Within what a process has this id: containers may have the name of their host, but not its processes. */
export function processSpace(): string {
  try {
    return `${hostname()}.${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;
  } catch {
    return hostname(); // only Linux has such namespaces
  }
}

/** Whether the process is known to have ended. Of another host's or container's nobody here can know. */
function isGone(name: string): boolean {
  const [pid, , ...space] = name.split(".");
  if (space.join(".") !== processSpace()) return false;
  try {
    process.kill(Number(pid), 0); // signal 0 only asks whether the process is there
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
