import { invalidInput, MemoryError } from "../domain/memory-error.ts";
import { type MemoryRecord, type StoredRecord, withoutVector } from "../domain/memory-record.ts";
import { canonicalJson, type Metadata, parseMetadata } from "../domain/metadata.ts";
import {
  parseDate,
  parseFraction,
  parseOptions,
  parseText,
  parseTexts,
} from "../domain/parse-options.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import type { Runtime } from "../domain/runtime.ts";
import { parseScope } from "../domain/scope.ts";
import { formerVersions } from "../storage/former-versions.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { Embed } from "./embed-saves.ts";
import { formerVersion } from "./former-version.ts";

/** What `update` may change; what is left out stays. `metadata` replaces the old object as a whole. */
export interface RecordPatch {
  readonly content?: string | undefined;
  /** Relative to the root of the view that updates. */
  readonly scope?: string | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly metadata?: Metadata | undefined;
  readonly importance?: number | undefined;
  /** From this moment on it is gone from every read, with its history; `null`: never. */
  readonly expiresAt?: Date | null | undefined;
}

const parsers = {
  content: parseText,
  scope: parseScope,
  categories: parseTexts,
  metadata: parseMetadata,
  importance: parseFraction,
  expiresAt: (value: unknown, field: string) => (value === null ? null : parseDate(value, field)),
};

export type ParsedPatch = ReturnType<typeof parsePatch>;

export function parsePatch(patch: unknown) {
  const parsed = parseOptions(patch, parsers, "patch");
  if (Object.keys(parsed).length === 0)
    throw invalidInput(
      "patch",
      `patch changes nothing; give at least one of ${Object.keys(parsers).join(", ")}.`,
    );
  return parsed;
}

export interface UpdateTools {
  readonly storage: Pick<StorageBackend, "get" | "list" | "write">;
  readonly embed: Embed;
  readonly runtime: Runtime;
}

// Each lost race means that some other process has won one, so a handful is plenty.
const attempts = 8;

/**
 * Changes a record in place. A change of content embeds the new text and keeps the old one beside it,
 * superseded; a change of expiry is one of its history too. Where another process changes the same record at the
 * same time, the patch is applied again to what the other left, so that neither change is lost.
 */
export async function updateRecord(
  id: string,
  patch: ParsedPatch,
  filter: RecordFilter,
  { storage, embed, runtime }: UpdateTools,
): Promise<MemoryRecord> {
  const vector = patch.content === undefined ? undefined : (await embed([patch.content]))[0];
  const kept = new Set<string>();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const [current] = await storage.get([id], filter);
    if (current === undefined) throw notFound(id);
    const isRewritten = patch.content !== undefined && patch.content !== current.content;
    // Every text of a record has its own moment, also where two follow each other within a millisecond.
    const updatedAt = new Date(Math.max(+runtime.now(), +current.updatedAt + 1));
    const next: StoredRecord = {
      ...current,
      ...patch,
      ...(isRewritten && vector && { vector, updatedAt }),
      revision: current.revision + 1,
    };
    const { expiresAt } = next;
    const former = isRewritten ? [formerVersion({ ...current, expiresAt }, updatedAt)] : [];
    for (const each of former) kept.add(each.id);
    const ending =
      expiresAt?.getTime() === current.expiresAt?.getTime()
        ? []
        : (await storedHistory(id, filter, storage))
            .filter((each) => each.id !== former[0]?.id)
            .map((each) => ({ ...each, expiresAt, revision: each.revision + 1 }));
    await storage.write({ put: [next, ...former, ...ending], remove: [] });
    const [stored] = await storage.get([id], { visibleTo: "all", state: "any" });
    if (stored === undefined) {
      if (expiresAt && expiresAt <= runtime.now()) return withoutVector(next);
      // It was forgotten meanwhile, and so must be the texts of it that this call has kept.
      if (kept.size > 0) await storage.write({ put: [], remove: [...kept] });
      throw notFound(id);
    }
    if (stored.revision === next.revision && sameValues(stored, next)) return withoutVector(next);
  }
  throw new MemoryError(
    "WRITE_UNKNOWN",
    "Other writers keep changing this record; read it and try again.",
  );
}

/** What expires together with a record: as much of its history as the caller may see. */
async function storedHistory(
  id: string,
  { visibleTo, scopes }: RecordFilter,
  storage: UpdateTools["storage"],
): Promise<StoredRecord[]> {
  const former = await formerVersions(storage, [id], { visibleTo, ...(scopes && { scopes }) });
  const stored = await storage.get(former.map((each) => each.id));
  return stored.filter((record) => record !== undefined);
}

function notFound(id: string): MemoryError {
  return new MemoryError("NOT_FOUND", "No current record with this id is visible to you.", { id });
}

function sameValues(a: MemoryRecord, b: MemoryRecord): boolean {
  const text = ({ content, scope, categories, metadata, importance, ...rest }: MemoryRecord) =>
    canonicalJson({
      content,
      scope,
      categories,
      metadata,
      importance,
      expiresAt: rest.expiresAt?.getTime() ?? null,
    });
  return text(a) === text(b) && a.updatedAt.getTime() === b.updatedAt.getTime();
}
