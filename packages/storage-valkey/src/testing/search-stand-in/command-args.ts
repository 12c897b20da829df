import { SearchRefusal } from "./search-refusal.ts";

/**
 * Reads the arguments of a command from left to right. They are binary strings, one character a byte, because
 * the module compares bytes and counts positions in bytes.
 */
export class CommandArgs {
  readonly #args: readonly string[];
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#args.length;
  }

  next(): string {
    const arg = this.#args[this.#at];
    if (arg === undefined) throw new SearchRefusal("Missing argument");
    this.#at++;
    return arg;
  }

  /** Whether the next argument is this keyword; then it is read. */
  take(keyword: string): boolean {
    if (this.#args[this.#at]?.toUpperCase() !== keyword) return false;
    this.#at++;
    return true;
  }

  expect(keyword: string): void {
    if (!this.take(keyword))
      throw new SearchRefusal(`Unexpected argument \`${this.#args[this.#at] ?? ""}\``);
  }

  count(): number {
    const arg = this.next();
    if (!/^\d+$/.test(arg)) throw new SearchRefusal(`\`${arg}\` is not a valid numeric value`);
    return Number(arg);
  }
}
