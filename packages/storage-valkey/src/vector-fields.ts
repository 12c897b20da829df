/**
 * Under which names the records of a store have their vectors. Every re-embedding gives them new ones, which are
 * never used again, so that vectors of two spaces can lie beside each other and not be mistaken.
 */
export interface VectorFields {
  /** "" as long as a store is in its first space, then a number. */
  readonly suffix: string;
  /** The field of a hash that holds the vector. */
  readonly vector: string;
  /** The field of a record that holds the name of its vector's key, where that is a key of its own. */
  readonly pointer: string;
}

export function vectorFields(suffix: string): VectorFields {
  return { suffix, vector: `vec${suffix}`, pointer: `ptr${suffix}` };
}
