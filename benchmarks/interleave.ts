export interface Interleaved<Name extends string> {
  /** The median of each way in milliseconds. */
  readonly p50: Readonly<Record<Name, number>>;
  /** The median over the rounds of how much longer one way took than the other in the same round. */
  ratio(way: Name, other: Name): number;
}

/**
 * Runs several ways of doing one thing in turns, so that whatever else the machine does hits all of them alike.
 * The first tenth of the rounds warms up and is left out.
 */
export async function interleave<Name extends string>(
  rounds: number,
  ways: Record<Name, (round: number) => Promise<unknown>>,
): Promise<Interleaved<Name>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  const warmUp = Math.ceil(rounds / 10);
  for (let round = 0; round < rounds + warmUp; round++)
    for (const name of names) {
      const start = performance.now();
      await ways[name](round);
      if (round >= warmUp) times[name].push(performance.now() - start);
    }
  return {
    p50: Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<
      Name,
      number
    >,
    ratio: (way, other) =>
      median(times[way].map((time, i) => time / (times[other][i] ?? Number.NaN))),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
