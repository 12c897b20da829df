/** Runs one task after another, in the order they came. A task that fails does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<Answer>(task: () => Promise<Answer>): Promise<Answer> {
    const running = this.#last.then(task);
    this.#last = running.catch(() => {});
    return running;
  }
}
