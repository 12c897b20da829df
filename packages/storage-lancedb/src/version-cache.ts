/** Answers that hold until the table's version changes; the few asked for last are kept. */
export class VersionCache<Answer> {
  readonly #size: number;
  readonly #answers = new Map<string, { version: number; answer: Answer }>();

  constructor(size: number) {
    this.#size = size;
  }

  async get(key: string, version: number, find: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key);
    this.#answers.delete(key);
    const answer = known?.version === version ? known.answer : await find();
    this.#answers.set(key, { version, answer });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#size) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
