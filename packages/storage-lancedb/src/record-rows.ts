import { canonicalJson, MemoryError, type StoredRecord } from "@unimem/core/storage";
import type { Data, Field, Schema, Table } from "apache-arrow";
import { metadataTerms } from "./metadata-terms.ts";
import type { NativeLibrary } from "./native-library.ts";

/** What one column of a record's row holds. */
const cells: Record<string, (record: StoredRecord) => unknown> = {
  id: ({ id }) => id,
  content: ({ content }) => content,
  scope: ({ scope }) => scope,
  categories: ({ categories }) => categories,
  metadata: ({ metadata }) => canonicalJson(metadata),
  metadataTerms: ({ metadata }) => metadataTerms(metadata),
  importance: ({ importance }) => importance,
  createdAt: ({ createdAt }) => createdAt.getTime(),
  updatedAt: ({ updatedAt }) => updatedAt.getTime(),
  lastAccessed: ({ lastAccessed }) => lastAccessed.getTime(),
  source: ({ source }) => source,
  private: (record) => record.private,
  revision: ({ revision }) => BigInt(revision),
  supersededBy: ({ supersededBy }) => supersededBy,
  supersededAt: ({ supersededAt }) => supersededAt?.getTime() ?? null,
  expiresAt: ({ expiresAt }) => expiresAt?.getTime() ?? null,
};

/**
 * Records as the rows of a table with this schema. Built column by column: from objects it takes LanceDB
 * three times as long, and a vector of another width would be cut or padded without a word.
 */
export function recordRows(
  library: NativeLibrary,
  schema: Schema,
  records: readonly StoredRecord[],
): Table {
  const columns = schema.fields.map((field) => {
    if (field.name === "vector") return vectorColumn(library, field, records);
    const cell = cells[field.name];
    if (cell === undefined) throw unknownColumn();
    return column(library, field, records.map(cell));
  });
  return tableOf(library, schema, columns, records.length);
}

/** A table of one batch from its columns. */
export function tableOf(
  { arrow }: NativeLibrary,
  schema: Schema,
  columns: Data[],
  length: number,
): Table {
  const type = new arrow.Struct(schema.fields);
  const data = arrow.makeData({ type, length, nullCount: 0, children: columns });
  return new arrow.Table([new arrow.RecordBatch(schema, data)]);
}

export function column({ arrow }: NativeLibrary, field: Field, values: unknown[]): Data {
  const builder = arrow.makeBuilder({ type: field.type, nullValues: [null] });
  for (const value of values) builder.append(value);
  const [data] = builder.finish().toVector().data;
  if (data === undefined) throw unknownColumn();
  return data;
}

export function vectorColumn(
  { arrow }: NativeLibrary,
  { type }: Field,
  records: readonly Pick<StoredRecord, "vector">[],
): Data {
  const dimensions: number = type.listSize;
  const data = new Float32Array(records.length * dimensions);
  for (const [i, { vector }] of records.entries()) {
    if (vector.length !== dimensions)
      throw new MemoryError(
        "DIMENSION_MISMATCH",
        `A vector has ${vector.length} numbers, but the store's have ${dimensions}.`,
        { expected: dimensions, actual: vector.length },
      );
    data.set(vector, i * dimensions);
  }
  const numbers = { type: new arrow.Float32(), length: data.length, nullCount: 0, data };
  return arrow.makeData({
    type: type as InstanceType<typeof arrow.FixedSizeList>,
    length: records.length,
    nullCount: 0,
    child: arrow.makeData(numbers),
  });
}

function unknownColumn(): MemoryError {
  return new MemoryError(
    "STORAGE_CORRUPT",
    "The LanceDB table has columns that this version of @unimem/lancedb does not know. Use the version that wrote it, or another directory.",
  );
}
