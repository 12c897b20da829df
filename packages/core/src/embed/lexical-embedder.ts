import { invalidInput } from "../domain/memory-error.ts";
import { parseOptions } from "../domain/parse-options.ts";
import { foldWord, functionWords, wordsOf } from "../domain/search-terms.ts";
import type { Embedder } from "./embedder.ts";

export interface LexicalEmbedderOptions {
  /** Numbers in a vector, 64..4096; 512 unless given. Fewer mean more words that share a number by chance. */
  readonly dimensions?: number;
}

// A function word says little of what a text is about: its weight beside 1 of any other word.
const functionWordWeight = 0.2;
// Of the length of all words and trigrams together; two texts with any difference in words stay below a
// cosine of about 1 / (1 + 0.2²) = 0.96, so that "Ann owes Bob" is never a repeat of "Bob owes Ann".
const identityWeight = 0.2;
const identityFeatures = 8;

/**
 * Compares texts by the words and parts of words they share: no key, no model, no network, the same vector
 * on every machine. It knows no synonyms; recall joins it with the storage's own text search (see
 * docs/decisions/hybrid-recall.md for what both find together).
 *
 * Every word, and every three letters within it, is hashed to one of `dimensions` numbers and adds or
 * subtracts its weight there, so that what collides cancels out on average (feature hashing: Weinberger et
 * al. 2009, arXiv:0902.2206). Trigrams between word borders bring "hiking" near "hiked" and forgive
 * misspellings (subword vectors: Bojanowski et al. 2017, arXiv:1607.04606).
 */
export function lexicalEmbedder(options: LexicalEmbedderOptions = {}): Embedder {
  const { dimensions = 512 } = parseOptions(options, { dimensions: parseDimensions }, "options");
  return {
    // The number counts versions of the features: vectors of two versions cannot be compared.
    id: `lexical-1/${dimensions}`,
    dimensions,
    async embed(texts, { signal } = {}) {
      signal?.throwIfAborted();
      return { vectors: texts.map((text) => embedText(text, dimensions)) };
    },
  };
}

function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const add = (hash: number, weight: number) => {
    const index = (hash & 0x7fffffff) % dimensions;
    vector[index] = (vector[index] as number) + (hash >>> 31 === 0 ? weight : -weight);
  };
  const words = wordsOf(text);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const [word, count] of counts) {
    const folded = foldWord(word);
    const weight = (1 + Math.log(count)) * (functionWords.has(word) ? functionWordWeight : 1);
    add(hashOf(folded), weight);
    const bordered = `<${folded}>`;
    const trigrams = Math.max(1, bordered.length - 2);
    for (let i = 0; i < trigrams; i++)
      add(hashOf(bordered.slice(i, i + 3), 1), weight / Math.sqrt(trigrams));
  }
  const identity = hashOf(words.join(" "), 2);
  const share = (identityWeight * (lengthOf(vector) || 1)) / Math.sqrt(identityFeatures);
  for (let i = 0; i < identityFeatures; i++) add(mixBits(identity + i), share);
  const length = lengthOf(vector);
  return vector.map((value) => value / length);
}

/** FNV-1a over UTF-16 units; the seed tells kinds of features apart. */
function hashOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixBits(hash);
}

/** The finaliser of MurmurHash3: every bit of the input changes every bit of the answer half the time. */
function mixBits(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}

function parseDimensions(value: unknown, field: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 64 || (value as number) > 4096)
    throw invalidInput(field, `${field} must be a whole number from 64 to 4096.`);
  return value as number;
}
