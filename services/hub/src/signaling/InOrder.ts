/** Runs tasks one after another; so many may wait, more are refused. */
export class InOrder {
  readonly #capacity: number;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Settles when everything that was asked so far has run. */
  get idle(): Promise<void> {
    return this.#last;
  }

  /** False when too many wait. `task` must not reject. */
  run(task: () => Promise<void>): boolean {
    if (this.#waiting >= this.#capacity) return false;
    this.#push(task);
    return true;
  }

  /** For what must run however many wait. */
  runAnyway(task: () => Promise<void>): void {
    this.#push(task);
  }

  #push(task: () => Promise<void>): void {
    this.#waiting += 1;
    this.#last = this.#last.then(task).finally(() => (this.#waiting -= 1));
  }
}
