/** What a question was answered with, and the moment from which on the same rows would answer otherwise. */
export interface TimedAnswer<Answer> {
  readonly answer: Answer;
  readonly until: number;
}

/** When a question is asked: of which version of the table, and as of which moment. */
export interface Asked {
  readonly version: number;
  readonly at: number;
}

/** Answers that hold until the table's version changes or their time is over; the few asked for last are kept. */
export class VersionCache<Answer> {
  readonly #size: number;
  readonly #answers = new Map<string, Asked & TimedAnswer<Answer>>();

  constructor(size: number) {
    this.#size = size;
  }

  async get(
    key: string,
    { version, at }: Asked,
    find: () => Promise<TimedAnswer<Answer>>,
  ): Promise<Answer> {
    const known = this.#answers.get(key);
    this.#answers.delete(key);
    const holds = known?.version === version && known.at <= at && at < known.until;
    const entry = holds ? known : { version, at, ...(await find()) };
    this.#answers.set(key, entry);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#size) break;
      this.#answers.delete(oldest);
    }
    return entry.answer;
  }
}
