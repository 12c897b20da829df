/** A mistake of the person at the keyboard: told in one line, without a stack. */
export class DemoError extends Error {
  /** 1: the file cannot be used; 2: the command line cannot be read. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
