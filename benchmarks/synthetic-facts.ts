import type { Embedder } from "@unimem/core";

const vocabulary = 20_000;
const syllables = "ba ce di fo gu ha ki lo mu ne pa qui ro su te va wi xo yu za".split(" ");

/** Facts of about 150 bytes in 1,000 scopes, the same in every run. */
export function syntheticFact(i: number): { content: string; scope: string } {
  const content = `Fact ${i}: ${words(randomNumbers(i + 1), 20)}`;
  return { content, scope: placeOf(i) };
}

const levels = { project: 10, part: 20, area: 200, room: 1000 };

/** The place of a fact, or that around it on a level of which there are so many, all of one size. */
export function placeOf(i: number, around: keyof typeof levels = "room"): string {
  return Object.entries(levels)
    .filter(([, count]) => count <= levels[around])
    .map(([name, count]) => `/${name}/${i % count}`)
    .join("");
}

/** Eight words, as many as the telling ones of a long question. */
export function syntheticQuestion(i: number): string {
  return words(randomNumbers(1_000_003 + i), 8);
}

/** Words as unevenly used as those of a language: the most frequent of them stands in every seventh fact. */
function words(random: () => number, count: number): string {
  return Array.from({ length: count }, () => {
    const rank = Math.floor(vocabulary * random() ** 2);
    const digits = [
      rank % 20,
      Math.floor(rank / 20) % 20,
      Math.floor(rank / 400) % 20,
      Math.floor(rank / 8000),
    ];
    return digits.map((digit) => syllables[digit]).join("");
  }).join(" ");
}

/**
 * Vectors like those of real texts: a hundred topics in a space of 32 directions, and noise around them.
 * A stand-in for a model that takes no time, so that what is measured is the memory around it.
 */
export function syntheticEmbedder(dimensions: number): Embedder {
  const shared = randomNumbers(7);
  const directions = Array.from({ length: 32 }, () =>
    Float32Array.from({ length: dimensions }, () => shared() - 0.5),
  );
  const topics = Array.from({ length: 100 }, () =>
    Array.from({ length: 32 }, () => shared() - 0.5),
  );
  return {
    id: `synthetic/${dimensions}`,
    dimensions,
    async embed(texts) {
      return { vectors: texts.map((text) => vectorOf(hash(text))) };
    },
  };

  function vectorOf(seed: number): Float32Array {
    const random = randomNumbers(seed);
    const topic = topics[Math.floor(random() * topics.length)] as number[];
    const vector = new Float32Array(dimensions);
    for (const [i, direction] of directions.entries()) {
      const weight = (topic[i] as number) + 0.5 * (random() - 0.5);
      for (let d = 0; d < dimensions; d++)
        vector[d] = (vector[d] as number) + weight * (direction[d] as number);
    }
    return vector;
  }
}

/** Mulberry32: small, fast, and the same on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
