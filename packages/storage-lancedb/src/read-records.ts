import type { MemoryRecord, Scope, StoredRecord } from "@unimem/core/storage";
import type { RecordBatch, Table, Vector } from "apache-arrow";

/** One record per row of an answer that holds at least the `recordColumns`. */
export function readRecords(answer: Table): MemoryRecord[] {
  return answer.batches.flatMap((batch) => rows(batch, recordReader(batch)));
}

/** The same, with the vectors. */
export function readStoredRecords(answer: Table): StoredRecord[] {
  return answer.batches.flatMap((batch) => {
    const read = recordReader(batch);
    const vectors = columnOf(batch, "vector");
    // A view into the batch would keep all of it alive, and share it with other records.
    return rows(batch, (i) => ({ ...read(i), vector: vectors.get(i).toArray().slice() }));
  });
}

/** The values of one column. */
export function readColumn(answer: Table, name: string): unknown[] {
  return answer.batches.flatMap((batch) => {
    const values = columnOf(batch, name);
    return rows(batch, (i) => values.get(i));
  });
}

/** A column by its name; Arrow's types know nothing of a table that is made at run time. */
export function columnOf(batch: RecordBatch, name: string): Vector {
  const found = batch.getChild(name);
  if (found === null) throw new Error(`The answer lacks the column ${name}.`);
  return found;
}

function recordReader(batch: RecordBatch): (row: number) => MemoryRecord {
  const [id, content, scope, categories, metadata, importance] = [
    columnOf(batch, "id"),
    columnOf(batch, "content"),
    columnOf(batch, "scope"),
    columnOf(batch, "categories"),
    columnOf(batch, "metadata"),
    columnOf(batch, "importance"),
  ];
  const [createdAt, updatedAt, lastAccessed, supersededAt, expiresAt] = [
    columnOf(batch, "createdAt"),
    columnOf(batch, "updatedAt"),
    columnOf(batch, "lastAccessed"),
    columnOf(batch, "supersededAt"),
    columnOf(batch, "expiresAt"),
  ];
  const [source, isPrivate, revision, supersededBy] = [
    columnOf(batch, "source"),
    columnOf(batch, "private"),
    columnOf(batch, "revision"),
    columnOf(batch, "supersededBy"),
  ];
  return (i) => ({
    id: id.get(i),
    content: content.get(i),
    scope: scope.get(i) as Scope,
    categories: [...categories.get(i)],
    metadata: JSON.parse(metadata.get(i)),
    importance: importance.get(i),
    createdAt: new Date(createdAt.get(i)),
    updatedAt: new Date(updatedAt.get(i)),
    lastAccessed: new Date(lastAccessed.get(i)),
    source: source.get(i),
    private: isPrivate.get(i),
    revision: Number(revision.get(i)),
    supersededBy: supersededBy.get(i),
    supersededAt: moment(supersededAt.get(i)),
    expiresAt: moment(expiresAt.get(i)),
  });
}

function moment(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

function rows<Value>(batch: RecordBatch, read: (row: number) => Value): Value[] {
  return Array.from({ length: batch.numRows }, (_, i) => read(i));
}
